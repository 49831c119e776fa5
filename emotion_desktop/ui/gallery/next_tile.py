"""Which tile is looked at next when corrections move tiles to other sections; no Qt in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from emotion_desktop.ui.gallery.entries import Entry
from emotion_desktop.ui.widgets.sections import Sections


def rows_beside(row: int, order: Sections) -> list[int]:
    """The rows of the section that a row stands in, in order; none for one that is not shown."""
    position = order.position(row)
    if position is None:
        return []
    number, _ = order.section_of(position)
    return [int(beside) for beside in order.items[number][1]]


def next_to_look_at(
    current: int, beside: Sequence[int], old: Mapping[int, Entry], entries: Sequence[Entry]
) -> int:
    """The row itself; if it leaves its section, the next that stays there (or the last).

    Args:
        beside: the rows of the section that it stood in.
        old: what stood in the rows that changed.
        entries: what stands in all rows now.
    """

    def stays(row: int) -> bool:
        return row not in old or old[row].section == entries[row].section

    if current < 0 or stays(current) or current not in beside:
        return current
    place = beside.index(current)
    around = (*beside[place:], *beside[:place][::-1])
    return next((row for row in around if stays(row)), current)
