"""Rows of a list in sections, and where each stands; no Qt in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    #: Numbers of rows, in the order in which they stand.
    Rows: TypeAlias = Sequence[int] | npt.NDArray[np.int32]


@dataclass(frozen=True)
class Sections:
    """The rows of each section, in order; sections without rows are left out.

    Where all sections are ranges one after another, as with rows that are sorted already, nothing
    is kept per row.
    """

    items: tuple[tuple[str, Rows], ...] = ()
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _places: npt.NDArray[np.int32] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        items = tuple((name, rows) for name, rows in self.items if len(rows))
        starts = (0, *accumulate(len(rows) for _, rows in items))
        object.__setattr__(self, "items", items)
        object.__setattr__(self, "_starts", starts)
        sorted_already = all(
            isinstance(rows, range) and rows.step == 1 and rows.start == start
            for (_, rows), start in zip(items, starts, strict=False)
        )
        object.__setattr__(self, "_places", None if sorted_already else _inverse(items))

    def __len__(self) -> int:
        return self._starts[-1]

    def position(self, row: int) -> int | None:
        """How many rows stand before a row; None if it is in no section."""
        if self._places is None:
            return row if 0 <= row < len(self) else None
        place = int(self._places[row]) if 0 <= row < len(self._places) else -1
        return place if place >= 0 else None

    def at(self, position: int) -> int:
        """The row at a position."""
        number, place = self.section_of(position)
        return int(self.items[number][1][place])

    def section_of(self, position: int) -> tuple[int, int]:
        """The number of the section a position is in, and how many rows of it stand before."""
        number = bisect_right(self._starts, position) - 1
        return number, position - self._starts[number]

    def first(self, number: int) -> int:
        """The position of a section's first row."""
        return self._starts[number]


def _inverse(items: tuple[tuple[str, Rows], ...]) -> npt.NDArray[np.int32]:
    """How many rows stand before each, by its number; -1 for one that is in no section."""
    import numpy as np

    everything = np.concatenate([np.asarray(rows, np.int32) for _, rows in items])
    places = np.full(int(everything.max()) + 1, -1, np.int32)
    places[everything] = np.arange(len(everything), dtype=np.int32)
    return places
