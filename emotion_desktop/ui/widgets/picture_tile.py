"""What tiles of every grid have in common: a card, a square picture, a name."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from emotion_desktop.ui.icons import paint_sign
from emotion_desktop.ui.theme import Theme

#: The narrowest and the widest picture that may be asked for.
SMALLEST: Final = 72
LARGEST: Final = 480
#: Pictures grow to this width to fill a line.
_WIDEST: Final = 260
#: Pictures are made at few sizes and scaled when painted, so that a new width needs no new ones.
_PICTURES: Final = (200, 400)


class PictureTile(QStyledItemDelegate):
    """A delegate whose tiles are all of one size; all measures follow from the font.

    Args:
        lines: of small text below the name.
        least: the narrowest picture, pixels; text may need more.
    """

    def __init__(
        self, theme: Theme, lines: int, least: int = 152, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self._lines = self._all_lines = lines
        #: From this width on all lines have room.
        self._needed = least
        self.font = QApplication.font()
        self.small = QFont(self.font)
        self.small.setPointSizeF(max(7.5, self.font.pointSizeF() * 0.92))
        self.pad = 10
        self.line = QFontMetrics(self.small).height() + 3
        self._least = least
        self.side = least

    def fit(self, width: int, gap: int) -> int:
        """Makes tiles as wide as fills a width without a rest; returns how many stand in a row."""
        least = self._least + 2 * self.pad
        columns = max(1, (width + gap) // (least + gap))
        wide = (width - (columns - 1) * gap) // columns
        self.side = min(max(self._least, wide - 2 * self.pad), max(_WIDEST, self._least))
        return columns

    @property
    def least_side(self) -> int:
        """How wide pictures are at least, pixels."""
        return self._least

    def set_least_side(self, side: int) -> None:
        """Makes pictures at least so wide, from what is still recognised to what fills a page."""
        self._least = max(SMALLEST, min(LARGEST, side))
        self._lines = self._all_lines if self._least >= self._needed else 1

    @property
    def is_small(self) -> bool:
        """Whether there is room for the best answer alone."""
        return self._lines < self._all_lines

    def tile_size(self) -> QSize:
        """The size of every tile."""
        title = QFontMetrics(self.font).height() + 6
        under = title + self._lines * self.line + 6
        return QSize(self.side + 2 * self.pad, self.side + 2 * self.pad + under)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """The size of every tile."""
        return self.tile_size()

    def square(self, rect: QRect) -> QRect:
        """Where the picture is in a tile."""
        return QRect(rect.x() + self.pad, rect.y() + self.pad, self.side, self.side)

    def below_name(self, rect: QRect) -> int:
        """Where the small lines begin in a tile."""
        return self.square(rect).bottom() + 5 + QFontMetrics(self.font).height() + 6

    def picture_side(self, painter: QPainter) -> int:
        """The side that pictures are wanted in, device pixels."""
        device = painter.device()
        wanted = next((side for side in _PICTURES if side >= self.side - 60), _PICTURES[-1])
        return round(wanted * (device.devicePixelRatioF() if device is not None else 1.0))

    def paint_card(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        """Paints the tile's ground and edge."""
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        edge = self.theme.accent if selected or hovered else self.theme.line
        painter.setPen(QPen(edge, 2.5 if selected else 1))
        fill = QColor(self.theme.surface)
        if selected:
            fill = _blend(fill, self.theme.accent, 0.12)
        painter.setBrush(fill)
        painter.drawRoundedRect(QRectF(rect).adjusted(1.5, 1.5, -1.5, -1.5), 9, 9)

    def paint_picture(
        self, painter: QPainter, square: QRect, pixmap: QPixmap | None, sign: str
    ) -> None:
        """Paints the picture, or a sign where there is none."""
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(square), 6, 6)
        painter.save()
        painter.setClipPath(clip)
        if pixmap is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(square, pixmap)
        else:
            painter.fillRect(square, self.theme.track)
            middle = QRectF(0, 0, 36, 36)
            middle.moveCenter(QPointF(QRectF(square).center()))
            paint_sign(painter, middle, sign, self.theme.muted)
        painter.restore()

    def paint_name(self, painter: QPainter, rect: QRect, name: str) -> None:
        """Paints the name below the picture, its middle left out where it is too long."""
        square = self.square(rect)
        place = QRect(square.x(), square.bottom() + 5, self.side, 20)
        painter.setFont(self.font)
        painter.setPen(self.theme.text)
        metrics = QFontMetrics(self.font)
        text = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, text)


def _blend(colour: QColor, other: QColor, share: float) -> QColor:
    """A colour with a share of another in it."""
    return QColor.fromRgbF(
        colour.redF() * (1 - share) + other.redF() * share,
        colour.greenF() * (1 - share) + other.greenF() * share,
        colour.blueF() * (1 - share) + other.blueF() * share,
    )
