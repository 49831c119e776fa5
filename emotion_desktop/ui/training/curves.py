"""Curves over epochs. Loads pyqtgraph: nobody imports this before the page is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from emotion_desktop.ui.theme import Theme

_DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)


@dataclass(frozen=True, slots=True)
class Curve:
    """One line: its name, and points (epoch, value).

    Attributes:
        dash: 0 solid, 1 dashed, 2 dotted: told apart without colour, too.
        faint: of little weight, behind the others.
        marked: the point that stands out: the best epoch.
    """

    name: str
    points: Sequence[tuple[float, float]]
    colour: QColor
    dash: int = 0
    faint: bool = False
    marked: tuple[float, float] | None = None


class _EpochAxis(pg.AxisItem):  # type: ignore[misc]  # the library has no types
    """Whole numbers alone: there is no epoch 2.5."""

    def tickValues(
        self, low: float, high: float, size: float
    ) -> list[tuple[float, list[float]]]:
        levels = super().tickValues(low, high, size)
        whole = [(step, [v for v in values if float(v).is_integer()]) for step, values in levels]
        return [(step, values) for step, values in whole if values]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [f"{value * scale:.0f}" for value in values]


class CurvesView(QWidget):
    """A titled plot with a legend."""

    def __init__(
        self, title: str, theme: Theme, *, percent: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._title = title
        self._theme = theme
        self._curves: Sequence[Curve] = ()
        heading = QLabel(title)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        axis = _EpochAxis("bottom")
        self._plot = pg.PlotWidget(background=None, axisItems={"bottom": axis})
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.showGrid(y=True, alpha=0.15)
        self._plot.setAccessibleName(title)
        if percent:
            self._plot.setYRange(0, 100, padding=0.02)
        self._legend = self._plot.addLegend(offset=(-6, 6) if not percent else (-6, -6))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(heading)
        layout.addWidget(self._plot, 1)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        for name in ("left", "bottom"):
            axis = self._plot.getAxis(name)
            axis.setPen(theme.line)
            axis.setTextPen(theme.muted)
        self._plot.getAxis("bottom").setLabel("epoch", color=theme.muted.name())
        self._legend.setLabelTextColor(theme.text)
        self.show_curves(self._curves)

    def show_curves(self, curves: Sequence[Curve]) -> None:
        """Shows other curves."""
        self._curves = curves
        self._plot.clear()
        self._legend.clear()
        for curve in curves:
            if curve.points:
                self._draw(curve)
        described = [
            f"{curve.name}: {curve.points[-1][1]:.3g} at epoch {curve.points[-1][0]:g}"
            for curve in curves
            if curve.points and not curve.faint
        ]
        self._plot.setAccessibleDescription("; ".join(described) or "no epoch is finished yet")

    def _draw(self, curve: Curve) -> None:
        colour = QColor(curve.colour)
        if curve.faint:
            colour.setAlpha(90)
        pen = pg.mkPen(colour, width=1 if curve.faint else 2, style=_DASHES[curve.dash])
        # One point makes no line.
        symbol = "o" if len(curve.points) == 1 and not curve.faint else None
        x, y = zip(*curve.points, strict=True)
        self._plot.plot(
            list(x), list(y), pen=pen, name=curve.name, symbol=symbol, symbolBrush=colour,
            symbolPen=None, symbolSize=7,
        )
        if curve.marked is not None:
            self._plot.plot(
                [curve.marked[0]], [curve.marked[1]], pen=None, symbol="o", symbolSize=10,
                symbolBrush=colour, symbolPen=pg.mkPen(self._theme.text, width=1.5),
            )
