"""Where the tiles and headers of a grid in sections stand; nothing of it is painted here.

All places are in pixels of the content, which the view scrolls; ``scroll`` is by how much. Tiles
are all of one size, so places are computed, never stored per tile.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, QSize

from emotion_desktop.ui.theme import GAP
from emotion_desktop.ui.widgets.sections import Sections

if TYPE_CHECKING:
    from emotion_desktop.ui.widgets.sections import Rows

#: The empty edge of the grid, and the height of a section's header.
MARGIN: Final = 16
HEADER: Final = 44
_BELOW_SECTION: Final = 4


@dataclass(frozen=True, slots=True)
class Block:
    """A section with its header, from top to bottom; one that is folded has no rows in sight.

    Attributes:
        count: of its rows, in sight or not.
    """

    name: str
    top: int
    bottom: int
    rows: Rows
    count: int

    @property
    def is_folded(self) -> bool:
        """Whether its header alone is in sight."""
        return not len(self.rows)


@dataclass(frozen=True)
class SectionLayout:
    """Rows laid out in sections.

    Attributes:
        everything: the rows, those of folded sections as well.
        columns: how many tiles stand beside each other.
        folded: the names of sections of which the header alone is in sight.
        order: the rows in sight.
        blocks: the sections from the top.
        height: of the whole content.
    """

    everything: Sections
    columns: int
    tile: QSize
    folded: frozenset[str] = frozenset()
    order: Sections = field(init=False, repr=False, compare=False)
    blocks: tuple[Block, ...] = field(init=False, repr=False, compare=False)
    height: int = field(init=False, compare=False)
    #: The blocks with rows in sight, as ``order`` numbers them.
    _open: tuple[Block, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        blocks = []
        y = 0
        for name, rows in self.everything.items:
            shown: Rows = () if name in self.folded else rows
            lines = -(-len(shown) // self.columns)
            bottom = y + HEADER + lines * self._step + _BELOW_SECTION
            blocks.append(Block(name, y, bottom, shown, len(rows)))
            y = bottom
        in_sight = tuple(block for block in blocks if not block.is_folded)
        order = self.everything
        if len(in_sight) < len(blocks):
            order = Sections(tuple((block.name, block.rows) for block in in_sight))
        object.__setattr__(self, "order", order)
        object.__setattr__(self, "blocks", tuple(blocks))
        object.__setattr__(self, "_open", in_sight)
        object.__setattr__(self, "height", y + GAP)

    @property
    def _step(self) -> int:
        """From the top of a line to that of the next."""
        return self.tile.height() + GAP

    # -- tiles ---------------------------------------------------------------------------------

    def rect(self, row: int) -> QRect:
        """Where the tile of a row stands; empty for a row that is not laid out."""
        position = self.order.position(row)
        if position is None:
            return QRect()
        number, place = self.order.section_of(position)
        line, column = divmod(place, self.columns)
        return QRect(
            MARGIN + column * (self.tile.width() + GAP),
            self._open[number].top + HEADER + line * self._step,
            self.tile.width(),
            self.tile.height(),
        )

    def row_at(self, point: QPoint, scroll: int) -> int | None:
        """The row whose tile is in sight at a point of the content."""
        block = self._block_at(point.y())
        if block is None or point.y() < header_top(block, scroll) + HEADER:
            return None
        line, in_line = divmod(point.y() - block.top - HEADER, self._step)
        column, in_column = divmod(point.x() - MARGIN, self.tile.width() + GAP)
        place = line * self.columns + column
        hit = (
            line >= 0
            and 0 <= column < self.columns
            and in_line < self.tile.height()
            and in_column < self.tile.width()
            and place < len(block.rows)
        )
        return int(block.rows[place]) if hit else None

    def rows_between(self, top: int, bottom: int) -> Iterator[int]:
        """The rows on the lines between two heights."""
        for block in self.blocks_between(top, bottom):
            first = max(0, (top - block.top - HEADER) // self._step) * self.columns
            last = max(0, (bottom - block.top - HEADER) // self._step + 1) * self.columns
            yield from map(int, block.rows[first:last])

    def section_of(self, row: int) -> str | None:
        """The name of the section that a row stands in; None for a row that is not in sight."""
        position = self.order.position(row)
        return None if position is None else self._open[self.order.section_of(position)[0]].name

    # -- sections ------------------------------------------------------------------------------

    def blocks_between(self, top: int, bottom: int) -> Iterator[Block]:
        """The sections that are at least partly between two heights."""
        return (block for block in self.blocks if block.bottom >= top and block.top <= bottom)

    def block(self, name: str) -> Block | None:
        """The section of a name; None if it has no rows."""
        return next((block for block in self.blocks if block.name == name), None)

    def header_at(self, y: int, scroll: int) -> Block | None:
        """The section whose header is in sight at a height of the content."""
        block = self._block_at(y)
        if block is not None and 0 <= y - header_top(block, scroll) < HEADER:
            return block
        return None

    def section_at(self, y: int) -> str | None:
        """The name of the section at a height of the content."""
        block = self._block_at(y)
        return None if block is None else block.name

    def _block_at(self, y: int) -> Block | None:
        number = bisect_right([block.top for block in self.blocks], y) - 1
        return self.blocks[number] if number >= 0 else None

    # -- moving --------------------------------------------------------------------------------

    def lines_in(self, height: int) -> int:
        """How many lines a page goes on by, of which so much is in sight."""
        return max(1, height // self._step - 1)

    def below(self, position: int) -> int:
        """The position one line further down, in the next section if need be."""
        number, place = self.order.section_of(position)
        first, size = self.order.first(number), len(self._open[number].rows)
        if place // self.columns < (size - 1) // self.columns:
            return first + min(place + self.columns, size - 1)
        if number + 1 == len(self._open):
            return position
        below = len(self._open[number + 1].rows)
        return first + size + min(place % self.columns, below - 1)

    def above(self, position: int) -> int:
        """The position one line further up, in the section before if need be."""
        number, place = self.order.section_of(position)
        if place >= self.columns:
            return position - self.columns
        if number == 0:
            return position
        above = len(self._open[number - 1].rows)
        last_line = (above - 1) // self.columns * self.columns
        return self.order.first(number - 1) + min(last_line + place % self.columns, above - 1)


def header_top(block: Block, scroll: int) -> int:
    """Where a section's header stands: it stays in sight as long as its section does."""
    return min(max(block.top, scroll), block.bottom - HEADER)
