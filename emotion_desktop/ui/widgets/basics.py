"""Small things that many pages are built of: labels, rows of forms, boxes, pictures, tables."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSpinBox,
    QTableWidget,
    QWidget,
)

#: Qt lays the text of a spin box over its edge once a style sheet draws it, and no rule of the
#: style sheet reaches that text: left margin as in all other fields, pixels.
_NUMBER_MARGIN: Final = 6
#: A table's border and its padding above and below (see ui.theme), pixels.
_TABLE_FRAME: Final = 6


def wrapping_label(text: str = "", role: str = "", *, selectable: bool = False) -> QLabel:
    """A label that wraps. What it shows is never taken for HTML, as a file's name might be.

    Args:
        role: for the style sheet: ``muted``, ``headline`` …
        selectable: so that its words can be copied.
    """
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    if selectable:
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def add_row(form: QFormLayout, title: str, field: QWidget, *beside: QWidget) -> None:
    """Adds a row. Qt's own puts a title at the top of the row: too high beside a tall field.

    Args:
        beside: what stands at the right of the field, a button for example.
    """
    label = QLabel(title)
    # The style sheet decides how high it is.
    field.ensurePolished()
    label.setMinimumHeight(field.sizeHint().height())
    label.setBuddy(field)
    if not field.accessibleName():
        field.setAccessibleName(title)
    row = QHBoxLayout()
    row.addWidget(field, 1)
    for widget in beside:
        row.addWidget(widget)
    form.addRow(label, row)


class WholeBox(QSpinBox):
    """A box for a whole number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lineEdit().setTextMargins(_NUMBER_MARGIN, 0, 0, 0)


class DecimalBox(QDoubleSpinBox):
    """A box for a number with decimals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lineEdit().setTextMargins(_NUMBER_MARGIN, 0, 0, 0)


def fill_scroll_area(area: QScrollArea, content: QWidget) -> None:
    """Puts content in, as wide as the area. Where it is too high it scrolls: nothing is squeezed
    until it cannot be read. Sideways it scrolls in a window that is too narrow alone."""
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)


def fit_height(table: QTableWidget, spare: int = 0) -> None:
    """As high as its rows: no empty space, no scroll bar of its own.

    Args:
        spare: for what stands in its cells and needs more, pixels.
    """
    rows = sum(table.rowHeight(row) for row in range(table.rowCount()))
    head = table.horizontalHeader().sizeHint().height()
    table.setFixedHeight(head + rows + _TABLE_FRAME + spare)


def scaled_to_square(pixmap: QPixmap, side: int, ratio: float, *, smooth: bool) -> QPixmap:
    """The picture scaled to a square.

    Args:
        side: of the square, in pixels that do not depend on the screen.
        ratio: the screen's pixels to one of those.
        smooth: whether pixels are blended, or stay visible.
    """
    pixels = round(side * ratio)
    way = Qt.TransformationMode
    scaled = pixmap.scaled(
        pixels,
        pixels,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        way.SmoothTransformation if smooth else way.FastTransformation,
    )
    scaled.setDevicePixelRatio(ratio)
    return scaled
