"""Photos behind a figure: a strip of tiles with what each model said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.emotions import KEY_RANGE, emotion_of_key
from emotion_desktop.ui.compare.tables import label
from emotion_desktop.ui.gallery.entries import Entry
from emotion_desktop.ui.gallery.model import ENTRY_ROLE, GalleryModel
from emotion_desktop.ui.gallery.tile import TileDelegate
from emotion_desktop.ui.image_loader import ImageLoader
from emotion_desktop.ui.open_outside import open_outside

if TYPE_CHECKING:
    from emotion_desktop.evaluation.comparison import Comparison
    from emotion_desktop.ui.theme import Theme


def _load_tile(entry: Entry, side: int) -> Any:
    from emotion_desktop.imaging.thumbnails import thumbnail

    return thumbnail(entry.path, side, entry.face.box if entry.face else None)


class PhotosDialog(QDialog):
    """Tiles of some photos of a comparison; what is selected is told in full below them."""

    #: A photo's path, and the emotion that the user gives it.
    label_wanted = Signal(object, str)

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, editable: bool = False
    ) -> None:
        super().__init__(parent)
        self._editable = editable
        self._given: dict[Path, str] = {}
        self.setWindowTitle("Photos")
        self.resize(1010, 660)
        self._comparison: Comparison | None = None
        self._numbers: Sequence[int] = ()
        self._loader = ImageLoader(threads=2, cache_bytes=32 << 20, parent=self)
        self.model = GalleryModel(self)
        self.title = label("", "headline")
        more = f" Keys {KEY_RANGE} give it another label." if editable else ""
        self.details = label(f"Select a photo to see what every model said.{more}", "muted")
        self.list = QListView()
        self.list.setAccessibleName("Photos")
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setUniformItemSizes(True)
        self.list.setLayoutMode(QListView.LayoutMode.Batched)
        self.list.setSpacing(3)
        self._delegate = TileDelegate(self._picture, theme, parent=self)
        self.list.setItemDelegate(self._delegate)
        self.list.setModel(self.model)
        self._open = QPushButton("Open the photo")
        self._open.setEnabled(False)
        close = QPushButton("Close")
        buttons = QHBoxLayout()
        buttons.addWidget(self.details, 1)
        buttons.addWidget(self._open)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.addWidget(self.title)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)
        self.list.installEventFilter(self)
        self._loader.loaded.connect(self._on_image_loaded)
        self.list.selectionModel().currentChanged.connect(self._show_details)
        self.list.doubleClicked.connect(self._open_photo)
        self._open.clicked.connect(self._open_photo)
        close.clicked.connect(self.close)
        self.finished.connect(self.stop)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._delegate.theme = theme
        self.list.viewport().update()

    def show_photos(
        self, title: str, comparison: Comparison, numbers: Sequence[int], model: int
    ) -> None:
        """Shows some of the photos, with the bars of one of the models."""
        self._comparison, self._numbers = comparison, numbers
        self.title.setText(title)
        results = comparison.predictions[model]
        entries = []
        for number in numbers:
            face = results[number].faces[0] if results[number].faces else None
            entries.append(Entry(results[number], face, 1 if face else 0))
        self.model.replace(entries)
        self.list.setGridSize(self._delegate.tile_size() + QSize(6, 8))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes the emotions' keys from the list, which would look for a name by them."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            emotion = emotion_of_key(event.text())
            plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if self._editable and plain and emotion is not None:
                self._relabel(emotion)
                return True
        return super().eventFilter(watched, event)

    def _relabel(self, emotion: str) -> None:
        index = self.list.currentIndex()
        entry = index.data(ENTRY_ROLE)
        if not isinstance(entry, Entry):
            return
        self._given[entry.path] = emotion
        self.label_wanted.emit(entry.path, emotion)
        after = self.model.index(index.row() + 1, 0)
        if after.isValid():
            self.list.setCurrentIndex(after)
        else:
            self._show_details(index, index)

    @Slot()
    def stop(self) -> None:
        """Ends what runs in the background."""
        self._loader.stop()

    def _picture(self, entry: Entry, side: int) -> QPixmap | None:
        box = entry.face.box if entry.face else None
        return self._loader.get((entry.prediction.path, box, side), lambda: _load_tile(entry, side))

    @Slot(object)
    def _on_image_loaded(self, _: object) -> None:
        self.list.viewport().update()

    @Slot(QModelIndex, QModelIndex)
    def _show_details(self, index: QModelIndex, _: QModelIndex) -> None:
        self._open.setEnabled(index.isValid())
        if self._comparison is None or not index.isValid():
            return
        number = self._numbers[index.row()]
        comparison = self._comparison
        sample = comparison.samples[number]
        given = self._given.get(sample.path)
        now = f" → {given}, by you (Ctrl+Z in the window takes it back)" if given else ""
        details = [f"Label: {sample.emotion}{now}", f"person: {sample.person}"]
        for place, model in enumerate(comparison.scores.models):
            details.append(f"{model.name}: {_predicted_text(comparison, place, number)}")
        self.details.setText(" · ".join(details))

    @Slot()
    def _open_photo(self) -> None:
        entry = self.list.currentIndex().data(ENTRY_ROLE)
        if isinstance(entry, Entry):
            open_outside(entry.path, self)


def _predicted_text(comparison: Comparison, model: int, number: int) -> str:
    emotions = comparison.scores.emotions
    named = int(comparison.predicted[model, number])
    if named == len(emotions):
        return "no answer"
    return f"{emotions[named]} {comparison.confidence[model, number] * 100:.0f} %"
