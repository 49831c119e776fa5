"""Changes between the tiles and the one photo in their place, and goes from photo to photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QObject, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from emotion_desktop.ui.gallery.model import ENTRY_ROLE

if TYPE_CHECKING:
    from emotion_desktop.ui.gallery.detail import DetailPanel
    from emotion_desktop.ui.gallery.large_view import LargeView
    from emotion_desktop.ui.widgets.section_grid import SectionGrid


class LargePhotos(QObject):
    """Which photo is shown is the grid's current tile: the detail panel follows it as ever.

    Args:
        stack: where the photo takes the tiles' place.
        side: what is hidden meanwhile.
    """

    def __init__(
        self,
        stack: QStackedWidget,
        side: QWidget,
        grid: SectionGrid,
        large: LargeView,
        detail: DetailPanel,
    ) -> None:
        super().__init__(stack)
        self._stack, self._side, self._grid = stack, side, grid
        self._large, self._detail = large, detail
        self._tiles = stack.currentIndex()
        stack.addWidget(large)
        grid.opened.connect(self.open)
        large.closed.connect(self.close)
        large.step_wanted.connect(self._step)
        detail.large_wanted.connect(self.open)

    @property
    def is_open(self) -> bool:
        """Whether a photo is shown in the tiles' place."""
        return self._stack.currentWidget() is self._large

    @Slot()
    def open(self) -> None:
        """Shows the photo of the current tile in the tiles' place, beside its bars."""
        index = self._grid.currentIndex()
        if not index.isValid():
            return
        # What the keys say there is said of the photo in sight alone.
        self._grid.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        self._stack.setCurrentWidget(self._large)
        self._side.hide()
        self._detail.show_photo(False)
        self._large.setFocus()
        self.follow(index)

    @Slot()
    def close(self) -> None:
        """Back to the tiles."""
        if self.is_open:
            self._stack.setCurrentIndex(self._tiles)
            self._side.show()
            self._detail.show_photo(True)
            self._grid.scrollTo(self._grid.currentIndex())
            self._grid.setFocus()

    def follow(self, index: QModelIndex) -> None:
        """Shows the photo of a tile, if one is shown at all."""
        if not self.is_open:
            return
        order = self._grid.order
        position = order.position(index.row()) if index.isValid() else None
        if position is None:
            self._large.show_entry(None, "", None)
            return
        following = position + 1
        coming = None
        if following < len(order):
            coming = self._grid.model().index(order.at(following), 0).data(ENTRY_ROLE)
        place = f"{position + 1:,} of {len(order):,}"
        self._large.show_entry(index.data(ENTRY_ROLE), place, coming)

    @Slot(int)
    def _step(self, by: int) -> None:
        order = self._grid.order
        position = order.position(self._grid.currentIndex().row())
        if position is not None:
            target = max(0, min(position + by, len(order) - 1))
            self._grid.setCurrentIndex(self._grid.model().index(order.at(target), 0))
