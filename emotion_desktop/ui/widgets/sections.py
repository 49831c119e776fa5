"""Rows of a list in sections, and where each stands; no Qt in it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate


@dataclass(frozen=True)
class Sections:
    """The rows of each section, in order; sections without rows are left out.

    Where all sections are ranges one after another, as with rows that are sorted already, nothing
    is kept per row.
    """

    items: tuple[tuple[str, Sequence[int]], ...] = ()
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _places: dict[int, int] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        items = tuple((name, rows) for name, rows in self.items if len(rows))
        starts = (0, *accumulate(len(rows) for _, rows in items))
        object.__setattr__(self, "items", items)
        object.__setattr__(self, "_starts", starts)
        sorted_already = all(
            isinstance(rows, range) and rows.step == 1 and rows.start == start
            for (_, rows), start in zip(items, starts, strict=False)
        )
        places = None
        if not sorted_already:
            everything = (row for _, rows in items for row in rows)
            places = {row: position for position, row in enumerate(everything)}
        object.__setattr__(self, "_places", places)

    def __len__(self) -> int:
        return self._starts[-1]

    def position(self, row: int) -> int | None:
        """How many rows stand before a row; None if it is in no section."""
        if self._places is None:
            return row if 0 <= row < len(self) else None
        return self._places.get(row)

    def at(self, position: int) -> int:
        """The row at a position."""
        number, place = self.section_of(position)
        return self.items[number][1][place]

    def section_of(self, position: int) -> tuple[int, int]:
        """The number of the section a position is in, and how many rows of it stand before."""
        number = bisect_right(self._starts, position) - 1
        return number, position - self._starts[number]

    def first(self, number: int) -> int:
        """The position of a section's first row."""
        return self._starts[number]
