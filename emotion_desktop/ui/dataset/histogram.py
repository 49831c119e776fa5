"""How many photos there are of each emotion, and in which part of a split: always in sight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.ui.dataset.model import TITLES
from emotion_desktop.ui.icons import paint_emotion, paint_sign
from emotion_desktop.ui.theme import Theme

#: The parts in the order they are stacked; photos in none come last.
PARTS: Final = ("training", "validation", "test", "")
_WORDS: Final = {"training": "training", "validation": "validation", "test": "test", "": "in none"}
_ROW: Final = 38
#: Height of the line that explains a bar's pieces, pixels.
_LEGEND: Final = 30
#: How strong a part's piece of a bar is, of 255.
_ALPHAS: Final = {"training": 255, "validation": 165, "test": 95, "": 60}
_LEGEND_WORDS: Final = {"training": "training", "validation": "valid.", "test": "test", "": "none"}


class Histogram(QWidget):
    """A row per section with its count and, below, a bar; a click shows the section alone."""

    #: A section; empty for all.
    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._counts: Mapping[str, Mapping[str, int]] = {}
        self._split = False
        self._current = ""
        self._hovered = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Photos per emotion")

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        self.update()

    def show_counts(self, counts: Mapping[str, Mapping[str, int]], *, split: bool) -> None:
        """Shows photos by section and part.

        Args:
            split: a split is chosen; otherwise nobody is in a part.
        """
        self._counts, self._split = counts, split
        parts = (f"{TITLES[name]} {self._total(name):,}" for name in self._sections())
        self.setAccessibleDescription(", ".join(parts))
        self.updateGeometry()
        self.update()

    def set_current(self, section: str) -> None:
        """Marks a section; empty for none."""
        self._current = section
        self.update()

    def _sections(self) -> list[str]:
        """All emotions, and what else there is."""
        return [name for name in TITLES if name in EMOTIONS or self._total(name)]

    def _total(self, section: str) -> int:
        return sum(self._counts.get(section, {}).values())

    def sizeHint(self) -> QSize:
        """A row per section."""
        return QSize(210, _ROW * len(self._sections()) + (_LEGEND if self._split else 0))

    def minimumSizeHint(self) -> QSize:
        """The same height, narrower: beside a scroll bar."""
        return QSize(180, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        most = max((self._total(name) for name in EMOTIONS), default=0) or 1
        metrics = QFontMetrics(self.font())
        for number, section in enumerate(self._sections()):
            top = number * _ROW
            self._paint_ground(painter, number, section)
            total = self._total(section)
            icon = QRectF(8, top + 4, 18, 18)
            if section in EMOTIONS:
                paint_emotion(painter, icon, section, self._theme)
            else:
                paint_sign(painter, icon, section, self._theme.muted)
            painter.setPen(self._theme.text if total else self._theme.muted)
            middle = Qt.AlignmentFlag.AlignVCenter
            line = QRectF(34, top + 2, self.width() - 44, metrics.height() + 4)
            painter.drawText(line, middle, TITLES[section])
            count = f"{total:,}" if total else "–"
            painter.drawText(line, middle | Qt.AlignmentFlag.AlignRight, count)
            if section in EMOTIONS:
                bar = QRectF(34, top + _ROW - 11, self.width() - 44, 6)
                self._paint_bar(painter, bar, section, most)
        if self._split:
            self._paint_legend(painter, _ROW * len(self._sections()))
        painter.end()

    def _paint_legend(self, painter: QPainter, top: int) -> None:
        """Which of a bar's pieces is which part."""
        metrics = QFontMetrics(self.font())
        left = 8
        for part in PARTS:
            colour = QColor(self._theme.text)
            colour.setAlpha(_ALPHAS[part])
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(left, top + 12, 9, 9), 2, 2)
            painter.setPen(self._theme.muted)
            words = _LEGEND_WORDS[part]
            width = metrics.horizontalAdvance(words)
            place = QRectF(left + 13, top + 6, width + 2, 21)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, words)
            left += 13 + width + 8

    def _paint_ground(self, painter: QPainter, number: int, section: str) -> None:
        rect = QRectF(2, number * _ROW + 1, self.width() - 4, _ROW - 2)
        if section == self._current:
            painter.setPen(QPen(self._theme.accent, 1.5))
            painter.setBrush(self._theme.track)
            painter.drawRoundedRect(rect, 6, 6)
        elif number == self._hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.track)
            painter.drawRoundedRect(rect, 6, 6)

    def _paint_bar(self, painter: QPainter, bar: QRectF, section: str, most: int) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.line if section == self._current else self._theme.track)
        painter.drawRoundedRect(bar, 3, 3)
        left = bar.x()
        for part in PARTS:
            count = self._counts.get(section, {}).get(part, 0)
            if not count:
                continue
            width = max(2.0, bar.width() * count / most)
            piece = QRectF(left, bar.y(), min(width, bar.right() - left), bar.height())
            painter.setBrush(self._colour(section, part))
            painter.drawRoundedRect(piece, 2, 2)
            left = piece.right() + (1 if self._split else 0)

    def _colour(self, section: str, part: str) -> QColor:
        """Full for training, lighter for what is held back, told apart by place as well."""
        colour = QColor(self._theme.emotion(section))
        colour.setAlpha(_ALPHAS[part] if self._split else 255)
        return colour

    def event(self, event: QEvent) -> bool:
        """Says on hovering how many photos are in each part."""
        if event.type() == QEvent.Type.ToolTip:
            where = self.mapFromGlobal(self.cursor().pos())
            section = self._section_at(where.y())
            parts = self._counts.get(section, {}) if section else {}
            text = ", ".join(f"{parts[p]:,} {_WORDS[p]}" for p in PARTS if p in parts)
            if text and self._split:
                QToolTip.showText(self.cursor().pos(), text, self)
                return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Marks what can be clicked."""
        self._hovered = self._number_at(event.position())
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Marks nothing."""
        self._hovered = -1
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chooses a section, or all if it is chosen already."""
        section = self._section_at(event.position().y())
        if section:
            self.chosen.emit("" if section == self._current else section)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose the next section, Escape all."""
        sections = ["", *self._sections()]
        now = sections.index(self._current) if self._current in sections else 0
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() in steps:
            step = steps[Qt.Key(event.key())]
            self.chosen.emit(sections[max(0, min(now + step, len(sections) - 1))])
        elif event.key() == Qt.Key.Key_Escape:
            self.chosen.emit("")
        else:
            super().keyPressEvent(event)

    def _number_at(self, point: QPointF) -> int:
        number = int(point.y() // _ROW)
        return number if 0 <= number < len(self._sections()) else -1

    def _section_at(self, y: float) -> str:
        number = self._number_at(QPointF(0, y))
        return self._sections()[number] if number >= 0 else ""
