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
        text.setFixedWidth(520)
        table = QPushButton("A label file (CSV)…")
        table.setProperty("role", "primary")
        table.clicked.connect(self.table_wanted)
        folder = QPushButton("A folder…")
        folder.clicked.connect(self.folder_wanted)
        bucket = QPushButton("Amazon S3…")
        bucket.clicked.connect(self.bucket_wanted)
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

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""

        def paint(painter: QPainter, rect: QRectF) -> None:
            paint_sign(painter, rect, "data", theme.accent)

        self._icon.setPixmap(pixmap(56, self.devicePixelRatioF(), paint))
