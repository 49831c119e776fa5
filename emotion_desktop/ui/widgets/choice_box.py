"""A box that drops down a list to choose from; all of the window's are of this kind."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget

#: No name in the list, however long, makes the box wider than this, pixels.
_WIDEST: Final = 320
_LEAST: Final = 120


class ChoiceBox(QComboBox):
    """The wheel scrolls the page that it is on, and never chooses something else unseen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Left to what the box is on."""
        event.ignore()

    def sizeHint(self) -> QSize:
        """As wide as what it offers, within bounds."""
        return super().sizeHint().boundedTo(QSize(_WIDEST, 1000))

    def minimumSizeHint(self) -> QSize:
        """Long names give way."""
        return super().minimumSizeHint().boundedTo(QSize(_LEAST, 1000))
