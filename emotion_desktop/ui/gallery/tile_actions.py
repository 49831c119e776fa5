"""What the menu and the keys do with the tiles selected, besides saying what they show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage

from emotion_desktop.ui.gallery.model import ENTRY_ROLE, GalleryModel
from emotion_desktop.ui.gallery.tile_menu import TileMenu
from emotion_desktop.ui.open_outside import open_outside

if TYPE_CHECKING:
    from emotion_desktop.ui.gallery.entries import Entry
    from emotion_desktop.ui.theme import Theme
    from emotion_desktop.ui.widgets.section_grid import SectionGrid


class TileActions(QObject):
    """Behind the tiles' menu."""

    #: Paths of photos that are to go from the gallery, as texts.
    remove_wanted = Signal(list)
    large_wanted = Signal()
    #: An emotion; empty for what the model says.
    label_wanted = Signal(str)

    def __init__(self, grid: SectionGrid, model: GalleryModel, theme: Theme) -> None:
        super().__init__(grid)
        self._grid = grid
        self._model = model
        self.menu = TileMenu(theme, grid)
        self.menu.large_wanted.connect(self.large_wanted)
        self.menu.open_wanted.connect(self.open_photo)
        self.menu.folder_wanted.connect(self.open_folder)
        self.menu.copy_path_wanted.connect(self.copy_path)
        self.menu.copy_photo_wanted.connect(self.copy_photos)
        self.menu.remove_wanted.connect(self.remove)
        self.menu.fold_wanted.connect(grid.fold_current)
        self.menu.label_chosen.connect(self.label_wanted)
        grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        grid.customContextMenuRequested.connect(self._open_menu)
        grid.exclude_wanted.connect(self.remove)
        grid.copy_wanted.connect(self.copy_photos)

    def selected(self) -> list[Entry]:
        """The tiles selected."""
        rows = self._grid.selectionModel().selectedIndexes()
        return [index.data(ENTRY_ROLE) for index in rows]

    def current(self) -> Entry | None:
        """The tile that the keys are at."""
        index = self._grid.currentIndex()
        return index.data(ENTRY_ROLE) if index.isValid() else None

    @Slot()
    def open_photo(self) -> None:
        """Opens the current photo with the desktop's program for photos."""
        entry = self.current()
        if entry is not None:
            open_outside(entry.path, self._grid)

    @Slot()
    def open_folder(self) -> None:
        """Opens the folder that the current photo is in."""
        entry = self.current()
        if entry is not None:
            open_outside(entry.path.absolute().parent, self._grid)

    @Slot()
    def copy_path(self) -> None:
        """Puts the paths of the photos selected into the clipboard, one a line."""
        paths = dict.fromkeys(str(entry.path.absolute()) for entry in self.selected())
        if paths:
            QGuiApplication.clipboard().setText("\n".join(paths))

    @Slot()
    def copy_photos(self) -> None:
        """Puts the photos selected into the clipboard: as files, and one alone as a picture too."""
        indexes = self._grid.selectionModel().selectedIndexes()
        if not indexes:
            return
        data = self._model.mimeData(indexes)
        urls = data.urls()
        if len(urls) == 1:
            image = QImage(urls[0].toLocalFile())
            if not image.isNull():
                data.setImageData(image)
        data.setText("\n".join(str(Path(url.toLocalFile())) for url in urls))
        QGuiApplication.clipboard().setMimeData(data)

    @Slot()
    def remove(self) -> None:
        """Asks to take the photos selected out of the gallery."""
        paths = list(dict.fromkeys(entry.prediction.path for entry in self.selected()))
        if paths:
            self.remove_wanted.emit(paths)

    @Slot(QPoint)
    def _open_menu(self, point: QPoint) -> None:
        if not self._grid.indexAt(point).isValid():
            return
        chosen = self.selected()
        self.menu.offer(
            faces=sum(entry.face is not None for entry in chosen),
            corrected=any(entry.correction is not None for entry in chosen),
            photos=len({entry.prediction.path for entry in chosen}),
        )
        self.menu.popup(self._grid.viewport().mapToGlobal(point))
