"""Tables of figures: as high as their rows, faint where too few photos stand behind a row."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
)

from emotion_desktop.ui.widgets.basics import fit_height, wrapping_label


def make_table(name: str) -> QTableWidget:
    """An empty table that only shows.

    Args:
        name: for screen readers.
    """
    table = QTableWidget(0, 0)
    table.setAccessibleName(name)
    table.verticalHeader().hide()
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setShowGrid(False)
    table.setWordWrap(False)
    return table


def fill_table(
    table: QTableWidget,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    faint: Collection[int] = (),
    narrow: int = 1,
) -> None:
    """Shows other rows: words at the left in the first column, figures at the right.

    Args:
        narrow: so many columns are as wide as they must be, the others share what is left.
    """
    table.setColumnCount(len(head))
    table.setHorizontalHeaderLabels(list(head))
    table.setRowCount(len(rows))
    muted = table.palette().placeholderText()
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            if column:
                item.setTextAlignment(right)
            if row in faint:
                item.setForeground(muted)
            table.setItem(row, column, item)
    header = table.horizontalHeader()
    header.setDefaultAlignment(right)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
    first = table.horizontalHeaderItem(0)
    if first is not None:
        first.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column in range(min(narrow, len(head))):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
    fit_height(table)


def label(text: str = "", role: str = "") -> QLabel:
    """Words that wrap and can be copied."""
    return wrapping_label(text, role, selectable=True)
