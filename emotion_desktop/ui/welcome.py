"""What a first start shows: three ways to begin."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from emotion_desktop.ui.icons import paint_sign, pixmap
from emotion_desktop.ui.theme import Theme

_TILES = (
    ("photo", "Drop a photo", "Or a whole folder, anywhere on this window. Or click to choose."),
    ("data", "Open a data set", "Labelled photos: see what is wrong with them, and train on them."),
    ("example", "See an example", "Four pictures that come with the program."),
)


class _Tile(QPushButton):
    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self.setProperty("role", "tile")
        self.setFixedSize(QSize(250, 210))
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.icon_label = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        heading = QLabel(title, alignment=Qt.AlignmentFlag.AlignCenter)
        heading.setProperty("role", "headline")
        words = QLabel(text, alignment=Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        words.setProperty("role", "muted")
        words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 22, 18, 14)
        layout.setSpacing(8)
        for widget in (self.icon_label, heading, words):
            widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            layout.addWidget(widget)
        layout.setStretch(2, 1)


class Welcome(QWidget):
    """Three tiles in the middle of the page."""

    photos_wanted = Signal()
    data_wanted = Signal()
    example_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("Which expressions are in your photos?")
        title.setProperty("role", "title")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text = QLabel("Everything happens on this computer. No account, nothing is sent anywhere.")
        text.setProperty("role", "muted")
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.tiles = {sign: _Tile(heading, words) for sign, heading, words in _TILES}
        self.tiles["photo"].clicked.connect(self.photos_wanted)
        self.tiles["data"].clicked.connect(self.data_wanted)
        self.tiles["example"].clicked.connect(self.example_wanted)
        row = QHBoxLayout()
        row.setSpacing(20)
        row.addStretch(1)
        for tile in self.tiles.values():
            row.addWidget(tile)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(title)
        layout.addSpacing(6)
        layout.addWidget(text)
        layout.addSpacing(28)
        layout.addLayout(row)
        layout.addStretch(3)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        ratio = self.devicePixelRatioF()
        for sign, tile in self.tiles.items():

            def paint(painter: QPainter, rect: QRectF, name: str = sign) -> None:
                paint_sign(painter, rect, name, theme.accent)

            tile.icon_label.setPixmap(pixmap(52, ratio, paint))
