"""The beginning of a table, whose headers are clicked to say what the columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QHeaderView, QMenu, QTableWidget, QTableWidgetItem, QWidget

from emotion_desktop.ui.widgets.basics import fit_height

_MEANINGS: Final = {
    "photo": "Photo",
    "label": "Label",
    "person": "Person",
    "annotator": "Annotator",
    "usage": "Part of the data",
}
_ROWS: Final = 4


class ColumnPicker(QTableWidget):
    """Shows the first rows; a click on a header asks what the column means."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: list[str] = []
        self._columns: dict[str, int | None] = {}
        self._by_hand = False
        self.setAccessibleName("The table's first rows; click on a header to say what it means")
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.setCursor(Qt.CursorShape.PointingHandCursor)
        header.sectionClicked.connect(self._offer_meanings)

    @property
    def chosen(self) -> dict[str, int | None] | None:
        """The columns by meaning if the user clicked and both that are needed are known."""
        if not self._by_hand or not {"photo", "label"} <= self._columns.keys():
            return None
        return dict(self._columns)

    def show_preview(self, preview: Mapping[str, Any], *, wanted: bool) -> None:
        """Shows the rows.

        Args:
            wanted: the columns are not known: the table is shown larger.
        """
        self._names = preview["names"]
        if not self._by_hand and preview["guess"]:
            self._columns = {k: v for k, v in preview["guess"].items() if v is not None}
        rows = preview["rows"][: _ROWS * 2 if wanted else _ROWS]
        self.setColumnCount(len(self._names))
        self.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                self.setItem(number, column, QTableWidgetItem(text[:80]))
        self._show_headers()
        self.resizeColumnsToContents()
        # The last one keeps its stretch only if it is told again.
        self.horizontalHeader().setStretchLastSection(False)
        self.horizontalHeader().setStretchLastSection(True)
        fit_height(self, 2)

    def choose(self, column: int, meaning: str) -> None:
        """Says what a column means; an empty meaning takes it back."""
        self._columns = {name: number for name, number in self._columns.items() if number != column}
        if meaning:
            self._columns[meaning] = column
        self._by_hand = True
        self._show_headers()
        if self.chosen is not None:
            self.changed.emit()

    def _show_headers(self) -> None:
        meant = {number: _MEANINGS[name] for name, number in self._columns.items()}
        self.setHorizontalHeaderLabels(
            [
                f"{name}\n▾ {meant.get(number, 'not used')}"
                for number, name in enumerate(self._names)
            ]
        )

    @Slot(int)
    def _offer_meanings(self, column: int) -> None:
        menu = QMenu(self)
        for meaning, text in {**_MEANINGS, "": "Not used"}.items():
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(bool(meaning) and self._columns.get(meaning) == column)
            action.triggered.connect(lambda _=False, m=meaning: self.choose(column, m))
        header = self.horizontalHeader()
        place = QPoint(header.sectionViewportPosition(column), header.height())
        menu.popup(header.mapToGlobal(place))
