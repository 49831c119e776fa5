"""What stands above the tiles: Filter, Sort, Second opinion, and the chips of the filter."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from emotion_desktop.domain.text import counted
from emotion_desktop.ui.gallery.entries import SortOrder
from emotion_desktop.ui.gallery.filter import GalleryFilter
from emotion_desktop.ui.gallery.filter_panel import FilterChips
from emotion_desktop.ui.widgets.choice_box import ChoiceBox


class GalleryToolbar(QWidget):
    """Signals say what the user wants."""

    filter_wanted = Signal()
    #: The GalleryFilter that is left when a chip was taken away.
    filter_changed = Signal(object)
    #: A SortOrder.
    order_changed = Signal(object)
    #: The photos that another model has read are to be read with the one in use.
    read_again_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.filter = QPushButton("Filter")
        self.filter.setToolTip("Shows some photos only: how sure, which emotion, which model.")
        self.order = ChoiceBox()
        for order in SortOrder:
            self.order.addItem(order.value, order)
        self.order.setAccessibleName("Sort by")
        self.order.setToolTip("The order of the photos within each section")
        self.second = QPushButton("Second opinion")
        self.second.setToolTip("Asks another model about the photos that are here.")
        self.filter.setCheckable(True)
        self.second.setProperty("role", "menu")
        self.second.setMenu(QMenu(self.second))
        self.chips = FilterChips()
        self.stale = QPushButton()
        self.stale.setProperty("role", "chip")
        self.stale.hide()
        self._lay_out()
        self.filter.clicked.connect(self._open_filter)
        self.chips.changed.connect(self.filter_changed)
        self.order.currentIndexChanged.connect(self._order_chosen)
        self.stale.clicked.connect(self.read_again_wanted)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(16, 10, 16, 6)
        top.setSpacing(8)
        top.addWidget(self.filter)
        top.addWidget(self.order)
        top.addWidget(self.second)
        top.addStretch(1)
        again = QHBoxLayout()
        again.setContentsMargins(16, 0, 16, 0)
        again.addWidget(self.stale)
        again.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.chips)
        layout.addLayout(again)

    def show_filter(self, chosen: GalleryFilter) -> None:
        """Shows what is filtered."""
        self.chips.show_filter(chosen)
        self.filter.setChecked(bool(chosen))

    def show_stale(self, photos: int, model: str) -> None:
        """Offers to read photos again that another model has read.

        Args:
            photos: how many; none hides the offer.
            model: the one in use, for people.
        """
        self.stale.setVisible(photos > 0)
        self.stale.setText(f"{counted(photos, 'tile')} of another model: read again with “{model}”")

    @Slot(bool)
    def _open_filter(self, checked: bool) -> None:
        self.filter.setChecked(not checked)  # it shows whether there is a filter, no click does
        self.filter_wanted.emit()

    @Slot(int)
    def _order_chosen(self, number: int) -> None:
        # Qt gives the text back, not the value.
        self.order_changed.emit(SortOrder(self.order.itemData(number)))
