"""Text for people: counts with their nouns, lists in a sentence, Markdown; and lists in chunks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TypeVar

_T = TypeVar("_T")


def counted(count: int, noun: str, plural: str = "") -> str:
    """A count with its noun: ``1 photo``, ``1,234 photos``.

    Args:
        plural: where it is not the noun with an s.
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def processor_words() -> str:
    """The processor of this computer: ``Processor, 8 cores``."""
    return f"Processor, {counted(os.cpu_count() or 1, 'core')}"


def hours(count: float) -> str:
    """Hours as they are said: ``1 hour``, ``2.5 hours``."""
    return f"{count:g} {'hour' if count == 1 else 'hours'}"


def join_words(words: list[str]) -> str:
    """Words in a row, as a sentence has them: ``fear``, ``fear and anger``, ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def escape_markdown(text: str) -> str:
    """A line of text that stays text: what stands in a name cannot become markup."""
    for sign in "\\`*_<>[]|#":
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def chunks(values: Sequence[_T], most: int) -> Iterator[Sequence[_T]]:
    """The values in order, so many at a time; fewer in the last piece."""
    return (values[i : i + most] for i in range(0, len(values), most))
