"""A table of figures that is read, not edited, and is as high as its rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from emotion_desktop.ui.widgets.basics import fit_height


class FiguresTable(QTableWidget):
    """Names in the first column, figures at the right of the others."""

    def __init__(self, columns: Sequence[str], name: str, parent: QWidget | None = None) -> None:
        super().__init__(0, len(columns), parent)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for column, title in enumerate(columns):
            head = QTableWidgetItem(title)
            head.setTextAlignment(right if column else left)
            head.setToolTip(title)
            self.setHorizontalHeaderItem(column, head)
        self.setAccessibleName(name)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        # Of a title that does not fit the beginning is shown, and the tooltip has all of it.
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setShowGrid(False)

    def set_title(self, column: int, title: str) -> None:
        """Changes the meaning of a column."""
        head = self.horizontalHeaderItem(column)
        assert head is not None
        head.setText(title)
        head.setToolTip(title)

    def show_rows(
        self, rows: Sequence[Sequence[str]], *, muted: int = 0, strong: int | None = None
    ) -> None:
        """Shows rows.

        Args:
            muted: so many at the end are sums, painted less.
            strong: the column that is chosen.
        """
        self.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                cell = QTableWidgetItem(text)
                cell.setToolTip(text)
                if column:
                    cell.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                if number >= len(rows) - muted:
                    cell.setForeground(self.palette().placeholderText())
                font = cell.font()
                font.setBold(column == strong)
                cell.setFont(font)
                self.setItem(number, column, cell)
        fit_height(self)
