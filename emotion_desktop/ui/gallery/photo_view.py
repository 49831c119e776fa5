"""A photo with the face in question marked."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from emotion_desktop.domain.geometry import Box
from emotion_desktop.ui.theme import Theme


class PhotoView(QWidget):
    """Shows a picture as large as fits, with boxes in the full-size photo's pixels."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._pixmap: QPixmap | None = None
        self._message = ""
        self._size = (1, 1)
        self._marked: Box | None = None
        self._others: list[Box] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(170)

    def sizeHint(self) -> QSize:
        """A comfortable size in the panel."""
        return QSize(320, 190)

    def show_picture(
        self, pixmap: QPixmap, size: tuple[int, int], marked: Box | None, others: list[Box]
    ) -> None:
        """Shows a photo.

        Args:
            pixmap: the photo, perhaps smaller than it is.
            size: width and height of the full-size photo.
            marked: the face shown; others: its company.
        """
        self._pixmap, self._size, self._message = pixmap, size, ""
        self._marked, self._others = marked, others
        self.update()

    def show_message(self, text: str) -> None:
        """Shows words instead of a photo."""
        self._pixmap, self._message = None, text
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the photo and its boxes."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.track)
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        if self._pixmap is None:
            painter.setPen(self.theme.muted)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(12, 12, -12, -12), flags, self._message)
            painter.end()
            return
        width, height = self._size
        scale = min(self.width() / width, self.height() / height)
        target = QRectF(0, 0, width * scale, height * scale)
        target.moveCenter(QRectF(self.rect()).center())
        painter.drawPixmap(target, self._pixmap, QRectF(self._pixmap.rect()))
        for box in self._others:
            _mark(painter, target, scale, box, QPen(QColor(255, 255, 255, 170), 1.2))
        if self._marked is not None:
            _mark(painter, target, scale, self._marked, QPen(QColor("#FFD54A"), 2.5))
        painter.end()


def _mark(painter: QPainter, target: QRectF, scale: float, box: Box, pen: QPen) -> None:
    """Frames a face; ``target`` is where the whole photo is painted."""
    place = QRectF(
        target.x() + box.x * scale,
        target.y() + box.y * scale,
        box.width * scale,
        box.height * scale,
    )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    # A dark edge below keeps the mark visible on bright photos.
    for line in (QPen(QColor(0, 0, 0, 150), pen.widthF() + 2), pen):
        painter.setPen(line)
        painter.drawRoundedRect(place, 4, 4)
