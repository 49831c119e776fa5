"""Pictures at the size they are shown at."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap


def squared(pixmap: QPixmap, side: int, ratio: float, *, smooth: bool) -> QPixmap:
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
