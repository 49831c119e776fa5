"""A box that drops down a list to choose from; all of the window's are of this kind."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QLabel, QWidget
from shiboken6 import isValid

#: No name in the list, however long, makes the box wider than this, pixels.
_WIDEST: Final = 320
_LEAST: Final = 120


class ChoiceBox(QComboBox):
    """The wheel scrolls the page that it is on, and never chooses something else unseen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label: QLabel | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.view().setTextElideMode(Qt.TextElideMode.ElideMiddle)

    def setAccessibleName(self, name: str) -> None:
        """Names it for screen readers.

        On Unix Qt gives them the value in place of the name, and leaves the name to a label that
        belongs to the box: there is one, which nobody sees.
        """
        super().setAccessibleName(name)
        self._put_label()

    def event(self, event: QEvent) -> bool:
        """The label goes with the box."""
        if event.type() == QEvent.Type.ParentChange:
            self._put_label()
        return super().event(event)

    def _put_label(self) -> None:
        name, parent = self.accessibleName(), self.parentWidget()
        if not name or parent is None:
            return
        if self._label is None or not isValid(self._label):
            self._label = QLabel()
            self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setParent(parent)
        self._label.hide()
        self._label.setText(name)
        self._label.setBuddy(self)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Left to what the box is on."""
        event.ignore()

    def sizeHint(self) -> QSize:
        """As wide as what it offers, within bounds."""
        return super().sizeHint().boundedTo(QSize(_WIDEST, 1000))

    def minimumSizeHint(self) -> QSize:
        """Long names give way."""
        return super().minimumSizeHint().boundedTo(QSize(_LEAST, 1000))
