"""A grid of tiles in sections with headers: one view, no widget per tile.

It is a QListView so that screen readers know it as a list; where things are is its own doing:
tiles are all of one size, so places are computed, never stored per tile.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

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
    QKeyEvent,
    QMouseEvent,
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

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.ui.icons import paint_emotion, paint_sign
from emotion_desktop.ui.theme import GAP, Theme
from emotion_desktop.ui.widgets.sections import Sections

_MARGIN: Final = 16
_HEADER: Final = 44


class Tiles(Protocol):
    """The delegate: paints tiles, all of one size, and says which."""

    def fit(self, width: int, gap: int) -> int:
        """Makes tiles as wide as fills a width; returns how many stand in a row."""

    def tile_size(self) -> QSize:
        """The size of every tile."""


@dataclass(frozen=True, slots=True)
class SectionAction:
    """A link in the header of one section."""

    section: str
    text: str


@dataclass(frozen=True, slots=True)
class _Section:
    name: str
    top: int
    bottom: int
    rows: Sequence[int]


class SectionGrid(QListView):
    """Shows a list model's rows in sections.

    Args:
        delegate: paints the tiles; it is a QAbstractItemDelegate as well.
        titles: of the sections, by name; names that are no emotions are those of signs.
        action: a link in a section's header.
    """

    action_wanted = Signal()
    """The link was clicked."""
    opened = Signal(QModelIndex)
    """A tile was opened by double click or Enter."""
    label_wanted = Signal(str)
    """The key of an emotion, 1 to 8, was pressed for the selection; empty for 0."""
    exclude_wanted = Signal()
    """Delete was pressed for the selection."""

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
        self._tile: QSize = delegate.tile_size()
        self._order = Sections()
        self._sections: list[_Section] = []
        self._columns = 1
        self._height = 0
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
        self.activated.connect(self.opened)

    def arrange(self, order: Sections) -> None:
        """Shows the rows in another order; what is at the top stays there."""
        anchor = self._anchor()
        self._order = order
        self._lay_out()
        self._back_to(anchor)
        self.viewport().update()

    def show_section(self, name: str) -> None:
        """Scrolls to a section's header."""
        for section in self._sections:
            if section.name == name:
                self.verticalScrollBar().setValue(section.top)
                return

    @property
    def order(self) -> Sections:
        """All rows as they stand on screen, from the top."""
        return self._order

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

    def _back_to(self, anchor: tuple[int, int] | None) -> None:
        """Scrolls so that a row is as far below the top again as it was."""
        if anchor is not None and self._order.position(anchor[0]) is not None:
            top = self._content_rect(anchor[0]).top()
            self.verticalScrollBar().setValue(top - anchor[1])

    def _step(self) -> int:
        return self._tile.height() + GAP

    def _lay_out(self) -> None:
        width = self.viewport().width() - 2 * _MARGIN
        self._columns = self._delegate.fit(width, GAP)
        self._tile = self._delegate.tile_size()
        self._sections = []
        y = 0
        for name, rows in self._order.items:
            lines = -(-len(rows) // self._columns)
            bottom = y + _HEADER + lines * self._step() + 4
            self._sections.append(_Section(name, y, bottom, rows))
            y = bottom
        self._height = y + GAP
        self.updateGeometries()

    def _content_rect(self, row: int) -> QRect:
        position = self._order.position(row)
        assert position is not None
        number, place = self._order.section_of(position)
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
        if not index.isValid() or self._order.position(index.row()) is None:
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
        return self._order.position(index.row()) is None

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Scrolls as little as needed to show a tile below its section's header."""
        if self._order.position(index.row()) is None:
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
        if not len(self._order):
            return QModelIndex()
        position = self._order.position(self.currentIndex().row())
        if position is None:
            return self.model().index(self._order.at(0), 0)
        steps = QAbstractItemView.CursorAction
        last = len(self._order) - 1
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
        return self.model().index(self._order.at(max(0, min(target, last))), 0)

    def _vertical(self, position: int, action: QAbstractItemView.CursorAction) -> int:
        """The position that an arrow up or down, or a page, leads to."""
        steps = QAbstractItemView.CursorAction
        lines = max(1, self.viewport().height() // self._step() - 1)
        count = lines if action in (steps.MovePageUp, steps.MovePageDown) else 1
        down = action in (steps.MoveDown, steps.MovePageDown)
        for _ in range(count):
            position = self._line_below(position) if down else self._line_above(position)
        return position

    def _line_below(self, position: int) -> int:
        number, place = self._order.section_of(position)
        first, size = self._order.first(number), len(self._sections[number].rows)
        if place // self._columns < (size - 1) // self._columns:
            return first + min(place + self._columns, size - 1)
        if number + 1 == len(self._sections):
            return position
        below = len(self._sections[number + 1].rows)
        return first + size + min(place % self._columns, below - 1)

    def _line_above(self, position: int) -> int:
        number, place = self._order.section_of(position)
        if place >= self._columns:
            return position - self._columns
        if number == 0:
            return position
        above = len(self._sections[number - 1].rows)
        last_line = (above - 1) // self._columns * self._columns
        return self._order.first(number - 1) + min(
            last_line + place % self._columns, above - 1
        )

    def setSelection(
        self, rect: QRect, command: QItemSelectionModel.SelectionFlag
    ) -> None:
        """Selects the tiles a rectangle of the viewport touches."""
        area = rect.normalized().translated(0, self.verticalOffset())
        selection = QItemSelection()
        for section in self._sections:
            if section.bottom < area.top() or section.top > area.bottom():
                continue
            for row in self._rows_between(section, area.top(), area.bottom()):
                if self._content_rect(row).intersects(area):
                    index = self.model().index(row, 0)
                    selection.select(index, index)
        self.selectionModel().select(selection, command)

    def _rows_between(self, section: _Section, top: int, bottom: int) -> Sequence[int]:
        """A section's rows on the lines between two heights of the content."""
        first = max(0, (top - section.top - _HEADER) // self._step()) * self._columns
        last = max(0, (bottom - section.top - _HEADER) // self._step() + 1) * self._columns
        return section.rows[first:last]

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
        self._back_to(anchor)

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
            for row in self._rows_between(section, top, bottom):
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
        title = self._titles[section.name]
        left = _MARGIN + 34
        width = QFontMetrics(font).horizontalAdvance(title) + 10
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(left, y, width, _HEADER), middle, title)
        painter.setFont(self.font())
        painter.setPen(self.theme.muted)
        painter.drawText(
            QRect(left + width, y, 120, _HEADER), middle, f"{len(section.rows):,}"
        )
        if self._action is not None and section.name == self._action.section:
            painter.setPen(self.theme.accent)
            painter.drawText(
                self._action_rect(y), middle | Qt.AlignmentFlag.AlignRight, self._action.text
            )

    def _action_rect(self, y: int) -> QRect:
        text = self._action.text if self._action is not None else ""
        width = QFontMetrics(self.font()).horizontalAdvance(text) + 12
        return QRect(self.viewport().width() - width - _MARGIN, y, width, _HEADER)

    def _on_action(self, point: QPoint) -> bool:
        for section in self._sections:
            if self._action is not None and section.name == self._action.section:
                y = self._header_top(section) - self.verticalOffset()
                return self._action_rect(y).contains(point)
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """1 to 8 label the selection, Delete leaves it out; other keys move about."""
        key = event.text()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and key.isascii() and key.isdigit() and int(key) <= len(EMOTIONS):
            self.label_wanted.emit(EMOTIONS[int(key) - 1] if int(key) else "")
        elif event.key() == Qt.Key.Key_Delete:
            self.exclude_wanted.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the header's link is told; any other is for the tiles."""
        if self._on_action(event.position().toPoint()):
            self.action_wanted.emit()
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
