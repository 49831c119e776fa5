"""Curves over epochs. Loads pyqtgraph: nobody imports this before the page is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from emotion_desktop.ui.theme import Theme

_DASHES: Final = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)
_FAINT: Final = 90
#: Above 100 and below 0 %, share of the range: room for half a label.
_ROOM: Final = 0.05
#: Opacity of the grid's lines, of 255.
_GRID: Final = 38
_LINE_IN_LEGEND: Final = 22


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

    @property
    def pen(self) -> QPen:
        """What its line is drawn with."""
        colour = QColor(self.colour)
        if self.faint:
            colour.setAlpha(_FAINT)
        pen = QPen(colour, 1 if self.faint else 2, _DASHES[self.dash])
        pen.setCosmetic(True)  # as wide on every scale
        return pen


class _EpochAxis(pg.AxisItem):  # type: ignore[misc]  # the library has no types
    """Whole numbers alone: there is no epoch 2.5."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        levels = super().tickValues(low, high, size)
        whole = [(step, [v for v in values if float(v).is_integer()]) for step, values in levels]
        return [(step, values) for step, values in whole if values]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [f"{value * scale:.0f}" for value in values]


class _Drawn:
    """A curve's items in the plot. They stay, and get other points: making items takes long."""

    def __init__(self, box: pg.ViewBox) -> None:
        self._line = pg.PlotCurveItem()
        self._dots = pg.ScatterPlotItem(pxMode=True)
        box.addItem(self._line)
        box.addItem(self._dots)

    def show(self, curve: Curve | None, theme: Theme) -> None:
        """Shows other points; none for no curve."""
        if curve is None or not curve.points:
            self._line.setData([], [])
            self._dots.setData([], [])
            return
        x, y = zip(*curve.points, strict=True)
        self._line.setData(list(x), list(y), pen=curve.pen)
        colour = curve.pen.color()
        if curve.marked is not None:
            self._dots.setData(
                [curve.marked[0]],
                [curve.marked[1]],
                symbol="o",
                size=10,
                brush=colour,
                pen=pg.mkPen(theme.text, width=1.5),
            )
        elif len(curve.points) == 1:  # one point makes no line
            size = 4 if curve.faint else 7
            self._dots.setData(list(x), list(y), symbol="o", size=size, brush=colour, pen=None)
        else:
            self._dots.setData([], [])


class _Legend(QWidget):
    """The curves' names behind a piece of their lines, in one row."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._curves: Sequence[Curve] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_curves(self, curves: Sequence[Curve], theme: Theme) -> None:
        """Names other curves."""
        before, self._curves, self._theme = self._names, curves, theme
        if before != self._names:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """All names in a row."""
        metrics = QFontMetrics(self.font())
        widths = (_LINE_IN_LEGEND + 22 + metrics.horizontalAdvance(name) for name in self._names)
        return QSize(sum(widths), metrics.height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the row."""
        painter = QPainter(self)
        metrics, x = QFontMetrics(self.font()), 16
        for curve in self._curves:
            painter.setPen(curve.pen)
            painter.drawLine(x, self.height() // 2, x + _LINE_IN_LEGEND, self.height() // 2)
            x += _LINE_IN_LEGEND + 6
            painter.setPen(self._theme.muted)
            painter.drawText(
                x, (self.height() + metrics.ascent() - metrics.descent()) // 2, curve.name
            )
            x += metrics.horizontalAdvance(curve.name) + 16
        painter.end()

    @property
    def _names(self) -> list[str]:
        return [curve.name for curve in self._curves]


class CurvesView(QWidget):
    """A titled plot with a legend.

    It is put together from the library's parts: its ready-made plot brings menus and buttons that
    nobody sees here, and takes three times as long to make.
    """

    def __init__(
        self, title: str, theme: Theme, *, percent: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._percent = percent
        self._curves: Sequence[Curve] = ()
        self._drawn: list[_Drawn] = []
        self._heading = QLabel()
        font = self._heading.font()
        font.setBold(True)
        self._heading.setFont(font)
        self._legend = _Legend(theme)
        self._box = pg.ViewBox(enableMenu=False, enableMouse=False)
        self._box.setLimits(xMin=0)
        self._axes = (pg.AxisItem("left"), _EpochAxis("bottom"))
        self._axes[0].setGrid(_GRID)
        self._axes[1].setLabel("epoch")
        if percent:
            self._box.setYRange(0, 100, padding=_ROOM)
        self._plot = pg.GraphicsLayoutWidget()
        self._plot.setBackground(None)
        # A background that is kept would stay in the old colours when they change.
        self._plot.setCacheMode(pg.GraphicsView.CacheModeFlag.CacheNone)
        self._plot.ci.layout.setContentsMargins(0, 4, 4, 0)
        self._plot.ci.layout.setSpacing(0)
        self.set_title(title)
        for item, row, column in ((self._axes[0], 0, 0), (self._box, 0, 1), (self._axes[1], 1, 1)):
            self._plot.addItem(item, row, column)
        for axis in self._axes:
            axis.linkToView(self._box)
            axis.setCacheMode(axis.CacheMode.DeviceCoordinateCache)
        top = QHBoxLayout()
        top.addWidget(self._heading)
        top.addStretch(1)
        top.addWidget(self._legend)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addWidget(self._plot, 1)
        self.set_theme(theme)

    def set_title(self, title: str) -> None:
        """Says what is plotted."""
        self._heading.setText(title)
        self._plot.setAccessibleName(title)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        for axis in self._axes:
            axis.setPen(theme.line)
            axis.setTextPen(theme.muted)
        self._axes[1].setLabel("epoch", color=theme.muted.name())
        self.show_curves(self._curves)

    def show_curves(self, curves: Sequence[Curve]) -> None:
        """Shows other curves."""
        self._curves = curves
        while len(self._drawn) < len(curves):
            self._drawn.append(_Drawn(self._box))
        for number, drawn in enumerate(self._drawn):
            drawn.show(curves[number] if number < len(curves) else None, self._theme)
        if not any(curve.points for curve in curves):
            self._show_nothing()
        self._legend.show_curves([curve for curve in curves if curve.points], self._theme)
        described = [
            f"{curve.name}: {curve.points[-1][1]:.3g} at epoch {curve.points[-1][0]:g}"
            for curve in curves
            if curve.points and not curve.faint
        ]
        self._plot.setAccessibleDescription("; ".join(described) or "no epoch is finished yet")

    def _show_nothing(self) -> None:
        """The range of what was shown before says nothing any more."""
        self._box.setXRange(0, 1, padding=_ROOM)
        self._box.enableAutoRange(x=True)
        if not self._percent:
            self._box.setYRange(0, 1, padding=_ROOM)
            self._box.enableAutoRange(y=True)
