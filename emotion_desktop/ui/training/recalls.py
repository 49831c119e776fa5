"""The recall of every emotion, with the number of photos it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.scores import TOO_FEW
from emotion_desktop.ui.describe import percent
from emotion_desktop.ui.icons import paint_emotion
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.bars import paint_bar


class RecallBars(QWidget):
    """All emotions in their order; those with too few photos are muted."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._recalls: Mapping[str, Mapping[str, Any]] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Recall by emotion")

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        self.update()

    def show_recalls(self, recalls: Mapping[str, Mapping[str, Any]]) -> None:
        """Shows recalls and counts by emotion: ``{emotion: {recall, count}}``."""
        self._recalls = recalls
        self.setAccessibleDescription(
            ", ".join(
                f"{emotion} {self._figure(emotion)} {self._count(emotion)}"
                for emotion in EMOTIONS
                if emotion in recalls
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        """A row per emotion."""
        return QSize(360, self._row() * len(EMOTIONS))

    def minimumSizeHint(self) -> QSize:
        """The same, narrower."""
        return QSize(280, self._row() * len(EMOTIONS))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the rows."""
        painter = QPainter(self)
        metrics = QFontMetrics(self.font())
        names = max(metrics.horizontalAdvance(emotion) for emotion in EMOTIONS) + 8
        figures = metrics.horizontalAdvance(">99 %") + 6
        counts = metrics.horizontalAdvance("of 99,999") + 8
        row, theme = self._row(), self._theme
        middle = Qt.AlignmentFlag.AlignVCenter
        right = middle | Qt.AlignmentFlag.AlignRight
        for number, emotion in enumerate(EMOTIONS):
            y = number * row
            known = self._recalls.get(emotion)
            count = int(known["count"]) if known else 0
            judged = count >= TOO_FEW
            paint_emotion(painter, QRectF(0, y + 3, row - 6, row - 6), emotion, theme)
            painter.setPen(theme.text if judged else theme.muted)
            painter.drawText(QRect(row + 2, y, names, row), middle, emotion)
            left = row + names + 8
            width = self.width() - left - figures - counts - 6
            painter.setOpacity(1.0 if judged else 0.45)
            bar = QRectF(left, y + row / 2 - 6, max(20, width), 12)
            paint_bar(painter, bar, emotion, self._value(emotion), theme)
            painter.setOpacity(1.0)
            x = self.width() - figures - counts
            painter.drawText(QRect(x, y, figures, row), right, self._figure(emotion))
            painter.setPen(theme.muted)
            painter.drawText(QRect(x + figures, y, counts, row), right, self._count(emotion))
        painter.end()

    def _row(self) -> int:
        return QFontMetrics(self.font()).height() + 8

    def _value(self, emotion: str) -> float:
        known = self._recalls.get(emotion)
        return float(known["recall"] or 0.0) if known else 0.0

    def _figure(self, emotion: str) -> str:
        known = self._recalls.get(emotion)
        return "–" if not known or known["recall"] is None else percent(known["recall"])

    def _count(self, emotion: str) -> str:
        known = self._recalls.get(emotion)
        return f"of {known['count']:,}" if known else ""
