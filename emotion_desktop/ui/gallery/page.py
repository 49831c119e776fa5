"""The gallery's page: the welcome tiles while it is empty, the sorted photos afterwards.

Only the welcome is made at the start; the view behind it follows once the window is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from emotion_desktop.ui.welcome import Welcome

if TYPE_CHECKING:
    from emotion_desktop.domain.model import ModelCard
    from emotion_desktop.domain.prediction import Prediction
    from emotion_desktop.ui.gallery.view import GalleryView
    from emotion_desktop.ui.theme import Theme


class GalleryPage(QStackedWidget):
    """Switches between the welcome and the photos."""

    whole_wanted = Signal(list)
    """Paths of photos that the user wants classified as a whole."""
    clear_wanted = Signal()
    save_wanted = Signal(object)
    """A Form: what the answers are to be saved as."""
    opinions_wanted = Signal()
    """The menu of other models is about to be shown."""
    heat_wanted = Signal(object)
    """The Entry of a face: where did the model look?"""
    neighbours_wanted = Signal(object)
    """The Entry of a face: which training photos are like it?"""
    correction_wanted = Signal(list, str)
    """Entries, and the emotion a person sees in them; empty for what the model says."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._view: GalleryView | None = None
        self.welcome = Welcome(theme)
        self.addWidget(self.welcome)

    @property
    def view(self) -> GalleryView:
        """The sorted photos; made when first asked for."""
        if self._view is None:
            from emotion_desktop.ui.gallery.view import GalleryView

            self._view = GalleryView(self._theme)
            self._view.whole_wanted.connect(self.whole_wanted)
            self._view.clear_wanted.connect(self.clear_wanted)
            self._view.save_wanted.connect(self.save_wanted)
            self._view.second.menu().aboutToShow.connect(self.opinions_wanted)
            self._view.detail.heat_wanted.connect(self.heat_wanted)
            self._view.detail.neighbours_wanted.connect(self.neighbours_wanted)
            self._view.correction_wanted.connect(self.correction_wanted)
            self.addWidget(self._view)
        return self._view

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        self.welcome.set_theme(theme)
        if self._view is not None:
            self._view.set_theme(theme)

    def add(self, results: list[Prediction], card: ModelCard) -> None:
        """Adds photos, and the description of the model that answered."""
        self.view.card = card
        self.view.add(results)
        self.setCurrentWidget(self.view)

    def clear(self) -> None:
        """Empties the gallery: the welcome is back."""
        if self._view is not None:
            self._view.clear()
        self.setCurrentWidget(self.welcome)

    def stop(self) -> None:
        """Ends what runs in the background."""
        if self._view is not None:
            self._view.stop()
