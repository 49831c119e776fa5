"""A grid of tiles in sections: keys label, folds, sizes, drags; one view, no widget per tile.

How it is laid out and painted is SectionView's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from emotion_desktop.domain.emotions import EMOTIONS, emotion_of_key
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.section_layout import header_top
from emotion_desktop.ui.widgets.section_view import SectionAction, SectionView, Tiles

#: Tiles grow by so much with each notch of the wheel; how far one turns it, eighths of a degree.
_ZOOM_STEP: Final = 1.2
_NOTCH: Final = 120


class SectionGrid(SectionView):
    """Shows a list model's rows in sections, and says what is wanted of them."""

    #: The link was clicked.
    action_wanted = Signal()
    #: A tile was opened by double click or Enter.
    opened = Signal(QModelIndex)
    #: The key of an emotion was pressed for the selection; empty for 0.
    label_wanted = Signal(str)
    #: Delete was pressed for the selection.
    exclude_wanted = Signal()
    #: The selection is to go into the clipboard.
    copy_wanted = Signal()
    #: The tiles are of another size: how wide at least, pixels.
    zoomed = Signal(int)

    def __init__(
        self,
        delegate: Tiles,
        theme: Theme,
        titles: Mapping[str, str],
        action: SectionAction | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(delegate, theme, titles, action, parent)
        self._turned = 0
        self.activated.connect(self.opened)

    def zoom(self, side: int) -> None:
        """Makes the tiles' pictures at least so wide; what is at the top stays there."""
        before = self._delegate.least_side
        self._delegate.set_least_side(side)
        if self._delegate.least_side != before:
            self.arrange(self._layout.everything)
            self.zoomed.emit(self._delegate.least_side)

    def zoom_by(self, steps: int) -> None:
        """Larger or smaller tiles, by a fifth for each step."""
        self.zoom(round(self._delegate.least_side * _ZOOM_STEP**steps))

    def fold(self, names: Collection[str]) -> None:
        """Shows the headers alone of these sections, and the tiles of all others."""
        self._folded = frozenset(names)
        self.arrange(self._layout.everything)
        self.deselect_hidden()

    def toggle_fold(self, name: str) -> None:
        """Folds a section, or unfolds it; its header stays where it is on screen."""
        bar, block = self.verticalScrollBar(), self._layout.block(name)
        below_top = 0 if block is None else header_top(block, bar.value()) - bar.value()
        self.fold(self._folded ^ {name})
        block = self._layout.block(name)
        if block is not None:
            bar.setValue(block.top - below_top)

    def fold_current(self) -> None:
        """Folds the section of the current tile."""
        name = self._layout.section_of(self.currentIndex().row())
        if name is not None:
            self.toggle_fold(name)

    def show_section(self, name: str) -> None:
        """Scrolls to a section's header; a folded one is unfolded."""
        if name in self._folded:
            self.toggle_fold(name)
        block = self._layout.block(name)
        if block is not None:
            self.verticalScrollBar().setValue(block.top)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl the tiles grow or shrink; without it they scroll."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._turned += event.angleDelta().y()
            steps = int(self._turned / _NOTCH)
            self._turned -= steps * _NOTCH
            if steps:
                self.zoom_by(steps)
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The emotions' keys label the selection, Delete leaves it out; other keys move about."""
        key = event.text()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        emotion = "" if key == "0" else emotion_of_key(key)
        if plain and emotion is not None:
            self.label_wanted.emit(emotion)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.exclude_wanted.emit()
        elif event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    # -- dragging ------------------------------------------------------------------------------

    def let_drag(self) -> None:
        """Tiles can be dragged out of the window, and onto a section: that labels them."""
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.viewport().setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Own tiles alone: what comes from elsewhere is the window's."""
        if event.source() is self:
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """An emotion's section takes them; at the edges it scrolls."""
        super().dragMoveEvent(event)
        event.setAccepted(self._dropped_on(event) is not None)

    def dropEvent(self, event: QDropEvent) -> None:
        """Labels what was dragged as the section that it is dropped on."""
        emotion = self._dropped_on(event)
        if emotion is not None:
            event.acceptProposedAction()
            self.label_wanted.emit(emotion)
        self.viewport().update()

    def _dropped_on(self, event: QDropEvent) -> str | None:
        name = self.section_at(event.position().toPoint())
        return name if event.source() is self and name in EMOTIONS else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on a header folds its section, or does what the link in it says; any other is
        for the tiles."""
        point = event.position().toPoint()
        header = self._header_at(point)
        if self._on_action(point):
            self.action_wanted.emit()
        elif header is not None and event.button() == Qt.MouseButton.LeftButton:
            self.toggle_fold(header.name)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Shows what can be clicked."""
        on_header = self._header_at(event.position().toPoint()) is not None
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if on_header else Qt.CursorShape.ArrowCursor
        )
        super().mouseMoveEvent(event)
        self.viewport().update()
