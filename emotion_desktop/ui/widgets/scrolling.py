"""Content that is scrolled up and down."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


def fill_scroll_area(area: QScrollArea, content: QWidget) -> None:
    """Puts content in, as wide as the area. Where it is too high it scrolls: nothing is squeezed
    until it cannot be read. Sideways it scrolls in a window that is too narrow alone."""
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
