"""The gallery's list of tiles, for Qt: rows in the order they came; the view arranges them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from emotion_desktop.ui.describe import describe
from emotion_desktop.ui.gallery.entries import Entry

ENTRY_ROLE: Final = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


class GalleryModel(QAbstractListModel):
    """Entries by row. Rows are only ever changed, added at the end, or all removed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []

    @property
    def entries(self) -> list[Entry]:
        """All entries, by row; not to be changed."""
        return self._entries

    def append(self, entries: list[Entry]) -> int:
        """Adds entries; returns the row of the first."""
        first = len(self._entries)
        if entries:
            self.beginInsertRows(QModelIndex(), first, first + len(entries) - 1)
            self._entries += entries
            self.endInsertRows()
        return first

    def change(self, entries: Mapping[int, Entry]) -> None:
        """Puts other entries into rows."""
        for row, entry in entries.items():
            self._entries[row] = entry
            self.dataChanged.emit(self.index(row), self.index(row))

    def replace(self, entries: list[Entry]) -> None:
        """Starts over with other entries."""
        self.beginResetModel()
        self._entries = list(entries)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """The number of entries."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The entry itself, its name, or the sentence that describes it."""
        if not index.isValid() or not 0 <= index.row() < len(self._entries):
            return None
        entry = self._entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return entry.prediction.error or str(entry.path)
        if role in (
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.AccessibleDescriptionRole,
        ):
            return describe(entry.prediction, entry.face, entry.name, entry.correction)
        return None
