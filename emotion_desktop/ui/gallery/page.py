"""The gallery's page: the welcome tiles while it is empty, the sorted photos afterwards.

Only the welcome is made at the start; the view behind it follows once the window is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from emotion_desktop.ui.welcome import Welcome

if TYPE_CHECKING:
    from emotion_desktop.ui.gallery.view import GalleryView
    from emotion_desktop.ui.theme import Theme


class GalleryPage(QStackedWidget):
    """Switches between the welcome and the photos."""

    #: The GalleryView, once: its signals can be connected from now on.
    view_made = Signal(object)

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
            self.addWidget(self._view)
            self.view_made.emit(self._view)
        return self._view

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        self.welcome.set_theme(theme)
        if self._view is not None:
            self._view.set_theme(theme)

    def clear(self) -> None:
        """Empties the gallery: the welcome is back."""
        if self._view is not None:
            self._view.clear()
        self.setCurrentWidget(self.welcome)

    def stop(self) -> None:
        """Ends what runs in the background."""
        if self._view is not None:
            self._view.stop()
