"""What the data set's page shows before there is one."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from emotion_desktop.ui.icons import paint_sign, pixmap
from emotion_desktop.ui.theme import Theme

_TEXT = (
    "Labelled photos teach a model, and tell how good one is. Drop a label file (CSV) or a folder "
    "with a sub-folder per emotion anywhere on this window. Photos stay where they are."
)
_COMING = "They are shown here once all of them are in. The bar below says how far it is."
_WIDTH = 520


class EmptyData(QWidget):
    """Says what a data set is for, and how to bring one in."""

    folder_wanted = Signal()
    table_wanted = Signal()
    bucket_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        title = QLabel("Bring in labelled photos", alignment=Qt.AlignmentFlag.AlignCenter)
        title.setProperty("role", "title")
        text = QLabel(_TEXT)
        text.setProperty("role", "muted")
        text.setWordWrap(True)
        text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        text.setFixedSize(_WIDTH, text.heightForWidth(_WIDTH) + 8)
        self._title, self._text = title, text
        table = QPushButton("A label file (CSV)…")
        table.setProperty("role", "primary")
        table.clicked.connect(self.table_wanted)
        folder = QPushButton("A folder…")
        folder.clicked.connect(self.folder_wanted)
        bucket = QPushButton("Amazon S3…")
        bucket.clicked.connect(self.bucket_wanted)
        self._buttons = (table, folder, bucket)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addStretch(1)
        for button in (table, folder, bucket):
            row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(self._icon)
        layout.addSpacing(10)
        layout.addWidget(title)
        layout.addSpacing(6)
        layout.addWidget(text, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(20)
        layout.addLayout(row)
        layout.addStretch(3)
        self.set_theme(theme)

    def show_importing(self, importing: bool) -> None:
        """Shows that photos are on their way, or the invitation."""
        self._title.setText("Photos are being read" if importing else "Bring in labelled photos")
        self._text.setText(_COMING if importing else _TEXT)
        for button in self._buttons:
            button.setVisible(not importing)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""

        def paint(painter: QPainter, rect: QRectF) -> None:
            paint_sign(painter, rect, "data", theme.accent)

        self._icon.setPixmap(pixmap(56, self.devicePixelRatioF(), paint))
