"""Plots as inline SVG: no library in the reader's browser, colours from the page's style sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from emotion_desktop.domain.comparison import CurveBin
from emotion_desktop.domain.scores import Interval
from emotion_desktop.evaluation.describe import whole_percent

_WIDTH: Final = 820
_NAMES: Final = 230
_FIGURES: Final = 165
#: Longer names are cut: they stand in full in the table below.
_LONGEST: Final = 32
_ROW: Final = 30
_TICKS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
_PANEL: Final = 220
#: Room around a panel; at the left for the longest figure, “100 %”.
_EDGE: Final = 42


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a chart of shares.

    Attributes:
        value: 0 to 1; None leaves the line without a mark.
        figures: the value in words, at the right.
        faint: too few photos to judge: drawn in grey.
        hatched: a service's own confidence stands behind it.
    """

    name: str
    value: float | None
    interval: Interval | None = None
    figures: str = ""
    faint: bool = False
    hatched: bool = False


def interval_chart(
    title: str, rows: Sequence[Row], baseline: float | None = None, baseline_name: str = ""
) -> str:
    """Bars with 95 % intervals on a scale from 0 to 100 %, and a dashed line to beat."""
    top = 26 if baseline is not None else 8
    bottom = top + _ROW * len(rows)
    parts = [
        *(_line(_x(t), top, _x(t), bottom, "grid") for t in _TICKS),
        *(_text(_x(t), bottom + 16, whole_percent(t), "tick", "middle") for t in _TICKS),
    ]
    for number, row in enumerate(rows):
        parts += _bar(row, top + _ROW * number + _ROW / 2)
    if baseline is not None:
        x = _x(baseline)
        parts.append(_line(x, top - 4, x, bottom, "baseline"))
        anchor = "end" if baseline > 0.6 else "start"
        parts.append(_text(x + (-4 if anchor == "end" else 4), 14, baseline_name, "tick", anchor))
    return _svg(title, _WIDTH, bottom + 24, parts)


def reliability_panel(title: str, curve: Sequence[CurveBin], hatched: bool) -> str:
    """Share right over confidence, with its interval; the diagonal is what ought to be."""
    side = _PANEL - 2 * _EDGE

    def at(x: float, y: float) -> tuple[float, float]:
        return _EDGE + x * side, _EDGE / 2 + (1 - y) * side

    (x0, y0), (x1, y1) = at(0, 0), at(1, 1)
    parts = [_line(*at(t, 0), *at(t, 1), "grid") for t in _TICKS]
    parts += [_line(*at(0, t), *at(1, t), "grid") for t in _TICKS]
    parts.append(_line(x0, y0, x1, y1, "baseline"))
    parts += [_text(at(t, 0)[0], y0 + 14, whole_percent(t), "tick", "middle") for t in (0, 0.5, 1)]
    parts += [_text(x0 - 5, at(0, t)[1] + 4, whole_percent(t), "tick", "end") for t in (0, 0.5, 1)]
    parts.append(_text((x0 + x1) / 2, y0 + 29, "confidence", "tick", "middle"))
    points = [at(b.confidence, b.right) for b in curve]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashes = ' stroke-dasharray="5 3"' if hatched else ""
    parts.append(f'<polyline class="curve" points="{path}"{dashes}/>')
    most = max((b.count for b in curve), default=1)
    for b, (x, y) in zip(curve, points, strict=True):
        low, high = (at(0, end)[1] for end in b.right_interval)
        parts.append(_line(x, low, x, high, "whisker"))
        radius = 2 + 3.5 * (b.count / most) ** 0.5
        sure, right = whole_percent(b.confidence), whole_percent(b.right)
        tip = f"{b.count:,} answers, {sure} sure on average, {right} right"
        parts.append(
            f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}">'
            f"<title>{escape(tip)}</title></circle>"
        )
    return _svg(title, _PANEL, _PANEL + 6, parts)


def _x(value: float) -> float:
    return _NAMES + value * (_WIDTH - _NAMES - _FIGURES)


def _bar(row: Row, y: float) -> list[str]:
    faint = " faint" if row.faint else ""
    parts = [_text(_NAMES - 10, y + 4, _cut(row.name), f"name{faint}", "end")]
    if row.value is not None:
        fill = "url(#hatch)" if row.hatched else ""
        style = f' style="fill:{fill}"' if fill else ""
        width = max(0.5, _x(row.value) - _x(0))
        parts.append(
            f'<rect class="bar{faint}" x="{_x(0):.1f}" y="{y - 8:.1f}" width="{width:.1f}" '
            f'height="16" rx="2"{style}/>'
        )
    if row.interval is not None:
        low, high = (_x(end) for end in row.interval)
        parts.append(_line(low, y, high, y, f"whisker{faint}"))
        parts += [_line(end, y - 5, end, y + 5, f"whisker{faint}") for end in (low, high)]
    parts.append(_text(_WIDTH - _FIGURES + 14, y + 4, row.figures, f"figure{faint}", "start"))
    return parts


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def _svg(title: str, width: float, height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img" '
        f'aria-label="{escape(title, quote=True)}">{"".join(parts)}</svg>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, kind: str, anchor: str) -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
    )
