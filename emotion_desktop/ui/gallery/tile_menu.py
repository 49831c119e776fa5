"""The menu of the tiles: open, copy, remove, and what their faces show."""

from __future__ import annotations

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from emotion_desktop.ui.gallery.correct_menu import CorrectMenu
from emotion_desktop.ui.theme import Theme


class TileMenu(QMenu):
    """What can be done with the tiles selected; the keys that do the same stand beside it."""

    large_wanted = Signal()
    open_wanted = Signal()
    folder_wanted = Signal()
    copy_path_wanted = Signal()
    copy_photo_wanted = Signal()
    remove_wanted = Signal()
    fold_wanted = Signal()
    #: An emotion; empty for what the model says.
    label_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._add("Look closely\tEnter", self.large_wanted)
        self._add("Open with another program", self.open_wanted)
        self._add("Show in its folder", self.folder_wanted)
        self.addSeparator()
        self._add("Copy the photo\tCtrl+C", self.copy_photo_wanted)
        self._add("Copy the path", self.copy_path_wanted)
        self.addSeparator()
        self.correct = CorrectMenu(theme, self)
        self.correct.setTitle("It shows")
        self.correct.chosen.connect(self.label_chosen)
        self.addMenu(self.correct)
        self.addSeparator()
        self._add("Fold this section\tCtrl+Shift+F", self.fold_wanted)
        self._remove = self._add("Remove from the gallery\tDelete", self.remove_wanted)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self.correct.set_theme(theme)

    def offer(self, *, faces: int, corrected: bool, photos: int) -> None:
        """Makes it fit what is selected.

        Args:
            faces: how many of the tiles are faces.
            corrected: one of them is corrected.
            photos: of how many photos the tiles are.
        """
        self.correct.setEnabled(faces > 0)
        self.correct.setTitle("It shows" if faces < 2 else f"All {faces:,} show")
        self.correct.offer_way_back(corrected)
        what = "" if photos < 2 else f" {photos:,} photos"
        self._remove.setText(f"Remove{what} from the gallery\tDelete")

    def _add(self, text: str, signal: SignalInstance) -> QAction:
        action = self.addAction(text)
        action.triggered.connect(lambda _=False: signal.emit())
        return action
