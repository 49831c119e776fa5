"""Icons: a face for every emotion, told apart by shape as well as by colour, and plain signs.

They are the SVG files of resources/icons, drawn on a square of 24 in ``currentColor``: an
emotion's file holds the eyes, brows and mouth; the disc behind them has the emotion's own colour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPen, QPixmap
from PySide6.QtSvg import QSvgRenderer

from emotion_desktop.assets import EMOTION_ICONS, ICONS, SIGN_ICONS
from emotion_desktop.ui.theme import Theme

_DARK_INK: Final = QColor("#15171C")
_LIGHT_INK: Final = QColor("#FFFFFF")
#: Fills lighter than this take dark ink.
_DARK_INK_FROM: Final = 0.33
#: Signs that look like others.
_SAME: Final = {"unlabelled": "no_face", "unknown": "unsure"}


@dataclass(frozen=True, slots=True)
class _Icon:
    """A drawing and its colours; without a disc where ``disc`` is empty."""

    path: Path
    ink: str
    disc: str = ""
    edge: str = ""


def paint_emotion(painter: QPainter, rect: QRectF, emotion: str, theme: Theme) -> None:
    """Draws an emotion's face into a square."""
    fill = theme.emotion(emotion)
    ink = _DARK_INK if fill.lightnessF() > _DARK_INK_FROM else _LIGHT_INK
    path = EMOTION_ICONS / f"{emotion}.svg"
    _paint(painter, rect, _Icon(path, ink.name(), fill.name(), theme.outline(emotion).name()))


def paint_sign(painter: QPainter, rect: QRectF, sign: str, colour: QColor) -> None:
    """Draws one of the plain signs of resources/icons/signs into a square."""
    _paint(painter, rect, _Icon(SIGN_ICONS / f"{_SAME.get(sign, sign)}.svg", colour.name()))


def _paint(painter: QPainter, rect: QRectF, icon: _Icon) -> None:
    x, y = floor(rect.x()), floor(rect.y())
    ratio = painter.device().devicePixelRatioF()
    image = _image(icon, rect.width(), rect.x() - x, rect.y() - y, ratio)
    painter.drawImage(QPointF(x, y), image)


@lru_cache(maxsize=1024)  # a page of tiles shows the same few many times
def _image(icon: _Icon, side: float, left: float, top: float, ratio: float) -> QImage:
    """The icon as pixels.

    Args:
        side: of its square.
        left, top: where in the image the square begins, from 0 to 1: it is as sharp as if it were
            drawn where it goes.
        ratio: device pixels in a pixel.
    """
    width, height = ceil((side + left) * ratio), ceil((side + top) * ratio)
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    square = QRectF(left, top, side, side)
    if icon.disc:
        unit = side / 24
        painter.setPen(QPen(QColor(icon.edge), unit))
        painter.setBrush(QColor(icon.disc))
        painter.drawEllipse(square.center(), 11 * unit, 11 * unit)
    drawing = icon.path.read_text(encoding="utf-8").replace("currentColor", icon.ink)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, square)
    painter.end()
    return image


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
    return QIcon(str(ICONS / "app.png"))
