"""A grid of tiles in sections with headers: one view, no widget per tile.

It is a QListView so that screen readers know it as a list; where things are is its own doing:
tiles are all of one size, so places are computed, never stored per tile.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QCursor,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.ui.gallery.entries import NO_FACE, SECTIONS, TITLES, Arrangement
from emotion_desktop.ui.gallery.tile import TileDelegate
from emotion_desktop.ui.icons import paint_emotion, paint_sign
from emotion_desktop.ui.theme import GAP, Theme

_MARGIN: Final = 16
_HEADER: Final = 44
_ACTION: Final = "Classify the whole photos"


@dataclass(frozen=True, slots=True)
class _Section:
    name: str
    top: int
    bottom: int
    rows: list[int]


class SectionGrid(QListView):
    """Shows a GalleryModel by an Arrangement."""

    whole_wanted = Signal()
    """The user wants the photos without a face classified as a whole."""
    opened = Signal(QModelIndex)
    """A tile was opened by double click or Enter."""

    def __init__(self, delegate: TileDelegate, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._delegate = delegate
        self._tile: QSize = delegate.tile_size()
        self._arrangement = Arrangement()
        self._sections: list[_Section] = []
        self._places: dict[int, tuple[int, int]] = {}
        self._columns = 1
        self._height = 0
        self.setItemDelegate(delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAcceptDrops(False)
        self.setDragEnabled(False)
        self.setAccessibleName("Photos by expression")
        self.activated.connect(self.opened)

    def arrange(self, arrangement: Arrangement) -> None:
        """Shows the rows in another arrangement; what is at the top stays there."""
        anchor = self._anchor()
        self._arrangement = arrangement
        self._lay_out()
        if anchor is not None:
            row, offset = anchor
            if row in self._places:
                bar = self.verticalScrollBar()
                bar.setValue(self._content_rect(row).top() - offset)
        self.viewport().update()

    def show_section(self, name: str) -> None:
        """Scrolls to a section's header."""
        for section in self._sections:
            if section.name == name:
                self.verticalScrollBar().setValue(section.top)
                return

    def rows_in_order(self) -> list[int]:
        """All rows as they stand on screen, from the top."""
        return [row for section in self._sections for row in section.rows]

    # -- where things are ----------------------------------------------------------------------

    def _anchor(self) -> tuple[int, int] | None:
        """The first row on screen and how far below the top it begins; None at the very top."""
        scroll = self.verticalScrollBar().value()
        if scroll == 0:
            return None
        for section in self._sections:
            if section.bottom > scroll:
                line = max(0, (scroll - section.top - _HEADER) // self._step())
                place = min(line * self._columns, len(section.rows) - 1)
                row = section.rows[place]
                return row, self._content_rect(row).top() - scroll
        return None

    def _step(self) -> int:
        return self._tile.height() + GAP

    def _lay_out(self) -> None:
        width = self.viewport().width() - 2 * _MARGIN
        self._columns = self._delegate.fit(width, GAP)
        self._tile = self._delegate.tile_size()
        self._sections, self._places = [], {}
        y = 0
        for name in SECTIONS:
            rows = self._arrangement.rows(name)
            if not rows:
                continue
            lines = -(-len(rows) // self._columns)
            bottom = y + _HEADER + lines * self._step() + 4
            number = len(self._sections)
            self._places.update((row, (number, place)) for place, row in enumerate(rows))
            self._sections.append(_Section(name, y, bottom, rows))
            y = bottom
        self._height = y + GAP
        self.updateGeometries()

    def _content_rect(self, row: int) -> QRect:
        number, place = self._places[row]
        line, column = divmod(place, self._columns)
        return QRect(
            _MARGIN + column * (self._tile.width() + GAP),
            self._sections[number].top + _HEADER + line * self._step(),
            self._tile.width(),
            self._tile.height(),
        )

    def _section_at(self, y: int) -> _Section | None:
        """The section at a height of the content."""
        number = bisect_right([section.top for section in self._sections], y) - 1
        return self._sections[number] if number >= 0 else None

    # -- QAbstractItemView's questions ---------------------------------------------------------

    def visualRect(self, index: QModelIndex | QPersistentModelIndex) -> QRect:
        """Where a tile is in the viewport."""
        if not index.isValid() or index.row() not in self._places:
            return QRect()
        return self._content_rect(index.row()).translated(0, -self.verticalOffset())

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The tile at a point of the viewport."""
        y = point.y() + self.verticalOffset()
        section = self._section_at(y)
        if section is None or y < self._header_top(section) + _HEADER:
            return QModelIndex()
        line, in_line = divmod(y - section.top - _HEADER, self._step())
        column, in_column = divmod(point.x() - _MARGIN, self._tile.width() + GAP)
        place = line * self._columns + column
        hit = (
            line >= 0
            and 0 <= column < self._columns
            and in_line < self._tile.height()
            and in_column < self._tile.width()
            and place < len(section.rows)
        )
        return self.model().index(section.rows[place], 0) if hit else QModelIndex()

    def verticalOffset(self) -> int:
        """How far the content is scrolled, pixels."""
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        """The content is never wider than the view."""
        return 0

    def isIndexHidden(self, index: QModelIndex | QPersistentModelIndex) -> bool:
        """A tile that is not arranged yet is not shown."""
        return index.row() not in self._places

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Scrolls as little as needed to show a tile below its section's header."""
        if index.row() not in self._places:
            return
        rect = self._content_rect(index.row())
        bar = self.verticalScrollBar()
        if rect.top() - _HEADER < bar.value():
            bar.setValue(rect.top() - _HEADER)
        elif rect.bottom() + GAP > bar.value() + self.viewport().height():
            bar.setValue(rect.bottom() + GAP - self.viewport().height())

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Where the arrow keys lead, across sections."""
        order = self.rows_in_order()
        if not order:
            return QModelIndex()
        current = self.currentIndex().row()
        if current not in self._places:
            return self.model().index(order[0], 0)
        steps = QAbstractItemView.CursorAction
        if action in (steps.MoveUp, steps.MoveDown, steps.MovePageUp, steps.MovePageDown):
            return self.model().index(self._vertical(current, action), 0)
        position = order.index(current)
        target = {
            steps.MoveHome: 0,
            steps.MoveEnd: len(order) - 1,
            steps.MoveLeft: position - 1,
            steps.MovePrevious: position - 1,
            steps.MoveRight: position + 1,
            steps.MoveNext: position + 1,
        }.get(action, position)
        return self.model().index(order[max(0, min(target, len(order) - 1))], 0)

    def _vertical(self, row: int, action: QAbstractItemView.CursorAction) -> int:
        steps = QAbstractItemView.CursorAction
        lines = max(1, self.viewport().height() // self._step() - 1)
        count = lines if action in (steps.MovePageUp, steps.MovePageDown) else 1
        down = action in (steps.MoveDown, steps.MovePageDown)
        for _ in range(count):
            number, place = self._places[row]
            column = place % self._columns
            rows = self._sections[number].rows
            if down:
                if place // self._columns < (len(rows) - 1) // self._columns:
                    row = rows[min(place + self._columns, len(rows) - 1)]
                elif number + 1 < len(self._sections):
                    rows = self._sections[number + 1].rows
                    row = rows[min(column, len(rows) - 1)]
            elif place >= self._columns:
                row = rows[place - self._columns]
            elif number > 0:
                rows = self._sections[number - 1].rows
                last = (len(rows) - 1) // self._columns * self._columns
                row = rows[min(last + column, len(rows) - 1)]
        return row

    def setSelection(
        self, rect: QRect, command: QItemSelectionModel.SelectionFlag
    ) -> None:
        """Selects the tiles a rectangle of the viewport touches."""
        area = rect.normalized().translated(0, self.verticalOffset())
        selection = QItemSelection()
        for section in self._sections:
            if section.bottom < area.top() or section.top > area.bottom():
                continue
            for row in section.rows:
                if self._content_rect(row).intersects(area):
                    index = self.model().index(row, 0)
                    selection.select(index, index)
        self.selectionModel().select(selection, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Where selected tiles are on screen; everything, as repainting is cheap."""
        return QRegion(self.viewport().rect())

    def updateGeometries(self) -> None:
        """Sets the scroll bar to the content's height."""
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._height - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(60)

    def doItemsLayout(self) -> None:
        """Lays out anew."""
        self._lay_out()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits the columns to the new width."""
        anchor = self._anchor()
        self._lay_out()
        if anchor is not None and anchor[0] in self._places:
            self.verticalScrollBar().setValue(self._content_rect(anchor[0]).top() - anchor[1])

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Repaints: the header at the top does not move with the rest."""
        self.viewport().update()

    # -- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the sections in sight and, at the top, the header of the first."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.theme.window)
        offset = self.verticalOffset()
        top, bottom = offset, offset + self.viewport().height()
        hovered = self.indexAt(self.viewport().mapFromGlobal(QCursor.pos()))
        selected = self.selectionModel()
        for section in self._sections:
            if section.bottom < top or section.top > bottom:
                continue
            first = max(0, (top - section.top - _HEADER) // self._step()) * self._columns
            last = max(0, (bottom - section.top - _HEADER) // self._step() + 1) * self._columns
            for row in section.rows[first:last]:
                index = self.model().index(row, 0)
                option = QStyleOptionViewItem()
                option.rect = self._content_rect(row).translated(0, -offset)
                state = QStyle.StateFlag.State_Enabled
                if selected.isSelected(index):
                    state |= QStyle.StateFlag.State_Selected
                if index == hovered:
                    state |= QStyle.StateFlag.State_MouseOver
                option.state = state
                self.itemDelegate().paint(painter, option, index)
        for section in self._sections:
            if section.bottom > top and section.top < bottom:
                self._paint_header(painter, section, self._header_top(section) - offset)
        painter.end()

    def _header_top(self, section: _Section) -> int:
        """The header stays in sight as long as its section does."""
        return min(max(section.top, self.verticalOffset()), section.bottom - _HEADER)

    def _paint_header(self, painter: QPainter, section: _Section, y: int) -> None:
        painter.fillRect(QRect(0, y, self.viewport().width(), _HEADER), self.theme.window)
        icon = QRectF(_MARGIN, y + 10, 24, 24)
        if section.name in EMOTIONS:
            paint_emotion(painter, icon, section.name, self.theme)
        else:
            paint_sign(painter, icon, section.name, self.theme.muted)
        font = self.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.2)
        painter.setFont(font)
        painter.setPen(self.theme.text)
        title = TITLES[section.name]
        left = _MARGIN + 34
        width = QFontMetrics(font).horizontalAdvance(title) + 10
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(left, y, width, _HEADER), middle, title)
        painter.setFont(self.font())
        painter.setPen(self.theme.muted)
        painter.drawText(
            QRect(left + width, y, 120, _HEADER), middle, f"{len(section.rows):,}"
        )
        if section.name == NO_FACE:
            painter.setPen(self.theme.accent)
            painter.drawText(self._action_rect(y), middle | Qt.AlignmentFlag.AlignRight, _ACTION)

    def _action_rect(self, y: int) -> QRect:
        width = QFontMetrics(self.font()).horizontalAdvance(_ACTION) + 12
        return QRect(self.viewport().width() - width - _MARGIN, y, width, _HEADER)

    def _on_action(self, point: QPoint) -> bool:
        for section in self._sections:
            if section.name == NO_FACE:
                y = self._header_top(section) - self.verticalOffset()
                return self._action_rect(y).contains(point)
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the header's link asks for whole photos; any other is for the tiles."""
        if self._on_action(event.position().toPoint()):
            self.whole_wanted.emit()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Shows what can be clicked."""
        on_link = self._on_action(event.position().toPoint())
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if on_link else Qt.CursorShape.ArrowCursor
        )
        super().mouseMoveEvent(event)
        self.viewport().update()
