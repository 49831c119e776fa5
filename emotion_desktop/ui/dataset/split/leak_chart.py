"""The leak demonstration's chart: what each way reports, beside its true score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from emotion_desktop.ui.describe import percent
from emotion_desktop.ui.theme import Theme

_WAYS: Final = (
    ("notebook", "Synthesise, then split (the notebooks)"),
    ("honest", "Split by person, then synthesise"),
)
_BAR: Final = 20
_ROW: Final = 26


class LeakChart(QWidget):
    """Two bars per way: reported, hatched, and on unseen people, solid."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._result: Mapping[str, Any] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("What each way reports, and what it is worth")

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        self.update()

    def show_result(self, result: Mapping[str, Any]) -> None:
        """Shows what jobs.dataset.leak_demo found."""
        self._result = result
        self.setAccessibleDescription(
            "; ".join(
                f"{title}: reports {percent(result[way]['reported']['mean_recall'])}, unseen "
                f"people {percent(result[way]['unseen']['mean_recall'])}"
                for way, title in _WAYS
            )
        )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Three lines per way."""
        return QSize(460, 2 * (3 * _ROW + 10) if self._result else 0)

    def minimumSizeHint(self) -> QSize:
        """As high as its lines."""
        return QSize(320, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y = 0
        for way, title in _WAYS if self._result else ():
            painter.setPen(self._theme.text)
            painter.drawText(QRectF(0, y, self.width(), _ROW), Qt.AlignmentFlag.AlignVCenter, title)
            y += _ROW
            for what, name in (("reported", "it reports"), ("unseen", "on unseen people")):
                value = self._result[way][what]["mean_recall"]
                self._paint_bar(painter, y, name, value, hatched=what == "reported")
                y += _ROW
            y += 10
        painter.end()

    def _paint_bar(
        self, painter: QPainter, y: int, name: str, value: float, *, hatched: bool
    ) -> None:
        metrics = QFontMetrics(self.font())
        names = metrics.horizontalAdvance("on unseen people") + 12
        figures = metrics.horizontalAdvance("100 %") + 10
        painter.setPen(self._theme.muted)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, y, names, _BAR), middle, name)
        whole = QRectF(names, y + 2, self.width() - names - figures, _BAR - 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.track)
        painter.drawRoundedRect(whole, 4, 4)
        bar = QRectF(whole.x(), whole.y(), whole.width() * value, whole.height())
        painter.setPen(QPen(self._theme.accent, 1))
        fill = QColor(self._theme.accent)
        style = Qt.BrushStyle.BDiagPattern if hatched else Qt.BrushStyle.SolidPattern
        painter.setBrush(QBrush(fill, style))
        painter.drawRoundedRect(bar, 4, 4)
        painter.setPen(self._theme.text)
        painter.drawText(
            QRectF(self.width() - figures, y, figures, _BAR),
            middle | Qt.AlignmentFlag.AlignRight,
            percent(value),
        )
