"""Selections of rows as runs, so that ten thousand rows are not ten thousand objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from PySide6.QtCore import QAbstractItemModel, QItemSelection


def selected_rows(selection: QItemSelection) -> Iterator[range]:
    """The rows selected, run by run."""
    for number in range(selection.count()):
        part = selection.at(number)
        yield range(part.top(), part.bottom() + 1)


def count_selected(selection: QItemSelection) -> int:
    """How many rows are selected."""
    return sum(len(rows) for rows in selected_rows(selection))


def selection_of(rows: Iterable[int], model: QAbstractItemModel) -> QItemSelection:
    """A selection of rows of a list."""
    selection = QItemSelection()
    for first, last in _runs(sorted(rows)):
        selection.select(model.index(first, 0), model.index(last, 0))
    return selection


def without(
    selection: QItemSelection, model: QAbstractItemModel, shown: Callable[[int], bool]
) -> QItemSelection:
    """That part of a selection that is not shown."""
    hidden = (row for rows in selected_rows(selection) for row in rows if not shown(row))
    return selection_of(hidden, model)


def _runs(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of numbers that follow each other; ``rows`` are in order."""
    first = last = -1
    for row in rows:
        if first < 0 or row != last + 1:
            if first >= 0:
                yield first, last
            first = row
        last = row
    if first >= 0:
        yield first, last
