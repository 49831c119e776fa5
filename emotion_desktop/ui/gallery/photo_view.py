"""A photo with the face in question marked; it can be enlarged, moved, and its faces clicked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from emotion_desktop.domain.geometry import Box
from emotion_desktop.ui.theme import Theme

#: How far a photo can be enlarged, beyond the size at which all of it is seen.
MOST_ZOOM: Final = 16.0
_ZOOM_STEP: Final = 1.25
_NOTCH: Final = 120


class PhotoView(QWidget):
    """Shows a picture as large as fits, with boxes in the full-size photo's pixels.

    Ctrl and the wheel enlarge it where the pointer is; then it can be dragged about.
    """

    #: The Box of another face than the one marked was clicked.
    face_clicked = Signal(object)
    #: How much larger it is than what fits.
    zoomed = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.zoom = 1.0
        self._pixmap: QPixmap | None = None
        self._message = ""
        self._size = (1, 1)
        self._marked: Box | None = None
        self._others: list[Box] = []
        #: Where the photo's middle is, from the view's, pixels.
        self._middle = QPointF()
        self._pressed: QPointF | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(120)
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        """A comfortable size in the panel."""
        return QSize(320, 240)

    def show_picture(
        self, pixmap: QPixmap, size: tuple[int, int], marked: Box | None, others: Sequence[Box]
    ) -> None:
        """Shows a photo.

        Args:
            pixmap: the photo, perhaps smaller than it is.
            size: width and height of the full-size photo.
            marked: the face shown; others: its company.
        """
        self._pixmap, self._size, self._message = pixmap, size, ""
        self._marked, self._others = marked, list(others)
        self.update()

    def show_message(self, text: str) -> None:
        """Shows words instead of a photo."""
        self._pixmap, self._message = None, text
        self._others = []
        self.update()

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """Enlarges the photo; the point stays where it is.

        Args:
            zoom: 1 for all of it.
            at: a point of the view; the middle by default.
        """
        zoom = max(1.0, min(MOST_ZOOM, zoom))
        point = (at or QRectF(self.rect()).center()) - QRectF(self.rect()).center()
        self._middle = point + (self._middle - point) * (zoom / self.zoom)
        changed, self.zoom = zoom != self.zoom, zoom
        self._stay_in_sight()
        self.update()
        if changed:
            self.zoomed.emit(zoom)

    def zoom_by(self, steps: float, at: QPointF | None = None) -> None:
        """Enlarges it by a quarter for each step."""
        self.set_zoom(self.zoom * _ZOOM_STEP**steps, at)

    # -- where things are ----------------------------------------------------------------------

    def _scale(self) -> float:
        """Pixels of the view to one of the full-size photo."""
        width, height = self._size
        return min(self.width() / max(1, width), self.height() / max(1, height)) * self.zoom

    def _target(self) -> QRectF:
        """Where the whole photo is painted."""
        width, height = self._size
        target = QRectF(0, 0, width * self._scale(), height * self._scale())
        target.moveCenter(QRectF(self.rect()).center() + self._middle)
        return target

    def _place(self, box: Box) -> QRectF:
        target, scale = self._target(), self._scale()
        return QRectF(
            target.x() + box.x * scale,
            target.y() + box.y * scale,
            box.width * scale,
            box.height * scale,
        )

    def _stay_in_sight(self) -> None:
        """No edge of the photo comes further in than it must."""
        target = self._target()
        most_x = max(0.0, (target.width() - self.width()) / 2)
        most_y = max(0.0, (target.height() - self.height()) / 2)
        self._middle = QPointF(
            max(-most_x, min(most_x, self._middle.x())),
            max(-most_y, min(most_y, self._middle.y())),
        )

    def face_at(self, point: QPointF) -> Box | None:
        """The other face at a point, the smallest first."""
        hit = [box for box in self._others if self._place(box).contains(point)]
        return min(hit, key=lambda box: box.width * box.height, default=None)

    # -- mouse ---------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl it grows or shrinks."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and self._pixmap is not None:
            self.zoom_by(event.angleDelta().y() / _NOTCH, event.position())
            event.accept()
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begins to move the photo."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Moves a photo that is enlarged; shows what can be clicked."""
        if self._pressed is not None and self.zoom > 1:
            self._middle += event.position() - self._pressed
            self._pressed = event.position()
            self._stay_in_sight()
            self.update()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            return
        hand = self.face_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on another face asks for it."""
        pressed, self._pressed = self._pressed, None
        if pressed is None or (event.position() - pressed).manhattanLength() > 4:
            return
        box = self.face_at(event.position())
        if box is not None:
            self.face_clicked.emit(box)

    # -- painting ------------------------------------------------------------------------------

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
        painter.drawPixmap(self._target(), self._pixmap, QRectF(self._pixmap.rect()))
        for box in self._others:
            _mark(painter, self._place(box), QPen(QColor(255, 255, 255, 170), 1.2))
        if self._marked is not None:
            _mark(painter, self._place(self._marked), QPen(QColor("#FFD54A"), 2.5))
        painter.end()


def _mark(painter: QPainter, place: QRectF, pen: QPen) -> None:
    """Frames a face."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    # A dark edge below keeps the mark visible on bright photos.
    for line in (QPen(QColor(0, 0, 0, 150), pen.widthF() + 2), pen):
        painter.setPen(line)
        painter.drawRoundedRect(place, 4, 4)
