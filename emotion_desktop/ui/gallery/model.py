"""The gallery's list of tiles, for Qt: rows in the order they came; the view arranges them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QUrl,
)

from emotion_desktop.domain.prediction import Prediction
from emotion_desktop.ui.describe import describe, model_title
from emotion_desktop.ui.gallery.columns import Columns
from emotion_desktop.ui.gallery.entries import Entry

ENTRY_ROLE: Final = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


class GalleryModel(QAbstractListModel):
    """Entries by row. Rows are only ever changed, added at the end, or all removed.

    Attributes:
        columns: the same rows, for filters.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []
        #: The first row of a photo, by its path: its other faces follow.
        self._first: dict[str, int] = {}
        #: The paths of photos by their content: copies have the same.
        self._of_digest: dict[bytes, list[str]] = {}
        self.columns = Columns()

    @property
    def entries(self) -> list[Entry]:
        """All entries, by row; not to be changed."""
        return self._entries

    @property
    def photos(self) -> int:
        """How many photos the entries are of."""
        return len(self._first)

    def rows_of(self, path: str) -> range:
        """The rows of a photo; none where it is not here."""
        first = self._first.get(path)
        if first is None:
            return range(0)
        return range(first, first + max(1, len(self._entries[first].prediction.faces)))

    def prediction_of(self, path: str) -> Prediction | None:
        """What is said of a photo here."""
        first = self._first.get(path)
        return None if first is None else self._entries[first].prediction

    def rows_with(self, digest: bytes) -> list[int]:
        """The rows of the photos of a content."""
        return [row for path in self._of_digest.get(digest, ()) for row in self.rows_of(path)]

    def append(self, entries: list[Entry]) -> int:
        """Adds entries; returns the row of the first."""
        first = len(self._entries)
        if entries:
            self.beginInsertRows(QModelIndex(), first, first + len(entries) - 1)
            self._take(entries)
            self.endInsertRows()
        return first

    def change(self, entries: Mapping[int, Entry]) -> None:
        """Puts other entries into rows."""
        for row, entry in entries.items():
            digest = entry.prediction.digest
            if digest and digest != self._entries[row].prediction.digest:
                self._of_digest.setdefault(digest, []).append(entry.prediction.path)
            self._entries[row] = entry
            self.columns.change(row, entry)
            self.dataChanged.emit(self.index(row), self.index(row))

    def replace(self, entries: list[Entry]) -> None:
        """Starts over with other entries."""
        self.beginResetModel()
        self._entries = []
        self._first.clear()
        self._of_digest.clear()
        self.columns.clear()
        self._take(entries)
        self.endResetModel()

    def _take(self, entries: list[Entry]) -> None:
        for row, entry in enumerate(entries, start=len(self._entries)):
            path, digest = entry.prediction.path, entry.prediction.digest
            if path not in self._first:
                self._first[path] = row
                if digest:
                    self._of_digest.setdefault(digest, []).append(path)
        self._entries += entries
        self.columns.append(entries)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """The number of entries."""
        return 0 if parent.isValid() else len(self._entries)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Every tile can be selected and dragged."""
        dragged = Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags
        return super().flags(index) | dragged

    def mimeTypes(self) -> list[str]:
        """Tiles are dragged out as the files of their photos."""
        return ["text/uri-list"]

    def mimeData(self, indexes: list[QModelIndex]) -> QMimeData:  # type: ignore[override]
        """The files of the tiles' photos, each once."""
        paths = dict.fromkeys(self._entries[index.row()].prediction.path for index in indexes)
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(Path(path).absolute())) for path in paths])
        return data

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
            model = entry.prediction.model_name
            read_by = f"\nRead by {model_title(model)}" if model else ""
            return f"{entry.prediction.error or entry.path}{read_by}"
        if role in (
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.AccessibleDescriptionRole,
        ):
            return describe(entry.prediction, entry.face, entry.name, entry.correction)
        return None
