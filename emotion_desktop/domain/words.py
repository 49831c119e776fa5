"""Small pieces of sentences."""

from __future__ import annotations


def counted(count: int, noun: str, plural: str = "") -> str:
    """A count with its noun: ``1 photo``, ``1,234 photos``.

    Args:
        plural: where it is not the noun with an s.
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def hours(count: float) -> str:
    """Hours as they are said: ``1 hour``, ``2.5 hours``."""
    return f"{count:g} {'hour' if count == 1 else 'hours'}"


def listed(words: list[str]) -> str:
    """Words in a row, as a sentence has them: ``fear``, ``fear and anger``, ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
