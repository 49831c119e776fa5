"""Bars for probabilities."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.ui.describe import percent
from emotion_desktop.ui.icons import paint_emotion
from emotion_desktop.ui.theme import Theme


def paint_bar(
    painter: QPainter,
    rect: QRectF,
    emotion: str,
    value: float,
    theme: Theme,
    *,
    hatched: bool = False,
) -> None:
    """Draws one bar on its track.

    Args:
        value: from 0 to 1.
        hatched: the value is a service's own, not ours to vouch for.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.track)
    painter.drawRoundedRect(rect, 3, 3)
    width = rect.width() * max(0.0, min(1.0, value))
    if width >= 1:
        pattern = Qt.BrushStyle.BDiagPattern if hatched else Qt.BrushStyle.SolidPattern
        painter.setBrush(QBrush(theme.emotion(emotion), pattern))
        painter.setPen(QPen(theme.outline(emotion), 1))
        bar = QRectF(rect.x(), rect.y(), max(width, 3.0), rect.height())
        painter.drawRoundedRect(bar.adjusted(0.5, 0.5, -0.5, -0.5), 2.5, 2.5)
    painter.restore()


class EmotionBars(QWidget):
    """A bar per emotion in their order; a model without an emotion shows a dash for it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._values: Mapping[str, float] = {}
        self._hatched = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Probabilities")

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        self.update()

    def set_values(self, values: Mapping[str, float], *, hatched: bool = False) -> None:
        """Shows other probabilities, 0 to 1 by emotion; hatched ones are a service's own."""
        self._values = values
        self._hatched = hatched
        self.setAccessibleDescription(
            ", ".join(f"{name} {percent(value)}" for name, value in values.items())
        )
        self.update()

    def _row(self) -> int:
        return QFontMetrics(self.font()).height() + 8

    def sizeHint(self) -> QSize:
        """A row per emotion."""
        return QSize(240, self._row() * len(EMOTIONS))

    def minimumSizeHint(self) -> QSize:
        """The same, narrower."""
        return QSize(200, self._row() * len(EMOTIONS))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the rows."""
        painter = QPainter(self)
        metrics = QFontMetrics(self.font())
        names = max(metrics.horizontalAdvance(emotion) for emotion in EMOTIONS) + 6
        figures = metrics.horizontalAdvance(">99 %") + 4
        row, middle = self._row(), Qt.AlignmentFlag.AlignVCenter
        best = max(self._values, key=self._values.__getitem__) if self._values else None
        for number, emotion in enumerate(EMOTIONS):
            y = number * row
            paint_emotion(painter, QRectF(0, y + 3, row - 6, row - 6), emotion, self._theme)
            font = self.font()
            font.setBold(emotion == best)
            painter.setFont(font)
            known = emotion in self._values
            painter.setPen(self._theme.text if known else self._theme.muted)
            painter.drawText(QRect(row + 2, y, names + 8, row), middle, emotion)
            left = row + names + 12
            bar = QRectF(left, y + row / 2 - 6, self.width() - left - figures - 6, 12)
            value = self._values.get(emotion, 0.0)
            paint_bar(painter, bar, emotion, value, self._theme, hatched=self._hatched)
            painter.setPen(self._theme.text if known else self._theme.muted)
            painter.drawText(
                QRect(self.width() - figures, y, figures, row),
                middle | Qt.AlignmentFlag.AlignRight,
                percent(value) if known else "–",
            )
        painter.end()
