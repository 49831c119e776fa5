"""A list of tiles in sections with headers: how it is laid out, scrolled and painted.

It is a QListView so that screen readers know it as a list; where things are is the doing of a
SectionLayout.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QCursor,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QListView,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from emotion_desktop.ui.theme import GAP, Theme
from emotion_desktop.ui.widgets.grid_selection import selected_rows, selection_of, without
from emotion_desktop.ui.widgets.section_header import paint_header
from emotion_desktop.ui.widgets.section_layout import (
    HEADER,
    MARGIN,
    Block,
    SectionLayout,
    header_top,
)
from emotion_desktop.ui.widgets.sections import Sections


class Tiles(Protocol):
    """The delegate: paints tiles, all of one size, and says which."""

    def fit(self, width: int, gap: int) -> int:
        """Makes tiles as wide as fills a width; returns how many stand in a row."""

    def tile_size(self) -> QSize:
        """The size of every tile."""

    @property
    def least_side(self) -> int:
        """How wide pictures are at least, pixels."""

    def set_least_side(self, side: int) -> None:
        """Makes pictures at least so wide, within what can still be seen."""


@dataclass(frozen=True, slots=True)
class SectionAction:
    """A link in the header of one section."""

    section: str
    text: str


class SectionView(QListView):
    """Shows a list model's rows in sections; some of them may be folded.

    Args:
        delegate: paints the tiles; it is a QAbstractItemDelegate as well.
        titles: of the sections, by name; names that are no emotions are those of signs.
        action: a link in a section's header.
    """

    def __init__(
        self,
        delegate: Tiles,
        theme: Theme,
        titles: Mapping[str, str],
        action: SectionAction | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.theme = theme
        self._delegate = delegate
        self._titles = titles
        self._action = action
        self._folded: frozenset[str] = frozenset()
        self._layout = SectionLayout(Sections(), 1, delegate.tile_size())
        assert isinstance(delegate, QAbstractItemDelegate)
        self.setItemDelegate(delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAcceptDrops(False)
        self.setDragEnabled(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)

    def arrange(self, order: Sections) -> None:
        """Shows the rows in another order; what is at the top stays there."""
        anchor = self._anchor()
        self._lay_out(order)
        self._back_to(anchor)
        self.viewport().update()

    def deselect_hidden(self) -> None:
        """What is not in sight is not selected: no key changes what nobody sees."""
        order = self._layout.order
        selection = self.selectionModel().selection()
        hidden = without(selection, self.model(), lambda row: order.position(row) is not None)
        if not hidden.isEmpty():
            self.selectionModel().select(hidden, QItemSelectionModel.SelectionFlag.Deselect)
        if self.isIndexHidden(self.currentIndex()) and len(order):
            left = next(selected_rows(self.selectionModel().selection()), None)
            if left is None:
                self.setCurrentIndex(self.model().index(order.at(0), 0))
            else:
                index = self.model().index(left.start, 0)
                keep = QItemSelectionModel.SelectionFlag.NoUpdate
                self.selectionModel().setCurrentIndex(index, keep)

    def selectAll(self) -> None:
        """Selects every tile in sight or scrolled away; none that is filtered out or folded."""
        order = self._layout.order
        selection = selection_of(map(order.at, range(len(order))), self.model())
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    @property
    def order(self) -> Sections:
        """All rows as they stand on screen, from the top."""
        return self._layout.order

    # -- where things are ----------------------------------------------------------------------

    def _anchor(self) -> list[tuple[int, str | None, int]]:
        """The rows on screen from the top: each with its section and how far below the top it
        begins; none at the very top, which stays the top."""
        scroll = self.verticalScrollBar().value()
        if not scroll:
            return []
        rows = self._layout.rows_between(scroll, scroll + self.viewport().height())
        layout = self._layout
        return [(row, layout.section_of(row), layout.rect(row).top() - scroll) for row in rows]

    def _back_to(self, anchor: list[tuple[int, str | None, int]]) -> None:
        """Scrolls so that a row is as far below the top again as it was: the first that has not
        gone to another section, whither nobody wants to follow it."""
        for row, section, below_top in anchor:
            if self._layout.section_of(row) == section:
                self.verticalScrollBar().setValue(self._layout.rect(row).top() - below_top)
                return

    def _lay_out(self, order: Sections) -> None:
        columns = self._delegate.fit(self.viewport().width() - 2 * MARGIN, GAP)
        size = self._delegate.tile_size()
        self._layout = SectionLayout(order, columns, size, self._folded)
        self.updateGeometries()

    # -- QAbstractItemView's questions ---------------------------------------------------------

    def visualRect(self, index: QModelIndex | QPersistentModelIndex) -> QRect:
        """Where a tile is in the viewport."""
        if not index.isValid() or self.isIndexHidden(index):
            return QRect()
        return self._layout.rect(index.row()).translated(0, -self.verticalOffset())

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The tile at a point of the viewport."""
        scroll = self.verticalOffset()
        row = self._layout.row_at(point + QPoint(0, scroll), scroll)
        return QModelIndex() if row is None else self.model().index(row, 0)

    def verticalOffset(self) -> int:
        """How far the content is scrolled, pixels."""
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        """The content is never wider than the view."""
        return 0

    def isIndexHidden(self, index: QModelIndex | QPersistentModelIndex) -> bool:
        """A tile that is not arranged yet is not shown."""
        return self._layout.order.position(index.row()) is None

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Scrolls as little as needed to show a tile below its section's header."""
        if self.isIndexHidden(index):
            return
        rect = self._layout.rect(index.row())
        bar = self.verticalScrollBar()
        if rect.top() - HEADER < bar.value():
            bar.setValue(rect.top() - HEADER)
        elif rect.bottom() + GAP > bar.value() + self.viewport().height():
            bar.setValue(rect.bottom() + GAP - self.viewport().height())

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Where the arrow keys lead, across sections."""
        order = self._layout.order
        if not len(order):
            return QModelIndex()
        position = order.position(self.currentIndex().row())
        if position is None:
            return self.model().index(order.at(0), 0)
        steps = QAbstractItemView.CursorAction
        last = len(order) - 1
        target = {
            steps.MoveHome: 0,
            steps.MoveEnd: last,
            steps.MoveLeft: position - 1,
            steps.MovePrevious: position - 1,
            steps.MoveRight: position + 1,
            steps.MoveNext: position + 1,
        }.get(action)
        if target is None:
            target = self._vertical(position, action)
        return self.model().index(order.at(max(0, min(target, last))), 0)

    def _vertical(self, position: int, action: QAbstractItemView.CursorAction) -> int:
        """The position that an arrow up or down, or a page, leads to."""
        steps = QAbstractItemView.CursorAction
        page = action in (steps.MovePageUp, steps.MovePageDown)
        down = action in (steps.MoveDown, steps.MovePageDown)
        for _ in range(self._layout.lines_in(self.viewport().height()) if page else 1):
            position = self._layout.below(position) if down else self._layout.above(position)
        return position

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """Selects the tiles that a rubber band touches, or else all from corner to corner.

        With Shift the rectangle leads from the middle of one tile to that of another, and those
        between them are meant as they are read: line by line.
        """
        banding = self.state() == QAbstractItemView.State.DragSelectingState
        selection = QItemSelection()
        for row in self._touched(rect) if banding else self._between(rect):
            index = self.model().index(row, 0)
            selection.select(index, index)
        self.selectionModel().select(selection, command)

    def _touched(self, rect: QRect) -> list[int]:
        area = rect.normalized().translated(0, self.verticalOffset())
        rows = self._layout.rows_between(area.top(), area.bottom())
        return [row for row in rows if self._layout.rect(row).intersects(area)]

    def _between(self, rect: QRect) -> list[int]:
        order = self._layout.order
        down = QPoint(0, self.verticalOffset())
        places = []
        for corner in (rect.topLeft(), rect.bottomRight()):
            # As if nothing were scrolled: the tile it began with may be out of sight by now.
            row = self._layout.row_at(corner + down, 0)
            place = None if row is None else order.position(row)
            if place is None:
                return self._touched(rect)
            places.append(place)
        return [order.at(place) for place in range(min(places), max(places) + 1)]

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Where selected tiles are on screen; everything, as repainting is cheap."""
        return QRegion(self.viewport().rect())

    def updateGeometries(self) -> None:
        """Sets the scroll bar to the content's height."""
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._layout.height - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(60)

    def doItemsLayout(self) -> None:
        """Lays out anew."""
        self._lay_out(self._layout.everything)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits the columns to the new width."""
        anchor = self._anchor()
        self._lay_out(self._layout.everything)
        self._back_to(anchor)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Repaints: the header at the top does not move with the rest."""
        self.viewport().update()

    # -- painting ------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the sections in sight and, at the top, the header of the first."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.theme.window)
        scroll = self.verticalOffset()
        bottom = scroll + self.viewport().height()
        hovered = self.indexAt(self.viewport().mapFromGlobal(QCursor.pos()))
        for row in self._layout.rows_between(scroll, bottom):
            self._paint_tile(painter, self.model().index(row, 0), hovered)
        for block in self._layout.blocks_between(scroll + 1, bottom - 1):
            self._paint_header(painter, block, header_top(block, scroll) - scroll)
        painter.end()

    def _paint_tile(self, painter: QPainter, index: QModelIndex, hovered: QModelIndex) -> None:
        option = QStyleOptionViewItem()
        option.rect = self.visualRect(index)
        state = QStyle.StateFlag.State_Enabled
        if self.selectionModel().isSelected(index):
            state |= QStyle.StateFlag.State_Selected
        if index == hovered:
            state |= QStyle.StateFlag.State_MouseOver
        option.state = state
        self.itemDelegate().paint(painter, option, index)

    def _paint_header(self, painter: QPainter, block: Block, y: int) -> None:
        whole = QRect(0, y, self.viewport().width(), HEADER)
        painter.fillRect(whole, self.theme.window)
        paint_header(
            painter,
            whole.adjusted(MARGIN, 0, -MARGIN, 0),
            block.name,
            title=self._titles[block.name],
            count=block.count,
            folded=block.is_folded,
            font=self.font(),
            theme=self.theme,
        )
        if self._action is not None and block.name == self._action.section:
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.setPen(self.theme.accent)
            painter.drawText(self._action_rect(y), right, self._action.text)

    def _action_rect(self, y: int) -> QRect:
        text = self._action.text if self._action is not None else ""
        width = QFontMetrics(self.font()).horizontalAdvance(text) + 12
        return QRect(self.viewport().width() - width - MARGIN, y, width, HEADER)

    def _on_action(self, point: QPoint) -> bool:
        block = self._layout.block(self._action.section) if self._action is not None else None
        if block is None:
            return False
        scroll = self.verticalOffset()
        return self._action_rect(header_top(block, scroll) - scroll).contains(point)

    def _header_at(self, point: QPoint) -> Block | None:
        scroll = self.verticalOffset()
        return self._layout.header_at(point.y() + scroll, scroll)

    def section_at(self, point: QPoint) -> str | None:
        """The name of the section at a point of the viewport."""
        return self._layout.section_at(point.y() + self.verticalOffset())
