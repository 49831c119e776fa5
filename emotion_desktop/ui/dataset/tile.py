"""Painting a photo of the data set: the picture, its name, its label and who gave it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QStyleOptionViewItem

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.ui.dataset.model import PHOTO_ROLE, TITLES
from emotion_desktop.ui.icons import paint_emotion, paint_sign
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.picture_tile import PictureTile

if TYPE_CHECKING:  # not before the window is shown
    from emotion_desktop.workspace.catalogue.browse import PhotoRow

#: Gives a photo's square picture of so many device pixels, or None while it is being made.
PictureSource = Callable[[Path, int], QPixmap | None]


class PhotoTile(PictureTile):
    """Paints tiles of the data set."""

    def __init__(self, picture: PictureSource, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(theme, 1, least=112, parent=parent)
        self._picture = picture

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paints one tile; one whose photo was not read yet is an empty card."""
        rect: QRect = option.rect
        photo = index.data(PHOTO_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_card(painter, rect, option.state)
        if photo is None:
            painter.restore()
            return
        square = self.square(rect)
        side = self.picture_side(painter)
        pixmap = None if photo.problem else self._picture(photo.path, side)
        if photo.excluded:
            painter.setOpacity(0.45)
        self.paint_picture(painter, square, pixmap, "unreadable" if photo.problem else "photo")
        painter.setOpacity(1.0)
        self.paint_name(painter, rect, photo.name)
        top = self.below_name(rect)
        self._paint_label(painter, QRect(square.x(), top, self.side, self.line), photo)
        painter.restore()

    def _paint_label(self, painter: QPainter, rect: QRect, photo: PhotoRow) -> None:
        sign = photo.section
        icon = QRectF(rect.x(), rect.y() + 1.5, self.line - 4, self.line - 4)
        if sign in EMOTIONS:
            paint_emotion(painter, icon, sign, self.theme)
        else:
            paint_sign(painter, icon, sign, self.theme.muted)
        text = rect.adjusted(self.line + 1, 0, 0, 0)
        if photo.by_hand:
            hand = QRectF(icon)
            hand.moveRight(rect.right())
            paint_sign(painter, hand, "person", self.theme.accent)
            text.setRight(round(hand.left()) - 2)
        painter.setFont(self.small)
        painter.setPen(self.theme.muted if sign not in EMOTIONS else self.theme.text)
        words = photo.excluded or TITLES.get(sign, sign).lower()
        metrics = QFontMetrics(self.small)
        painter.drawText(
            text,
            Qt.AlignmentFlag.AlignVCenter,
            metrics.elidedText(words, Qt.TextElideMode.ElideRight, text.width()),
        )
