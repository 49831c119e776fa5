"""Bars with 95 % intervals, and a dashed line to beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from emotion_desktop.ui.icons import paint_emotion

if TYPE_CHECKING:
    from emotion_desktop.domain.scores import Interval
    from emotion_desktop.ui.theme import Theme

_ROW: Final = 30
_ICON: Final = 18
_TICKS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Bar:
    """One line; ``figures`` is the value in words, hatched one of a service's own model. That of an
    emotion bears its icon and colour."""

    name: str
    value: float | None
    interval: Interval | None
    figures: str
    hatched: bool = False
    emotion: str = ""


class IntervalChart(QWidget):
    """Shares from 0 to 100 %, a row each."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bars: Sequence[Bar] = ()
        self._baseline: float | None = None
        self._baseline_name = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        self.update()

    def show_bars(
        self, title: str, bars: Sequence[Bar], baseline: float | None, baseline_name: str
    ) -> None:
        """Shows other bars."""
        self._bars, self._baseline, self._baseline_name = bars, baseline, baseline_name
        self.setAccessibleName(title)
        parts = [f"{bar.name}: {bar.figures}" for bar in bars]
        self.setAccessibleDescription("; ".join([*parts, baseline_name]))
        self.setFixedHeight(self.sizeHint().height())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """A row per bar, and the scale below."""
        return QSize(480, 22 + _ROW * len(self._bars) + 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints scale, bars, intervals and the line to beat."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetrics(self.font())
        widest = max((metrics.horizontalAdvance(b.name) for b in self._bars), default=0)
        names = min(240, widest + 2)  # to the pixel it would be cut: widths are rounded
        figures = max((metrics.horizontalAdvance(b.figures) for b in self._bars), default=0)
        icons = _ICON + 6 if any(bar.emotion for bar in self._bars) else 0
        left, right = icons + names + 14, self.width() - figures - 16
        top, bottom = 22, 22 + _ROW * len(self._bars)

        def x(value: float) -> float:
            return left + value * (right - left)

        for tick in _TICKS:
            painter.setPen(QPen(self._theme.line, 1))
            painter.drawLine(QPointF(x(tick), top), QPointF(x(tick), bottom))
            painter.setPen(self._theme.muted)
            place = QRectF(x(tick) - 30, bottom + 2, 60, 18)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, f"{tick * 100:.0f} %")
        for number, bar in enumerate(self._bars):
            middle = top + _ROW * (number + 0.5)
            if bar.emotion:
                icon = QRectF(0, middle - _ICON / 2, _ICON, _ICON)
                paint_emotion(painter, icon, bar.emotion, self._theme)
            painter.setPen(self._theme.text)
            name = metrics.elidedText(bar.name, Qt.TextElideMode.ElideMiddle, names)
            place = QRectF(icons, middle - 12, names + 4, 24)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, name)
            place = QRectF(right + 12, middle - 12, figures + 4, 24)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, bar.figures)
            if bar.value is not None:
                self._paint_bar(painter, QRectF(left, middle - 8, x(bar.value) - left, 16), bar)
            if bar.interval is not None:
                painter.setPen(QPen(self._theme.text, 1.6))
                low, high = x(bar.interval[0]), x(bar.interval[1])
                painter.drawLine(QPointF(low, middle), QPointF(high, middle))
                for end in (low, high):
                    painter.drawLine(QPointF(end, middle - 5), QPointF(end, middle + 5))
        if self._baseline is not None:
            self._paint_baseline(painter, x(self._baseline), top, bottom)
        painter.end()

    def _paint_bar(self, painter: QPainter, rect: QRectF, bar: Bar) -> None:
        theme = self._theme
        painter.setPen(QPen(theme.outline(bar.emotion) if bar.emotion else theme.accent, 1))
        fill = QColor(theme.emotion(bar.emotion) if bar.emotion else theme.accent)
        fill.setAlphaF(0.8 if bar.emotion else 0.45)
        painter.setBrush(QBrush(fill, _pattern(bar)))
        painter.drawRoundedRect(rect, 2, 2)

    def _paint_baseline(self, painter: QPainter, x: float, top: float, bottom: float) -> None:
        painter.setPen(QPen(self._theme.text, 1.4, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, top - 4), QPointF(x, bottom))
        painter.setPen(self._theme.muted)
        wide = QFontMetrics(self.font()).horizontalAdvance(self._baseline_name) + 6
        place = QRectF(min(x - 2, self.width() - wide), 0, wide, 18)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self._baseline_name)


def _pattern(bar: Bar) -> Qt.BrushStyle:
    return Qt.BrushStyle.BDiagPattern if bar.hatched else Qt.BrushStyle.SolidPattern
