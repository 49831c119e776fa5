"""The sorted photos: sections at the left, tiles in the middle, one face in full at the right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QItemSelection,
    QModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from emotion_desktop.domain.geometry import Box
from emotion_desktop.domain.prediction import PhotoStatus, Prediction
from emotion_desktop.ui.describe import model_title
from emotion_desktop.ui.gallery.detail import DetailPanel
from emotion_desktop.ui.gallery.entries import (
    NO_FACE,
    SECTIONS,
    TITLES,
    UNREADABLE,
    Entry,
    SortOrder,
)
from emotion_desktop.ui.gallery.filter import GalleryFilter
from emotion_desktop.ui.gallery.filter_panel import FilterPanel
from emotion_desktop.ui.gallery.large_photos import LargePhotos
from emotion_desktop.ui.gallery.large_view import LargeView
from emotion_desktop.ui.gallery.model import ENTRY_ROLE
from emotion_desktop.ui.gallery.next_tile import next_to_look_at, rows_beside
from emotion_desktop.ui.gallery.side_column import SideColumn
from emotion_desktop.ui.gallery.tile import TileDelegate
from emotion_desktop.ui.gallery.tile_actions import TileActions
from emotion_desktop.ui.gallery.tiles import Corrections, GalleryContent, GalleryTiles
from emotion_desktop.ui.gallery.toolbar import GalleryToolbar
from emotion_desktop.ui.image_loader import ImageLoader
from emotion_desktop.ui.widgets.grid_selection import count_selected
from emotion_desktop.ui.widgets.section_grid import SectionGrid
from emotion_desktop.ui.widgets.section_view import SectionAction

if TYPE_CHECKING:  # not before the window is shown
    from emotion_desktop.domain.model import ModelCard
    from emotion_desktop.ui.theme import Theme

_REARRANGE_MS: Final = 150


def _load_tile(entry: Entry, side: int) -> Any:
    from emotion_desktop.imaging.thumbnails import thumbnail

    return thumbnail(entry.path, side, entry.face.box if entry.face else None)


class GalleryView(QSplitter):
    """Shows predictions as they come; arranged by section and order."""

    #: Paths of photos that the user wants classified as a whole.
    whole_wanted = Signal(list)
    #: Paths of photos that are to be read with the model in use.
    read_again_wanted = Signal(list)
    clear_wanted = Signal()
    #: Paths of photos that are to go from the gallery, as texts.
    remove_wanted = Signal(list)
    #: A PredictionFormat: what the predictions are to be saved as.
    save_wanted = Signal(object)
    #: The emotion a person sees in the faces selected; empty for what the model says.
    correction_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.shown = GalleryTiles(self)
        self.model = self.shown.model
        self.tiles = ImageLoader(threads=2, cache_bytes=64 << 20, parent=self)
        self.pictures = ImageLoader(threads=1, cache_bytes=96 << 20, parent=self)
        self._shown_first = -1
        self._model_in_use = ""
        self.side = SideColumn(theme)
        self.toolbar = GalleryToolbar()
        self.filter_panel = FilterPanel(theme, self)
        self._delegate = TileDelegate(self._picture, theme, self._differs, self)
        self.grid = SectionGrid(
            self._delegate, theme, TITLES, SectionAction(NO_FACE, "Classify the whole photos")
        )
        self.grid.setAccessibleName("Photos by expression")
        self.grid.setModel(self.model)
        self.grid.let_drag()
        self.large = LargeView(self.pictures, theme)
        self.detail = DetailPanel(self.pictures, theme)
        self.tile_actions = TileActions(self.grid, self.model, theme)
        self.sections, self.order = self.side.sections, self.toolbar.order
        self.second, self.save = self.toolbar.second, self.side.save
        self._clear = self.side.clear
        self._rearrange = QTimer(self)
        self._rearrange.setSingleShot(True)
        self._rearrange.setInterval(_REARRANGE_MS)
        self._lay_out()
        self._connect()
        self.side.show_size(self._delegate.least_side)

    def _lay_out(self) -> None:
        tiles_page = QWidget()
        column = QVBoxLayout(tiles_page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self.grid, 1)
        middle = QStackedWidget()
        middle.addWidget(tiles_page)
        self.large_photos = LargePhotos(middle, self.side, self.grid, self.large, self.detail)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        for number, widget in enumerate((self.side, middle, self.detail)):
            self.addWidget(widget)
            self.setStretchFactor(number, int(widget is middle))
        self.setSizes([self.side.width(), 720, 350])

    def _connect(self) -> None:
        self.tiles.loaded.connect(self._on_tile_loaded)
        self._rearrange.timeout.connect(self._show_arrangement)
        self._connect_grid()
        self._connect_large()
        self._connect_actions()
        toolbar, side = self.toolbar, self.side
        toolbar.filter_wanted.connect(self._open_filter)
        toolbar.filter_changed.connect(self.set_filter)
        toolbar.order_changed.connect(self._sort)
        toolbar.read_again_wanted.connect(self._ask_to_read_again)
        self.filter_panel.changed.connect(self.set_filter)
        side.sections.chosen.connect(self._go_to)
        side.searched.connect(lambda text: self.set_filter(replace(self.shown.wanted, text=text)))
        side.search_left.connect(self.grid.setFocus)
        side.size_wanted.connect(self.grid.zoom)
        side.save_wanted.connect(self.save_wanted)
        side.clear_wanted.connect(self.clear_wanted)
        self.detail.correct_menu.chosen.connect(self.correction_wanted)
        self.detail.whole_wanted.connect(self.whole_wanted)
        self.detail.face_clicked.connect(self._go_to_face)

    def _connect_grid(self) -> None:
        grid = self.grid
        grid.selectionModel().currentChanged.connect(self._show_current)
        grid.selectionModel().selectionChanged.connect(self._selection_changed)
        grid.action_wanted.connect(self._ask_for_all_whole)
        grid.label_wanted.connect(self.correction_wanted)
        grid.zoomed.connect(self.side.show_size)

    def _connect_large(self) -> None:
        self.large.label_wanted.connect(self.correction_wanted)
        self.large.remove_wanted.connect(self.tile_actions.remove)
        self.large.face_clicked.connect(self._go_to_face)

    def _connect_actions(self) -> None:
        self.tile_actions.large_wanted.connect(self.large_photos.open)
        self.tile_actions.label_wanted.connect(self.correction_wanted)
        self.tile_actions.remove_wanted.connect(self.remove_wanted)
        self.detail.open_wanted.connect(self.tile_actions.open_photo)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._delegate.theme = self.grid.theme = theme
        for part in (self.side, self.detail, self.large, self.filter_panel, self.tile_actions.menu):
            part.set_theme(theme)
        self.grid.viewport().update()

    # -- what stands here ----------------------------------------------------------------------

    @property
    def opinions(self) -> Any:
        """What other models say of the photos."""
        return self.shown.opinions

    @property
    def corrections(self) -> Corrections:
        """All corrections of faces."""
        return self.shown.corrections

    def add(self, predictions: list[Prediction], card: ModelCard | None = None) -> int:
        """Adds photos; one that is there already has a new prediction from now on.

        Args:
            card: that of the model that made the predictions.

        Returns:
            how many photos are new, or have another prediction now.
        """
        was_empty = not self.model.entries
        news = self.shown.add(predictions, card)
        if was_empty and self.model.entries:
            # The first photo is shown at once; later ones in steps the eye can follow.
            self._show_arrangement()
            self.grid.setFocus()  # keys move about and correct from here on
        elif news and not self._rearrange.isActive():
            self._rearrange.start()
        return news

    def add_opinions(self, model: str, predictions: list[Prediction]) -> None:
        """Adds what another model says of photos that are here."""
        if self.shown.add_opinions(model, predictions) and not self._rearrange.isActive():
            self._rearrange.start()
        self.grid.viewport().update()
        self._show_current(self.grid.currentIndex())

    def predictions(self) -> list[Prediction]:
        """Those of the photos that are here, each once, in the order they came."""
        return self.shown.predictions()

    def photos(self) -> list[Path]:
        """The photos that are here, each once, in the order they came."""
        return [Path(path) for path in dict.fromkeys(e.prediction.path for e in self.model.entries)]

    def selected_entries(self) -> list[Entry]:
        """The tiles selected."""
        return self.tile_actions.selected()

    def show_corrections(self, corrections: Mapping[tuple[bytes, Box], str | None]) -> None:
        """Shows corrections of faces; None where one was taken back."""
        current = self.grid.currentIndex().row()
        beside = rows_beside(current, self.grid.order)
        old = self.shown.correct(corrections)
        if not old:
            return
        current = next_to_look_at(current, beside, old, self.model.entries)
        self._show_arrangement()
        self.grid.deselect_hidden()
        if current >= 0:
            self.grid.setCurrentIndex(self.model.index(current, 0))
            self._show_current(self.grid.currentIndex())

    def clear(self) -> None:
        """Empties the gallery."""
        self.large_photos.close()
        self.shown.clear()
        self._shown_first = -1
        self.set_filter(GalleryFilter())

    def remove(self, paths: list[str]) -> None:
        """Takes photos out; the next one is looked at."""
        position = self.grid.order.position(self.grid.currentIndex().row())
        self.shown.remove(set(paths))
        self._show_arrangement()
        order = self.grid.order
        if position is not None and len(order):
            row = order.at(min(position, len(order) - 1))
            self.grid.setCurrentIndex(self.model.index(row, 0))

    def content(self) -> GalleryContent:
        """All that stands here, to be put back later."""
        return self.shown.content()

    def put_back(self, content: GalleryContent) -> None:
        """Shows what stood here; photos that came since stay behind it."""
        self.shown.put_back(content)
        self._show_arrangement()

    def stop(self) -> None:
        """Ends what runs in the background."""
        self._rearrange.stop()
        self.tiles.stop()
        self.pictures.stop()

    # -- order and filter ----------------------------------------------------------------------

    @Slot(object)
    def set_filter(self, wanted: GalleryFilter) -> None:
        """Shows some of the tiles only; none is selected that is not shown."""
        self.shown.wanted = wanted
        self.side.show_search(wanted.text)
        self.filter_panel.show_filter(wanted)
        self.toolbar.show_filter(wanted)
        self._show_arrangement()
        self.grid.deselect_hidden()

    @Slot()
    def start_search(self) -> None:
        """Lets the user type a name."""
        self.large_photos.close()
        self.side.start_search()

    @Slot()
    def _open_filter(self) -> None:
        models = self.model.columns.models()
        asked = bool(self.shown.opinions)
        self.filter_panel.open_below(self.toolbar.filter, models, asked=asked)

    def show_model(self, reference: str) -> None:
        """Tells which model is in use: tiles of another one are offered to be read again."""
        self._model_in_use = model_title(reference)
        self._show_stale()

    def _show_stale(self) -> None:
        models = self.model.columns.models()
        others = sum(n for model, n in models.items() if model not in ("", self._model_in_use))
        self.toolbar.show_stale(others, self._model_in_use)

    @Slot()
    def _show_arrangement(self) -> None:
        order = self.shown.in_order()
        self.grid.arrange(order)
        counts = dict.fromkeys(SECTIONS, 0) | {name: len(rows) for name, rows in order.items}
        self.sections.set_counts(counts)
        shown = len(order) if self.shown.wanted else None
        unread = self.shown.arrangement.counts()[UNREADABLE]
        faces = self.model.columns.faces()
        self.side.show_counts(self.model.photos, faces, unread, shown)
        self._show_stale()
        self._follow_first()
        self.large_photos.follow(self.grid.currentIndex())

    def _follow_first(self) -> None:
        """As long as the user selected nothing and scrolled nowhere, the first tile is shown."""
        untouched = self.grid.currentIndex().row() in (-1, self._shown_first)
        if count_selected(self.grid.selectionModel().selection()) > 1:
            return
        order = self.grid.order
        if len(order) and untouched and self.grid.verticalScrollBar().value() == 0:
            self._shown_first = order.at(0)
            self.grid.setCurrentIndex(self.model.index(self._shown_first, 0))

    @Slot(object)
    def _sort(self, order: SortOrder) -> None:
        self.shown.sort(order)
        self._show_arrangement()
        self.grid.verticalScrollBar().setValue(0)
        if order is SortOrder.DISAGREE and not self.opinions:
            # There is nobody to disagree yet: another model must be asked first.
            below = self.second.rect().bottomLeft()
            self.second.menu().popup(self.second.mapToGlobal(below))

    # -- one tile ------------------------------------------------------------------------------

    def _picture(self, entry: Entry, side: int) -> QPixmap | None:
        box = entry.face.box if entry.face else None
        return self.tiles.get((entry.prediction.path, box, side), lambda: _load_tile(entry, side))

    def _differs(self, entry: Entry) -> bool:
        return bool(self.opinions) and self.opinions.differs(entry)

    @Slot(object)
    def _on_tile_loaded(self, _: object) -> None:
        self.grid.viewport().update()

    @Slot(QModelIndex)
    def _show_current(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY_ROLE) if index.isValid() else None
        others = self.opinions.for_entry(entry) if entry is not None else {}
        self.detail.show_entry(entry, others)
        self.large_photos.follow(index)

    @Slot(QItemSelection, QItemSelection)
    def _selection_changed(self, *_: QItemSelection) -> None:
        self.detail.show_selected(count_selected(self.grid.selectionModel().selection()))
        self.grid.viewport().update()

    @Slot(str)
    def _go_to(self, section: str) -> None:
        """Shows a section, with its first tile in full: the keys go on from there."""
        self.large_photos.close()
        self.grid.show_section(section)
        order = self.grid.order
        names = [name for name, _ in order.items]
        if section in names:
            row = order.at(order.first(names.index(section)))
            self.grid.setCurrentIndex(self.model.index(row, 0))
        self.grid.setFocus()

    @Slot(object)
    def _go_to_face(self, box: Box) -> None:
        """Shows another face of the photo that is shown."""
        entry = self.detail.entry
        if entry is None:
            return
        for row in self.model.rows_of(entry.prediction.path):
            face = self.model.entries[row].face
            if face is not None and face.box == box:
                if self.grid.order.position(row) is None:  # filtered out, or folded
                    self.set_filter(GalleryFilter())
                    self.grid.fold(())
                self.grid.setCurrentIndex(self.model.index(row, 0))

    # -- reading again -------------------------------------------------------------------------

    @Slot()
    def _ask_for_all_whole(self) -> None:
        self.whole_wanted.emit(
            [
                entry.path
                for entry in self.model.entries
                if entry.prediction.status is PhotoStatus.NO_FACE
            ]
        )

    @Slot()
    def _ask_to_read_again(self) -> None:
        others = self.shown.read_by_others(self._model_in_use)
        self.read_again_wanted.emit([Path(path) for path in others])
