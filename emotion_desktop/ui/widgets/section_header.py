"""The header of a section: its icon, its title, how many rows it has."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.ui.icons import paint_emotion, paint_sign
from emotion_desktop.ui.theme import Theme

_ICON: Final = 24
_LARGER: Final = 1.2


def paint_header(
    painter: QPainter,
    place: QRect,
    name: str,
    *,
    title: str,
    count: int,
    folded: bool,
    font: QFont,
    theme: Theme,
) -> None:
    """Paints a header over the tiles.

    Args:
        place: the whole width of the view, without its margins.
        name: of the section: an emotion, or a sign.
    """
    icon = QRectF(place.left(), place.top() + (place.height() - _ICON) / 2, _ICON, _ICON)
    if name in EMOTIONS:
        paint_emotion(painter, icon, name, theme)
    else:
        paint_sign(painter, icon, name, theme.muted)
    bold = QFont(font)
    bold.setBold(True)
    bold.setPointSizeF(font.pointSizeF() * _LARGER)
    middle = Qt.AlignmentFlag.AlignVCenter
    text = place.adjusted(_ICON + 10, 0, 0, 0)
    width = QFontMetrics(bold).horizontalAdvance(title) + 10
    painter.setFont(bold)
    painter.setPen(theme.text)
    painter.drawText(text, middle, title)
    painter.setFont(font)
    painter.setPen(theme.muted)
    number = f"{count:,}"
    painter.drawText(text.adjusted(width, 0, 0, 0), middle, number)
    beside = text.left() + width + QFontMetrics(font).horizontalAdvance(number) + 10
    _paint_arrow(painter, QPointF(beside, place.center().y()), folded, theme)


def _paint_arrow(painter: QPainter, middle: QPointF, folded: bool, theme: Theme) -> None:
    """Down over the tiles of an open section, to the right of a folded one's count."""
    half, tip = 4.0, 2.5
    ends = [(-half, -tip), (0.0, tip), (half, -tip)]
    points = [QPointF(-y, x) if folded else QPointF(x, y) for x, y in ends]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.muted, 1.6))
    painter.drawPolyline([middle + point for point in points])
