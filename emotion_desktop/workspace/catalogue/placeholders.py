"""Many values for one statement of SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from emotion_desktop.domain.text import chunks

#: SQLite takes at least 999 values in one statement; a few are left for the rest of it.
_MOST: Final = 900

_T = TypeVar("_T")


def placeholders(values: Sequence[object]) -> str:
    """A placeholder for each value, as in ``IN (?,?,?)``."""
    return ",".join("?" * len(values))


def statement_chunks(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """The values in chunks that fit into one statement each."""
    return chunks(values, _MOST)
