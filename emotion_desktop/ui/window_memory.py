"""Takes the window up as it was left, and notes at the end how it is left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QByteArray, QObject, QTimer, Slot
from PySide6.QtWidgets import QSplitter

from emotion_desktop.ui.gallery.opened import OpenedPhotos
from emotion_desktop.workspace.window_state import (
    WindowState,
    load_window_state,
    save_window_state,
)

if TYPE_CHECKING:
    from emotion_desktop.ui.gallery.controller import GalleryController
    from emotion_desktop.ui.gallery.view import GalleryView
    from emotion_desktop.ui.main_window import MainWindow

#: It is kept now and then, too: a computer may be switched off. Milliseconds.
_EVERY_MS: Final = 60_000


class WindowMemory(QObject):
    """Size and place, page, sort, folders of dialogs, and the gallery's photos.

    Args:
        path: the file that keeps them.
    """

    def __init__(
        self,
        path: Path,
        window: MainWindow,
        gallery: GalleryController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._path = path
        self._window, self._gallery = window, gallery
        self._before = load_window_state(path)
        #: The view is made after the window is shown; until then its part is what was read.
        self._view: GalleryView | None = None
        #: Nothing is kept of a window that was never used: looking makes no workspace.
        self._saved = self._before
        window.gallery.view_made.connect(self._take_up_view)
        self._now_and_then = QTimer(self)
        self._now_and_then.setInterval(_EVERY_MS)
        self._now_and_then.timeout.connect(self.save)

    def take_up(self) -> None:
        """Places the window as it was; what is not on any screen any more, Qt brings back."""
        before, window = self._before, self._window
        if before.geometry:
            window.restoreGeometry(QByteArray.fromBase64(before.geometry.encode("ascii", "ignore")))
        window.folders.update(before.folders)
        self._now_and_then.start()

    def take_up_content(self) -> None:
        """Opens the page of before, and the gallery's photos: their answers are known still.

        For when the window is shown: it does not wait for them.
        """
        tabs = self._window.tabs
        for number in range(tabs.count()):
            if tabs.tabText(number) == self._before.page:
                tabs.setCurrentIndex(number)
        before = self._before
        if before.opened:
            self._gallery.open_again(OpenedPhotos(before.opened, before.removed))

    @Slot(object)
    def _take_up_view(self, view: GalleryView) -> None:
        self._view = view
        if self._before.order:
            view.order.setCurrentIndex(max(0, view.order.findText(self._before.order)))
        if self._before.tile_size:
            view.grid.zoom(self._before.tile_size)
        sizes = self._before.splitters.get("gallery")
        if sizes and len(sizes) == view.count():
            view.setSizes(sizes)

    @Slot()
    def save(self) -> None:
        """Keeps how the window is now, if anything is new."""
        now = self._now()
        if now != self._saved:
            self._saved = now
            save_window_state(self._path, now)

    def _now(self) -> WindowState:
        window, view, before = self._window, self._view, self._before
        photos = self._gallery.opened
        return WindowState(
            geometry=bytes(window.saveGeometry().toBase64().data()).decode("ascii"),
            page=window.tabs.tabText(window.tabs.currentIndex()),
            splitters=_sizes(view) if view is not None else before.splitters,
            order=view.order.currentText() if view is not None else before.order,
            tile_size=view.side.tile_size.value() if view is not None else before.tile_size,
            folders=dict(window.folders),
            opened=dict(photos.paths),
            removed=sorted(photos.removed),
        )


def _sizes(view: QSplitter) -> dict[str, list[int]]:
    sizes = view.sizes()
    return {"gallery": sizes} if all(sizes) else {}
