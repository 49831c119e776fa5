"""The sorted photos: sections at the left, tiles in the middle, one face in full at the right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QItemSelection, QModelIndex, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.geometry import Box
from emotion_desktop.domain.prediction import PhotoStatus, Prediction
from emotion_desktop.jobs.gallery.specs import PredictionFormat
from emotion_desktop.ui.gallery.detail import DetailPanel
from emotion_desktop.ui.gallery.entries import (
    NO_FACE,
    TITLES,
    Arrangement,
    Entry,
    SortOrder,
    entries_of,
)
from emotion_desktop.ui.gallery.model import ENTRY_ROLE, GalleryModel
from emotion_desktop.ui.gallery.opinions import Opinions
from emotion_desktop.ui.gallery.section_list import SectionList
from emotion_desktop.ui.gallery.tile import TileDelegate
from emotion_desktop.ui.image_loader import ImageLoader
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.choice_box import ChoiceBox
from emotion_desktop.ui.widgets.section_grid import SectionAction, SectionGrid

if TYPE_CHECKING:  # not before the window is shown
    from emotion_desktop.domain.model import ModelCard

_REARRANGE_MS = 150
_FORMS: Final = {
    "A table (CSV)…": PredictionFormat.TABLE,
    "All details (JSON)…": PredictionFormat.DETAILS,
    "Copies of the photos, a folder per emotion…": PredictionFormat.COPIES,
}


def _load_tile(entry: Entry, side: int) -> Any:
    from emotion_desktop.imaging.thumbnails import thumbnail

    return thumbnail(entry.path, side, entry.face.box if entry.face else None)


#: Corrections of faces: the emotion, by the photo's digest and the face's box.
Corrections = Mapping[tuple[bytes, Box], str]


def _corrected(entry: Entry, corrections: Corrections) -> Entry:
    """The entry with its correction; the same object where that has not changed."""
    if entry.face is None:
        return entry
    emotion = corrections.get((entry.prediction.digest or b"", entry.face.box))
    return entry if emotion == entry.correction else replace(entry, correction=emotion)


@dataclass(frozen=True, slots=True)
class GalleryContent:
    """What stood in the gallery."""

    entries: list[Entry]
    opinions: Opinions


class GalleryView(QSplitter):
    """Shows predictions as they come; arranged by section and order."""

    #: Paths of photos that the user wants classified as a whole.
    whole_wanted = Signal(list)
    clear_wanted = Signal()
    #: A PredictionFormat: what the predictions are to be saved as.
    save_wanted = Signal(object)
    #: The emotion a person sees in the faces selected; empty for what the model says.
    correction_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.model = GalleryModel(self)
        self.tiles = ImageLoader(threads=2, cache_bytes=64 << 20, parent=self)
        self.pictures = ImageLoader(threads=1, cache_bytes=64 << 20, parent=self)
        self.opinions = Opinions()
        self._arrangement = Arrangement(disagreement=self.opinions.disagreement)
        self._shown_first = -1
        self._corrections: Corrections = {}
        self.sections = SectionList(theme)
        self._delegate = TileDelegate(self._picture, theme, self)
        self.grid = SectionGrid(
            self._delegate, theme, TITLES, SectionAction(NO_FACE, "Classify the whole photos")
        )
        self.grid.setAccessibleName("Photos by expression")
        self.grid.setModel(self.model)
        self.detail = DetailPanel(self.pictures, theme)
        self.order = ChoiceBox()
        for order in SortOrder:
            self.order.addItem(order.value, order)
        self.order.setAccessibleName("Sort by")
        self._summary = QLabel()
        self.second = QPushButton("Second opinion")
        self.second.setToolTip("Asks another model about the photos that are here.")
        self.second.setProperty("role", "menu")
        self.second.setMenu(QMenu(self.second))
        self.save = QPushButton("Save")
        self.save.setToolTip("Saves the predictions of all photos here, and your corrections.")
        self.save.setProperty("role", "menu")
        self.save.setMenu(QMenu(self.save))
        for text, form in _FORMS.items():
            action = self.save.menu().addAction(text)
            action.triggered.connect(lambda _=False, form=form: self.save_wanted.emit(form))
        self._clear = QPushButton("Clear")
        self._clear.setToolTip("Empties the gallery. No photo is deleted.")
        self._rearrange = QTimer(self)
        self._rearrange.setSingleShot(True)
        self._rearrange.setInterval(_REARRANGE_MS)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(16, 10, 16, 6)
        top.addWidget(self._summary, 1)
        top.setSpacing(8)
        top.addWidget(QLabel("Sort"))
        top.addWidget(self.order)
        top.addWidget(self.second)
        # What is cut off first where there is little room.
        self._summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(16, 0, 8, 14)
        buttons.setSpacing(8)
        buttons.addWidget(self.save)
        buttons.addWidget(self._clear)
        left = QWidget()
        rows = QVBoxLayout(left)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.sections, 1)
        rows.addLayout(buttons)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.grid, 1)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        for number, widget in enumerate((left, middle, self.detail)):
            self.addWidget(widget)
            self.setStretchFactor(number, int(widget is middle))
        self.setSizes([190, 720, 350])

    def _connect(self) -> None:
        self.tiles.loaded.connect(self._on_tile_loaded)
        self.order.currentIndexChanged.connect(self._sort)
        self.sections.chosen.connect(self._go_to)
        self.grid.selectionModel().currentChanged.connect(self._show_current)
        self.grid.selectionModel().selectionChanged.connect(self._selection_changed)
        self.grid.action_wanted.connect(self._ask_for_all_whole)
        self.grid.label_wanted.connect(self.correction_wanted)
        self.grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.grid.customContextMenuRequested.connect(self._offer_corrections)
        self.detail.correct_menu.chosen.connect(self.correction_wanted)
        self.detail.whole_wanted.connect(self.whole_wanted)
        self._clear.clicked.connect(self.clear_wanted)
        self._rearrange.timeout.connect(self._show_arrangement)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._delegate.theme = self.grid.theme = theme
        for part in (self.sections, self.detail):
            part.set_theme(theme)
        self.grid.viewport().update()

    def add(self, predictions: list[Prediction], card: ModelCard | None = None) -> None:
        """Adds photos; one that is there already has a new prediction from now on.

        Args:
            card: that of the model that made the predictions.
        """
        known = {entry.prediction.path for entry in self.model.entries}
        again = {prediction.path for prediction in predictions} & known
        if again:
            kept = [entry for entry in self.model.entries if entry.prediction.path not in again]
            self.model.replace(kept)
            self._arrangement = self._sorted(kept, self._arrangement.order)
        entries = [e for p in predictions for e in entries_of(p, self._corrections, card)]
        was_empty = not self.model.entries
        first = self.model.append(entries)
        self._arrangement.add(entries, first)
        if was_empty and entries:
            # The first photo is shown at once; later ones in steps the eye can follow.
            self._show_arrangement()
            self.grid.setFocus()  # keys move about and correct from here on
        elif not self._rearrange.isActive():
            self._rearrange.start()

    def add_opinions(self, model: str, predictions: list[Prediction]) -> None:
        """Adds what another model says of photos that are here."""
        self.opinions.add(model, predictions)
        if self._arrangement.order is SortOrder.DISAGREE:
            self._arrangement = self._sorted(self.model.entries, SortOrder.DISAGREE)
            if not self._rearrange.isActive():
                self._rearrange.start()
        self._show_current(self.grid.currentIndex())

    @property
    def corrections(self) -> Corrections:
        """All corrections of faces."""
        return self._corrections

    def predictions(self) -> list[Prediction]:
        """Those of the photos that are here, each once, in the order they came."""
        return list({e.prediction.path: e.prediction for e in self.model.entries}.values())

    def photos(self) -> list[Path]:
        """The photos that are here, each once, in the order they came."""
        return [Path(path) for path in dict.fromkeys(e.prediction.path for e in self.model.entries)]

    def selected_entries(self) -> list[Entry]:
        """The tiles selected."""
        return [index.data(ENTRY_ROLE) for index in self.grid.selectionModel().selectedIndexes()]

    def _sorted(self, entries: list[Entry], order: SortOrder) -> Arrangement:
        return Arrangement.sort(entries, order, self.opinions.disagreement)

    def show_corrections(self, corrections: Mapping[tuple[bytes, Box], str | None]) -> None:
        """Shows corrections of faces; None where one was taken back."""
        self._corrections = {face: named for face, named in corrections.items() if named}
        entries = self.model.entries
        changed = {
            row: new
            for row, old in enumerate(entries)
            if (new := _corrected(old, self._corrections)) is not old
        }
        if not changed:
            return
        current = self._next_to_look_at(self.grid.currentIndex().row(), changed)
        for row, new in changed.items():
            self._arrangement.move(row, entries[row], new)
        self.model.change(changed)
        self._show_arrangement()
        if current >= 0:
            self.grid.setCurrentIndex(self.model.index(current, 0))
            self._show_current(self.grid.currentIndex())

    def _next_to_look_at(self, current: int, changed: Mapping[int, Entry]) -> int:
        """The row itself; if it leaves its section, the next that stays there (or the last)."""
        entries = self.model.entries
        if (
            current < 0
            or changed.get(current, entries[current]).section == entries[current].section
        ):
            return current
        section = entries[current].section
        rows = self._arrangement.rows(section)
        place = rows.index(current)
        stay = [
            row
            for row in (*rows[place:], *rows[:place][::-1])
            if row not in changed or changed[row].section == section
        ]
        return stay[0] if stay else current

    def clear(self) -> None:
        """Empties the gallery."""
        self.model.replace([])
        self.opinions.clear()
        self._arrangement = self._sorted([], self._arrangement.order)
        self._shown_first = -1
        self._show_arrangement()

    def content(self) -> GalleryContent:
        """All that stands here, to be put back later."""
        return GalleryContent(self.model.entries.copy(), self.opinions.copy())

    def put_back(self, content: GalleryContent) -> None:
        """Shows what stood here; photos that came since stay behind it."""
        there = {entry.prediction.path for entry in content.entries}
        since = [e for e in self.model.entries if e.prediction.path not in there]
        self.model.replace([*content.entries, *since])
        self.opinions.update(content.opinions)
        self._arrangement = self._sorted(self.model.entries, self._arrangement.order)
        self._show_arrangement()

    def stop(self) -> None:
        """Ends what runs in the background."""
        self._rearrange.stop()
        self.tiles.stop()
        self.pictures.stop()

    def _picture(self, entry: Entry, side: int) -> QPixmap | None:
        box = entry.face.box if entry.face else None
        return self.tiles.get((entry.prediction.path, box, side), lambda: _load_tile(entry, side))

    @Slot(object)
    def _on_tile_loaded(self, _: object) -> None:
        self.grid.viewport().update()

    @Slot()
    def _show_arrangement(self) -> None:
        self.grid.arrange(self._arrangement.in_order())
        self.sections.set_counts(self._arrangement.counts())
        photos = len({entry.prediction.path for entry in self.model.entries})
        faces = sum(entry.face is not None for entry in self.model.entries)
        self._summary.setText(
            f"{photos:,} photo{'s' * (photos != 1)} · {faces:,} face{'s' * (faces != 1)}"
        )
        self._follow_first()

    def _follow_first(self) -> None:
        """As long as the user selected nothing and scrolled nowhere, the first tile is shown."""
        untouched = self.grid.currentIndex().row() in (-1, self._shown_first)
        order = self.grid.order
        if len(order) and untouched and self.grid.verticalScrollBar().value() == 0:
            self._shown_first = order.at(0)
            self.grid.setCurrentIndex(self.model.index(self._shown_first, 0))

    @Slot(int)
    def _sort(self, number: int) -> None:
        order = SortOrder(self.order.itemData(number))  # Qt gives the text back, not the value
        self._arrangement = self._sorted(self.model.entries, order)
        self._show_arrangement()
        self.grid.verticalScrollBar().setValue(0)
        if order is SortOrder.DISAGREE and not self.opinions:
            # There is nobody to disagree yet: another model must be asked first.
            below = self.second.rect().bottomLeft()
            self.second.menu().popup(self.second.mapToGlobal(below))

    @Slot(QModelIndex)
    def _show_current(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY_ROLE) if index.isValid() else None
        others = self.opinions.for_entry(entry) if entry is not None else {}
        self.detail.show_entry(entry, others)

    @Slot(QItemSelection, QItemSelection)
    def _selection_changed(self, *_: QItemSelection) -> None:
        self.grid.viewport().update()

    @Slot(str)
    def _go_to(self, section: str) -> None:
        """Shows a section, with its first tile in full: the keys go on from there."""
        rows = self._arrangement.rows(section)
        self.grid.show_section(section)
        if rows and self.grid.order.position(rows[0]) is not None:
            self.grid.setCurrentIndex(self.model.index(rows[0], 0))
        self.grid.setFocus()

    @Slot(QPoint)
    def _offer_corrections(self, point: QPoint) -> None:
        if self.detail.correct.isVisibleTo(self.detail) and self.grid.indexAt(point).isValid():
            self.detail.correct_menu.popup(self.grid.viewport().mapToGlobal(point))

    @Slot()
    def _ask_for_all_whole(self) -> None:
        self.whole_wanted.emit(
            [
                entry.path
                for entry in self.model.entries
                if entry.prediction.status is PhotoStatus.NO_FACE
            ]
        )
