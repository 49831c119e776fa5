"""Painting a tile: the face, its name, and its three tallest bars."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QStyleOptionViewItem

from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus
from emotion_desktop.ui.describe import percent
from emotion_desktop.ui.gallery.entries import Entry
from emotion_desktop.ui.gallery.model import ENTRY_ROLE
from emotion_desktop.ui.icons import paint_emotion, paint_sign
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.bars import paint_bar
from emotion_desktop.ui.widgets.picture_tile import PictureTile

_BAR_ROWS = 3

#: Gives a tile's square picture of so many device pixels, or None while it is being made.
PictureSource = Callable[[Entry, int], QPixmap | None]


class TileDelegate(PictureTile):
    """Paints tiles of the gallery."""

    def __init__(self, picture: PictureSource, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(theme, _BAR_ROWS, parent=parent)
        self._picture = picture
        metrics = QFontMetrics(self.small)
        self._name_width = metrics.horizontalAdvance("happiness") + 4
        self._percent_width = metrics.horizontalAdvance(">99 %") + 2
        self._least = max(152, self._name_width + self._percent_width + self.line + 44)
        self.side = self._least

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
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_card(painter, rect, option.state)
        square = self.square(rect)
        readable = entry.prediction.status is not PhotoStatus.UNREADABLE
        pixmap = self._picture(entry, self.picture_side(painter)) if readable else None
        self.paint_picture(painter, square, pixmap, "photo" if readable else "unreadable")
        self.paint_name(painter, rect, entry.name)
        top = self.below_name(rect)
        painter.setFont(self.small)
        if entry.correction is not None:
            self._paint_correction(painter, QRect(square.x(), top, self.side, self.line), entry)
            top += self.line
        if entry.face is not None:
            rows = _BAR_ROWS - (entry.correction is not None)
            self._paint_bars(painter, square.x(), top, entry.face, rows)
        else:
            self._paint_reason(painter, QRect(square.x(), top, self.side, 3 * self.line), entry)
        painter.restore()

    def _paint_correction(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        """The badge of whoever corrected it, where the model's best guess would stand."""
        icon = QRectF(rect.x(), rect.y() + 1.5, self.line - 4, self.line - 4)
        paint_emotion(painter, icon, entry.correction or "", self.theme)
        painter.setPen(self.theme.text)
        words = rect.adjusted(self.line + 1, 0, -self.line, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, entry.correction or "")
        icon.moveRight(rect.right())
        paint_sign(painter, icon, "person", self.theme.accent)

    def _paint_bars(
        self, painter: QPainter, x: int, y: int, face: FacePrediction, rows: int
    ) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        icon = self.line - 4
        for emotion, value in face.ranking[:rows]:
            paint_emotion(painter, QRectF(x, y + 1.5, icon, icon), emotion, self.theme)
            painter.setPen(self.theme.text)
            left = x + icon + 5
            painter.drawText(QRect(left, y, self._name_width, self.line), middle, emotion)
            bar_x = left + self._name_width + 3
            bar_width = x + self.side - self._percent_width - bar_x - 3
            bar = QRectF(bar_x, y + self.line / 2 - 4, bar_width, 8)
            paint_bar(painter, bar, emotion, value, self.theme, hatched=not face.calibrated)
            painter.setPen(self.theme.text)
            painter.drawText(
                QRect(x + self.side - self._percent_width, y, self._percent_width, self.line),
                middle | Qt.AlignmentFlag.AlignRight,
                percent(value),
            )
            y += self.line

    def _paint_reason(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        painter.setPen(self.theme.muted)
        # The first sentence; the tooltip and the panel say the rest.
        text = (entry.prediction.error or "No face found").split(". ")[0].rstrip(".")
        painter.drawText(rect, Qt.TextFlag.TextWordWrap, text)
