"""Small things that many pages are built of: labels, rows of forms, boxes, pictures, tables."""

from __future__ import annotations

import re
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSpinBox,
    QStylePainter,
    QTableWidget,
    QWidget,
)

#: Qt lays the text of a spin box over its edge once a style sheet draws it, and no rule of the
#: style sheet reaches that text: left margin as in all other fields, pixels.
_NUMBER_MARGIN: Final = 6
#: A table's border and its padding above and below (see ui.theme), pixels.
_TABLE_FRAME: Final = 6
#: Words longer than this may be broken anywhere.
_LONG_WORD: Final = re.compile(r"\S{25,}")
_NO_WIDTH: Final = "\u200b"
#: So many letters of an elided line are always in sight.
_FEW_LETTERS: Final = 8


class WrappingLabel(QLabel):
    """A label that wraps anywhere if a word is longer than a line: a file's name for example."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._whole = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Shows other words; where a long one may be broken stands a mark of no width."""
        self._whole = text
        shown = _LONG_WORD.sub(lambda word: _NO_WIDTH.join(word.group()), text)
        super().setText(shown)
        if shown != text:
            self.setAccessibleName(text)

    def clear(self) -> None:
        """Shows nothing."""
        self.setText("")

    def text(self) -> str:
        """The words, without those marks."""
        return self._whole

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What is copied is the text without those marks."""
        super().keyPressEvent(event)
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.selectedText().replace(_NO_WIDTH, ""))


class ElidedLabel(QLabel):
    """A line that gives way: where there is no room its middle is left out, and the tooltip has
    it all."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def minimumSizeHint(self) -> QSize:
        """Room for a few letters."""
        least = self.fontMetrics().averageCharWidth() * _FEW_LETTERS
        return QSize(min(least, self.sizeHint().width()), super().minimumSizeHint().height())

    def setText(self, text: str) -> None:
        """Shows other words, line breaks as blanks."""
        text = " ".join(text.splitlines())
        super().setText(text)
        self.setToolTip(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints as much as there is room for."""
        painter = QStylePainter(self)
        place = self.contentsRect()
        middle = Qt.TextElideMode.ElideMiddle
        painter.drawItemText(
            place,
            self.alignment() | Qt.TextFlag.TextSingleLine,
            self.palette(),
            self.isEnabled(),
            self.fontMetrics().elidedText(self.text(), middle, place.width()),
            self.foregroundRole(),
        )
        painter.end()


def wrapping_label(text: str = "", role: str = "", *, selectable: bool = False) -> WrappingLabel:
    """A label that wraps. What it shows is never taken for HTML, as a file's name might be.

    Args:
        role: for the style sheet: ``muted``, ``headline`` …
        selectable: so that its words can be copied.
    """
    label = WrappingLabel(text)
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
