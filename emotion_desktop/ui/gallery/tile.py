"""Painting a tile: the face, its name, and its three tallest bars."""

from __future__ import annotations

from collections.abc import Callable

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

from emotion_desktop.domain.prediction import FaceReading, PhotoStatus
from emotion_desktop.ui.gallery.entries import Entry
from emotion_desktop.ui.gallery.model import ENTRY_ROLE
from emotion_desktop.ui.icons import paint_emotion, paint_sign
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.bars import paint_bar
from emotion_desktop.ui.words import percent

_PAD = 10
_BAR_ROWS = 3
_LARGEST = 260
#: Pictures are made at one size and scaled when painted, so that a new width needs no new ones.
_PICTURE = 200

PictureSource = Callable[[Entry, int], QPixmap | None]
"""Gives a tile's square picture of so many device pixels, or None while it is being made."""


class TileDelegate(QStyledItemDelegate):
    """Paints tiles; all measures follow from the font."""

    def __init__(self, picture: PictureSource, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._picture = picture
        self._measure()

    def _measure(self) -> None:
        self._font = QApplication.font()
        self._small = QFont(self._font)
        self._small.setPointSizeF(max(7.5, self._font.pointSizeF() * 0.92))
        metrics = QFontMetrics(self._small)
        self._line = metrics.height() + 3
        self._name_width = metrics.horizontalAdvance("happiness") + 4
        self._percent_width = metrics.horizontalAdvance(">99 %") + 2
        self._least = max(152, self._name_width + self._percent_width + self._line + 44)
        self._side = self._least

    def fit(self, width: int, gap: int) -> int:
        """Makes tiles as wide as fills a width without a rest; returns how many stand in a row."""
        least = self._least + 2 * _PAD
        columns = max(1, (width + gap) // (least + gap))
        wide = (width - (columns - 1) * gap) // columns
        self._side = min(max(self._least, wide - 2 * _PAD), _LARGEST)
        return columns

    def tile_size(self) -> QSize:
        """The size of every tile."""
        title = QFontMetrics(self._font).height() + 6
        under = title + _BAR_ROWS * self._line + 6
        return QSize(self._side + 2 * _PAD, self._side + 2 * _PAD + under)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """The size of every tile."""
        return self.tile_size()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paints one tile."""
        entry = index.data(ENTRY_ROLE)
        if not isinstance(entry, Entry):
            return
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._card(painter, rect, state)
        square = QRect(rect.x() + _PAD, rect.y() + _PAD, self._side, self._side)
        self._paint_picture(painter, square, entry)
        top = square.bottom() + 5
        self._paint_name(painter, QRect(square.x(), top, self._side, 20), entry)
        top += QFontMetrics(self._font).height() + 6
        painter.setFont(self._small)
        if entry.face is not None:
            self._paint_bars(painter, square.x(), top, entry.face)
        else:
            self._paint_reason(painter, QRect(square.x(), top, self._side, 3 * self._line), entry)
        painter.restore()

    def _card(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        selected = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        edge = self.theme.accent if selected or hovered else self.theme.line
        painter.setPen(QPen(edge, 2.5 if selected else 1))
        fill = QColor(self.theme.surface)
        if selected:
            fill = _blend(fill, self.theme.accent, 0.12)
        painter.setBrush(fill)
        painter.drawRoundedRect(QRectF(rect).adjusted(1.5, 1.5, -1.5, -1.5), 9, 9)

    def _paint_picture(self, painter: QPainter, square: QRect, entry: Entry) -> None:
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        pixmap = None
        if entry.result.status is not PhotoStatus.UNREADABLE:
            pixmap = self._picture(entry, round(_PICTURE * ratio))
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(square), 6, 6)
        painter.save()
        painter.setClipPath(clip)
        if pixmap is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(square, pixmap)
        else:
            painter.fillRect(square, self.theme.track)
            sign = "unreadable" if entry.result.status is PhotoStatus.UNREADABLE else "photo"
            middle = QRectF(0, 0, 36, 36)
            middle.moveCenter(QPointF(QRectF(square).center()))
            paint_sign(painter, middle, sign, self.theme.muted)
        painter.restore()

    def _paint_name(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        painter.setFont(self._font)
        painter.setPen(self.theme.text)
        metrics = QFontMetrics(self._font)
        text = metrics.elidedText(entry.name, Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, text)

    def _paint_bars(self, painter: QPainter, x: int, y: int, face: FaceReading) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        icon = self._line - 4
        for emotion, value in face.ranking[:_BAR_ROWS]:
            paint_emotion(painter, QRectF(x, y + 1.5, icon, icon), emotion, self.theme)
            painter.setPen(self.theme.text)
            left = x + icon + 5
            painter.drawText(QRect(left, y, self._name_width, self._line), middle, emotion)
            bar_x = left + self._name_width + 3
            bar_width = x + self._side - self._percent_width - bar_x - 3
            bar = QRectF(bar_x, y + self._line / 2 - 4, bar_width, 8)
            paint_bar(painter, bar, emotion, value, self.theme)
            painter.setPen(self.theme.text)
            painter.drawText(
                QRect(x + self._side - self._percent_width, y, self._percent_width, self._line),
                middle | Qt.AlignmentFlag.AlignRight,
                percent(value),
            )
            y += self._line

    def _paint_reason(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        painter.setPen(self.theme.muted)
        # The first sentence; the tooltip and the panel say the rest.
        text = (entry.result.error or "No face found").split(". ")[0].rstrip(".")
        painter.drawText(rect, Qt.TextFlag.TextWordWrap, text)


def _blend(colour: QColor, other: QColor, share: float) -> QColor:
    """A colour with a share of another in it."""
    return QColor.fromRgbF(
        colour.redF() * (1 - share) + other.redF() * share,
        colour.greenF() * (1 - share) + other.greenF() * share,
        colour.blueF() * (1 - share) + other.blueF() * share,
    )
