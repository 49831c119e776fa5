"""What a look at the window would show: what is cut, and what lies over something else."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

#: The window as most have it, and the smallest that people work with.
SIZES = ((1280, 800), (1004, 640))


def place(widget: QWidget) -> QRect:
    """Where a widget is in its window."""
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


def in_sight(widget: QWidget) -> bool:
    """Whether all of a widget can be seen: nothing cuts it, it is as large as it needs to be."""
    seen = widget.visibleRegion().boundingRect()
    need = widget.minimumSizeHint()
    fits = widget.width() >= need.width() and widget.height() >= need.height()
    return widget.isVisible() and fits and seen == widget.rect()


def overlapping(widgets: Iterable[QWidget]) -> list[tuple[str, str]]:
    """Pairs of widgets that lie over each other, by their accessible names or texts."""
    shown = [widget for widget in widgets if widget.isVisible()]
    return [
        (_name(one), _name(other))
        for one, other in combinations(shown, 2)
        if place(one).intersects(place(other))
    ]


def _name(widget: QWidget) -> str:
    return widget.accessibleName() or str(widget.property("text")) or type(widget).__name__
