"""Icons drawn in code: a face for every emotion, told apart by shape as well as by colour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap

from emotion_desktop.ui.theme import Theme

# Faces are drawn on a square of 24; brows and mouth make the expression.
_Strokes = list[list[tuple[float, float]]]


def _curve(*points: tuple[float, float]) -> list[tuple[float, float]]:
    return list(points)


#: Per emotion: curves of three points (a quadratic each) or lines of two.
_STROKES: Final[dict[str, _Strokes]] = {
    "anger": [
        _curve((6, 7.5), (10, 9.6)),
        _curve((18, 7.5), (14, 9.6)),
        _curve((8, 17.5), (12, 14.5), (16, 17.5)),
    ],
    "contempt": [
        _curve((6, 8.6), (10, 8.6)),
        _curve((14, 7.2), (18, 8.2)),
        _curve((8, 16.5), (13, 17.2), (17, 14.2)),
    ],
    "disgust": [
        _curve((6, 8), (8, 9.4), (10, 9)),
        _curve((18, 8), (16, 9.4), (14, 9)),
        _curve((7.5, 15.5), (9.7, 18), (12, 15.8)),
        _curve((12, 15.8), (14.3, 13.8), (16.5, 17)),
    ],
    "fear": [
        _curve((6, 8.8), (10, 6.8)),
        _curve((18, 8.8), (14, 6.8)),
        _curve((8, 16), (10, 14.6), (12, 16)),
        _curve((12, 16), (14, 17.4), (16, 16)),
    ],
    "happiness": [_curve((7, 14), (12, 20.5), (17, 14))],
    "neutral": [_curve((8, 16), (16, 16))],
    "sadness": [
        _curve((6, 9), (10, 7.4)),
        _curve((18, 9), (14, 7.4)),
        _curve((7.5, 17.6), (12, 13.2), (16.5, 17.6)),
    ],
    "surprise": [
        _curve((6, 7.4), (8, 5.8), (10, 7.4)),
        _curve((14, 7.4), (16, 5.8), (18, 7.4)),
    ],
}


def paint_emotion(painter: QPainter, rect: QRectF, emotion: str, theme: Theme) -> None:
    """Draws an emotion's face into a square."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / 24, rect.height() / 24)
    fill = theme.emotion(emotion)
    painter.setPen(QPen(theme.outline(emotion), 1))
    painter.setBrush(fill)
    painter.drawEllipse(QPointF(12, 12), 11, 11)
    light = fill.lightnessF() > 0.33 or emotion in ("happiness", "surprise", "neutral")
    ink = QColor("#15171C") if light else QColor("#FFFFFF")
    painter.setBrush(ink)
    painter.setPen(Qt.PenStyle.NoPen)
    radius = 1.9 if emotion in ("surprise", "fear") else 1.5
    for x in (8.2, 15.8):
        painter.drawEllipse(QPointF(x, 11), radius, radius)
    if emotion == "surprise":
        painter.drawEllipse(QPointF(12, 17), 2.2, 2.9)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(
        QPen(ink, 1.7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    for points in _STROKES[emotion]:
        path = QPainterPath(QPointF(*points[0]))
        if len(points) == 3:
            path.quadTo(QPointF(*points[1]), QPointF(*points[2]))
        else:
            path.lineTo(QPointF(*points[1]))
        painter.drawPath(path)
    painter.restore()


def paint_sign(painter: QPainter, rect: QRectF, sign: str, colour: QColor) -> None:
    """Draws one of the plain signs, named in _SIGNS."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / 24, rect.height() / 24)
    painter.setPen(
        QPen(colour, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _SIGNS[sign](painter)
    painter.restore()


def _unsure(painter: QPainter) -> None:
    painter.drawEllipse(QPointF(12, 12), 10.5, 10.5)
    path = QPainterPath(QPointF(9, 9.5))
    path.cubicTo(QPointF(9, 5.5), QPointF(15.5, 5.5), QPointF(15, 9.8))
    path.cubicTo(QPointF(14.6, 12), QPointF(12, 11.8), QPointF(12, 14.4))
    painter.drawPath(path)
    painter.drawPoint(QPointF(12, 17.8))


def _no_face(painter: QPainter) -> None:
    pen = painter.pen()
    pen.setDashPattern([2.2, 2.6])
    painter.setPen(pen)
    painter.drawEllipse(QPointF(12, 12), 10.5, 10.5)
    pen.setStyle(Qt.PenStyle.SolidLine)
    painter.setPen(pen)
    painter.drawLine(QPointF(8, 12), QPointF(16, 12))


def _unreadable(painter: QPainter) -> None:
    painter.drawPolygon([QPointF(12, 2.5), QPointF(22, 20.5), QPointF(2, 20.5)])
    painter.drawLine(QPointF(12, 9.5), QPointF(12, 14.5))
    painter.drawPoint(QPointF(12, 17.6))


def _photo(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(2, 4, 20, 16), 2.5, 2.5)
    painter.drawEllipse(QPointF(8, 9.5), 1.8, 1.8)
    painter.drawPolyline(
        [QPointF(3, 18), QPointF(9.5, 13), QPointF(13, 16), QPointF(17, 11), QPointF(21, 15.5)]
    )


def _data(painter: QPainter) -> None:
    for x, y in ((3, 3), (13.5, 3), (3, 13.5), (13.5, 13.5)):
        painter.drawRoundedRect(QRectF(x, y, 7.5, 7.5), 1.6, 1.6)


def _example(painter: QPainter) -> None:
    painter.drawEllipse(QPointF(12, 12), 10, 10)
    painter.drawPolygon([QPointF(10, 8), QPointF(16.5, 12), QPointF(10, 16)])


def _person(painter: QPainter) -> None:
    painter.drawEllipse(QPointF(12, 8), 4.5, 4.5)
    path = QPainterPath(QPointF(3.5, 21))
    path.cubicTo(QPointF(4, 13.5), QPointF(20, 13.5), QPointF(20.5, 21))
    painter.drawPath(path)


def _contradictory(painter: QPainter) -> None:
    for left, right, y in ((3, 19, 8.5), (21, 5, 15.5)):
        painter.drawLine(QPointF(left, y), QPointF(right, y))
        step = 4 if left > right else -4
        painter.drawLine(QPointF(right, y), QPointF(right + step, y - 4))
        painter.drawLine(QPointF(right, y), QPointF(right + step, y + 4))


def _excluded(painter: QPainter) -> None:
    painter.drawEllipse(QPointF(12, 12), 9.5, 9.5)
    painter.drawLine(QPointF(5.5, 5.5), QPointF(18.5, 18.5))


def _fine(painter: QPainter) -> None:
    painter.drawEllipse(QPointF(12, 12), 10.5, 10.5)
    painter.drawPolyline([QPointF(7, 12.5), QPointF(10.7, 16), QPointF(17, 8.5)])


_SIGNS: Final[dict[str, Callable[[QPainter], None]]] = {
    "unsure": _unsure,
    "no_face": _no_face,
    "unreadable": _unreadable,
    "photo": _photo,
    "data": _data,
    "example": _example,
    "person": _person,
    "unlabelled": _no_face,
    "unknown": _unsure,
    "contradictory": _contradictory,
    "excluded": _excluded,
    "fine": _fine,
}


def pixmap(size: int, ratio: float, paint: Callable[[QPainter, QRectF], None]) -> QPixmap:
    """A transparent pixmap of ``size`` logical pixels, painted by a function."""
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint(painter, QRectF(0.5, 0.5, size - 1, size - 1))
    painter.end()
    return picture


def app_icon() -> QIcon:
    """The program's icon."""
    from emotion_desktop.assets import ICONS

    return QIcon(str(ICONS / "app.png"))
