"""Boxes for numbers whose text stands as far from the edge as that of all other fields.

Qt lays the text of a spin box over its edge once a style sheet draws it; no rule of the style
sheet reaches that text, so it is told here.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox, QWidget

_LEFT: Final = 6


class WholeBox(QSpinBox):
    """A box for a whole number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lineEdit().setTextMargins(_LEFT, 0, 0, 0)


class DecimalBox(QDoubleSpinBox):
    """A box for a number with decimals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lineEdit().setTextMargins(_LEFT, 0, 0, 0)
