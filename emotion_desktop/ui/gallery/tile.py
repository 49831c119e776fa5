"""Painting a tile: the face, its name, and its three tallest bars."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPixmap
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
    """Paints tiles of the gallery.

    Args:
        differs: whether another model names another emotion for an entry.
    """

    def __init__(
        self,
        picture: PictureSource,
        theme: Theme,
        differs: Callable[[Entry], bool] = lambda _: False,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(theme, _BAR_ROWS, parent=parent)
        self._picture = picture
        self._differs = differs
        metrics = QFontMetrics(self.small)
        self._name_width = metrics.horizontalAdvance("happiness") + 4
        self._percent_width = metrics.horizontalAdvance(">99 %") + 2
        self._needed = max(152, self._name_width + self._percent_width + self.line + 44)
        self.set_least_side(self._needed)
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
        self._paint_badges(painter, square, entry)
        self.paint_name(painter, rect, entry.name)
        painter.setFont(self.small)
        self._paint_answer(painter, QRect(square.x(), self.below_name(rect), self.side, 0), entry)
        painter.restore()

    def _paint_answer(self, painter: QPainter, place: QRect, entry: Entry) -> None:
        """What it shows, in the lines below the name.

        Args:
            place: where they begin, as wide as the tile's picture.
        """
        line = QRect(place.x(), place.y(), place.width(), self.line)
        if entry.correction is not None:
            self._paint_emotion_line(painter, line, entry.correction, "by hand")
            if entry.face is not None and not self.is_small:
                rows = _BAR_ROWS - 1
                self._paint_bars(painter, line.x(), line.bottom() + 1, entry.face, rows)
        elif entry.face is None:
            lines = 1 if self.is_small else _BAR_ROWS
            self._paint_reason(painter, line.adjusted(0, 0, 0, (lines - 1) * self.line), entry)
        elif self.is_small:
            best = entry.face.emotion
            self._paint_emotion_line(painter, line, best, percent(entry.face.confidence))
        else:
            self._paint_bars(painter, line.x(), line.y(), entry.face, _BAR_ROWS)

    def _paint_emotion_line(
        self, painter: QPainter, rect: QRect, emotion: str, beside: str
    ) -> None:
        """An emotion's icon and name, and words at the right, which a small tile keeps."""
        middle = Qt.AlignmentFlag.AlignVCenter
        icon = QRectF(rect.x(), rect.y() + 1.5, self.line - 4, self.line - 4)
        paint_emotion(painter, icon, emotion, self.theme)
        words = rect.adjusted(self.line + 1, 0, 0, 0)
        metrics = QFontMetrics(self.small)
        room = words.width() - metrics.horizontalAdvance(beside) - 6
        painter.setPen(self.theme.muted)
        painter.drawText(words, middle | Qt.AlignmentFlag.AlignRight, beside)
        painter.setPen(self.theme.text)
        if room >= metrics.horizontalAdvance(emotion):
            painter.drawText(words, middle, emotion)

    def _paint_badges(self, painter: QPainter, square: QRect, entry: Entry) -> None:
        """Over the picture's upper corners: who corrected it, which face of several it is, and
        whether another model says otherwise."""
        side = self.line + 4
        place = QRectF(square.right() - side - 3, square.y() + 5, side, side)
        if entry.correction is not None:
            self._paint_disc(painter, place, self.theme.accent)
            paint_sign(painter, place.adjusted(4, 4, -4, -4), "person", self.theme.accent_text)
            place.translate(-side - 4, 0)
        if self._differs(entry):
            self._paint_disc(painter, place, self.theme.second)
            paint_sign(painter, place.adjusted(4, 4, -4, -4), "contradictory", QColor("white"))
        if len(entry.prediction.faces) > 1:
            words = f"{entry.number} of {len(entry.prediction.faces)}"
            width = QFontMetrics(self.small).horizontalAdvance(words) + 12
            pill = QRectF(square.x() + 5, square.y() + 5, width, self.line)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 170))
            painter.drawRoundedRect(pill, self.line / 2, self.line / 2)
            painter.setPen(QColor("white"))
            painter.setFont(self.small)
            painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_disc(self, painter: QPainter, place: QRectF, colour: QColor) -> None:
        """A badge's ground, with an edge that tells it from any picture."""
        painter.setPen(QPen(self.theme.surface, 1.5))
        painter.setBrush(colour)
        painter.drawEllipse(place)

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
        if self.is_small:
            metrics = QFontMetrics(self.small)
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.TextFlag.TextWordWrap, text)
