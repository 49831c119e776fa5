"""A matrix of counts whose cells open the photos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidgetItem, QWidget

from emotion_desktop.ui.compare.tables import make_table
from emotion_desktop.ui.widgets.basics import fit_height

if TYPE_CHECKING:
    from emotion_desktop.ui.theme import Theme


class MatrixTable(QWidget):
    """Shows counts; darker cells hold more of their row."""

    #: Row and column of the cell whose photos are wanted.
    opened = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from PySide6.QtWidgets import QVBoxLayout

        self._theme = theme
        self._shown: tuple[Sequence[str], Sequence[Sequence[int]], str] | None = None
        self.table = make_table("Matrix of answers")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().show()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.setCursor(Qt.CursorShape.PointingHandCursor)
        self.table.cellClicked.connect(self._open)
        self.table.cellActivated.connect(self._open)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        if self._shown is not None:
            self.show_counts(*self._shown)

    def show_counts(self, labels: Sequence[str], counts: Sequence[Sequence[int]], tip: str) -> None:
        """Shows other counts.

        Args:
            labels: of rows and columns; a last one, “none”, is added.
            counts: (labels + 1, labels + 1). An empty last row is left out.
            tip: what a cell holds, with {count}, {row} and {column} in it.
        """
        self._shown = (labels, counts, tip)
        names = [*labels, "none"]
        rows = len(names) if sum(counts[-1]) else len(labels)
        self.table.setRowCount(rows)
        self.table.setColumnCount(len(names))
        self.table.setHorizontalHeaderLabels(names)
        self.table.setVerticalHeaderLabels(names[:rows])
        for row in range(rows):
            total = sum(counts[row])
            for column, count in enumerate(counts[row]):
                self.table.setItem(
                    row,
                    column,
                    self._cell(
                        count,
                        count / total if total else 0.0,
                        row == column,
                        tip.format(count=f"{count:,}", row=names[row], column=names[column]),
                    ),
                )
        fit_height(self.table)

    def _cell(self, count: int, share: float, right: bool, tip: str) -> QTableWidgetItem:
        item = QTableWidgetItem(f"{count:,}" if count else "·")
        item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
        item.setData(Qt.ItemDataRole.UserRole, count)
        font = item.font()
        font.setBold(right)
        item.setFont(font)
        if count:
            colour = QColor(self._theme.accent)
            colour.setAlphaF(0.06 + 0.5 * share)
            item.setBackground(colour)
            item.setToolTip(tip)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, tip)
        else:
            item.setForeground(self._theme.muted)
        return item

    @Slot(int, int)
    def _open(self, row: int, column: int) -> None:
        item = self.table.item(row, column)
        if item is not None and item.data(Qt.ItemDataRole.UserRole):
            self.opened.emit(row, column)
