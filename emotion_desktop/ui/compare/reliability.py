"""Share right over confidence, a small plot per model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyqtgraph
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from emotion_desktop.ui.compare.tables import label
from emotion_desktop.ui.describe import percent

if TYPE_CHECKING:
    from emotion_desktop.domain.comparison import ModelScores
    from emotion_desktop.ui.theme import Theme

_SIDE: Final = 270
_SPACE: Final = 16


class ReliabilityPlots(QWidget):
    """On the dashed line confidence equals accuracy."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._models: tuple[ModelScores, ...] = ()
        self._columns = 3
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_SPACE)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        self.show_models(self._models)

    def show_models(self, models: tuple[ModelScores, ...]) -> None:
        """Shows other models."""
        self._models = models
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, model in enumerate(models):
            self._grid.addWidget(self._panel(model), *divmod(number, self._columns))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many plots beside one another as there is room for."""
        super().resizeEvent(event)
        columns = max(1, (self.width() + _SPACE) // (_SIDE + _SPACE))
        if columns == self._columns:
            return
        self._columns = columns
        items = list(iter(lambda: self._grid.takeAt(0), None))
        for number, item in enumerate(items):
            self._grid.addItem(item, *divmod(number, columns))

    def _panel(self, model: ModelScores) -> QWidget:
        panel = QWidget()
        layout = QVBoxLayout(panel)
        layout.setContentsMargins(0, 0, 0, 0)
        error = model.scores.calibration_error
        own = "" if model.calibrated else ", its own confidence"
        layout.addWidget(label(model.name, "headline"))
        words = "It gave no answer." if error is None else f"Calibration error {error:.3f}{own}"
        layout.addWidget(label(words, "muted"))
        layout.addWidget(self._plot(model))
        return panel

    def _plot(self, model: ModelScores) -> Any:
        theme = self._theme
        plot = pyqtgraph.PlotWidget(background=theme.window)
        plot.setFixedSize(_SIDE, _SIDE)
        plot.setMouseEnabled(False, False)
        plot.setMenuEnabled(False)
        plot.hideButtons()
        # Room at the right for half of the last figure below.
        plot.setRange(xRange=(0, 1.06), yRange=(0, 1), padding=0.08)
        ticks = [[(t, f"{t * 100:.0f} %") for t in (0.0, 0.5, 1.0)]]
        for side in ("bottom", "left"):
            axis = plot.getAxis(side)
            axis.setTicks(ticks)
            axis.setStyle(hideOverlappingLabels=False)
            axis.setPen(theme.line)
            axis.setTextPen(theme.muted)
        plot.setLabel("bottom", "confidence", color=theme.muted.name())
        plot.setAccessibleName(f"Reliability of {model.name}")
        plot.setAccessibleDescription(
            "; ".join(
                f"{percent(b.confidence)} sure, {percent(b.right)} right" for b in model.curve
            )
        )
        dashed = pyqtgraph.mkPen(theme.muted, width=1.2, style=Qt.PenStyle.DashLine)
        plot.plot([0, 1], [0, 1], pen=dashed)
        sure = [b.confidence for b in model.curve]
        right = [b.right for b in model.curve]
        for b in model.curve:
            plot.plot([b.confidence] * 2, list(b.right_interval), pen=pyqtgraph.mkPen(theme.muted))
        most = max((b.count for b in model.curve), default=1)
        style = Qt.PenStyle.SolidLine if model.calibrated else Qt.PenStyle.DashLine
        plot.plot(
            sure,
            right,
            pen=pyqtgraph.mkPen(theme.accent, width=1.6, style=style),
            symbol="o",
            symbolSize=[4 + 7 * (b.count / most) ** 0.5 for b in model.curve],
            symbolBrush=theme.accent,
            symbolPen=None,
        )
        return plot
