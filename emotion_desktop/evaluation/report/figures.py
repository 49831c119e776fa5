"""Figures of a report in words."""

from __future__ import annotations

from emotion_desktop.domain.scores import Interval
from emotion_desktop.evaluation.describe import percent, range_of


def with_interval(value: float | None, interval: Interval | None) -> str:
    """A share and its interval behind it."""
    return "too few photos" if value is None else f"{percent(value)}{range_of(interval)}"


def ends(interval: Interval | None) -> str:
    """The ends of an interval, for a column of their own."""
    return "" if interval is None else f"{interval[0] * 100:.1f} – {interval[1] * 100:.1f}"
