"""Text in Markdown files."""

from __future__ import annotations


def plain(text: str) -> str:
    """A line of text that stays text: what stands in a name cannot become markup."""
    for sign in "\\`*_<>[]|#":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())
