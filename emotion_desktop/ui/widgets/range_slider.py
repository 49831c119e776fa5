"""A slider with two handles, and two boxes for the same numbers: what screen readers read."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.basics import WholeBox

_HANDLE: Final = 8.0
_LINE: Final = 4.0
_STEP: Final = 1
_PAGE: Final = 10


class _Track(QWidget):
    """The line with its two handles."""

    moved = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.values = [0, 100]
        self._held = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As high as a handle and its ring."""
        return QSize(180, 26)

    def _x(self, value: int) -> float:
        room = self.width() - 2 * (_HANDLE + 2)
        return _HANDLE + 2 + room * value / 100

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line, the part between the handles in the accent's colour, the handles."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        low, high = (self._x(value) for value in self.values)
        painter.setPen(Qt.PenStyle.NoPen)
        for left, right, colour in (
            (self._x(0), self._x(100), self.theme.track),
            (low, high, self.theme.accent),
        ):
            painter.setBrush(colour)
            line = QRectF(left, middle - _LINE / 2, right - left, _LINE)
            painter.drawRoundedRect(line, _LINE / 2, _LINE / 2)
        for number, x in enumerate((low, high)):
            held = self.hasFocus() and number == self._held
            painter.setPen(QPen(self.theme.accent, 2.5 if held else 1.5))
            painter.setBrush(self.theme.raised)
            painter.drawEllipse(QPointF(x, middle), _HANDLE, _HANDLE)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Takes the handle that is nearer; of two at one place the one that can go on."""
        x = event.position().x()
        gaps = [abs(self._x(value) - x) for value in self.values]
        if gaps[0] == gaps[1]:
            self._held = int(x > self._x(self.values[0]) or self.values[0] == 0)
        else:
            self._held = int(gaps[1] < gaps[0])
        self._move_to(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The handle follows."""
        self._move_to(event.position().x())

    def _move_to(self, x: float) -> None:
        room = self.width() - 2 * (_HANDLE + 2)
        self.set_value(self._held, round(100 * (x - _HANDLE - 2) / max(1.0, room)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the handle held; Space takes the other one."""
        value = self.values[self._held]
        key = Qt.Key
        target = {
            key.Key_Left: value - _STEP,
            key.Key_Down: value - _STEP,
            key.Key_Right: value + _STEP,
            key.Key_Up: value + _STEP,
            key.Key_PageDown: value - _PAGE,
            key.Key_PageUp: value + _PAGE,
            key.Key_Home: 0,
            key.Key_End: 100,
        }.get(Qt.Key(event.key()))
        if event.key() == key.Key_Space:
            self._held = 1 - self._held
            self.update()
        elif target is not None:
            self.set_value(self._held, target)
        else:
            super().keyPressEvent(event)

    def set_value(self, number: int, value: int) -> None:
        """Moves a handle; neither passes the other."""
        lowest = self.values[0] if number else 0
        highest = 100 if number else self.values[1]
        value = max(lowest, min(highest, value))
        if value != self.values[number]:
            self.values[number] = value
            self.update()
            self.moved.emit(*self.values)


class RangeSlider(QWidget):
    """Two whole per cents, the lower and the higher."""

    changed = Signal(int, int)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.track = _Track(theme)
        self.track.setAccessibleName(f"{name}: the arrows move a handle, Space takes the other")
        self.boxes = (WholeBox(), WholeBox())
        for box, words in zip(self.boxes, ("lowest", "highest"), strict=True):
            box.setRange(0, 100)
            box.setSuffix(" %")
            box.setAccessibleName(f"{name}, {words}")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.boxes[0])
        layout.addWidget(self.track, 1)
        layout.addWidget(self.boxes[1])
        self.set_values(0, 100)
        self.track.moved.connect(self._moved)
        self.boxes[0].valueChanged.connect(lambda value: self.track.set_value(0, value))
        self.boxes[1].valueChanged.connect(lambda value: self.track.set_value(1, value))

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self.track.theme = theme
        self.track.update()

    def set_values(self, low: int, high: int) -> None:
        """Shows other numbers; nothing is emitted."""
        self.track.values = [low, high]
        self.track.update()
        self._show()

    def _show(self) -> None:
        low, high = self.track.values
        for box, value, lowest, highest in (
            (self.boxes[0], low, 0, high),
            (self.boxes[1], high, low, 100),
        ):
            box.blockSignals(True)
            box.setRange(lowest, highest)
            box.setValue(value)
            box.blockSignals(False)

    @Slot(int, int)
    def _moved(self, low: int, high: int) -> None:
        self._show()
        self.changed.emit(low, high)
