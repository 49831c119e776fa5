"""The photos of the data set: a filter above, tiles in the middle, one in full at the right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.ui.catalogue_reader import CatalogueReader
from emotion_desktop.ui.dataset.detail import PhotoPanel
from emotion_desktop.ui.dataset.model import PHOTO_ROLE, TITLES, PhotoModel
from emotion_desktop.ui.dataset.tile import PhotoTile
from emotion_desktop.ui.gallery.correct_menu import CorrectMenu
from emotion_desktop.ui.image_loader import ImageLoader
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.basics import wrapping_label
from emotion_desktop.ui.widgets.choice_box import ChoiceBox
from emotion_desktop.ui.widgets.section_grid import SectionGrid

if TYPE_CHECKING:  # not before the window is shown
    from emotion_desktop.workspace.catalogue.browse import FilteredPhotos
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.catalogue.sources import Source

_TYPING_MS = 250
_DETAIL = "photo detail"


def _load_tile(path: Path, side: int) -> Any:
    from emotion_desktop.imaging.thumbnails import thumbnail

    return thumbnail(path, side)


class PhotosView(QSplitter):
    """Shows the photos that match; tells what is wanted of those that are selected."""

    #: Numbers of photos, and the emotion; empty to take the user's label back.
    label_wanted = Signal(list, str)
    #: Numbers of photos, and whether to leave them out or take them in again.
    exclude_wanted = Signal(list, bool)
    filter_changed = Signal()

    def __init__(
        self, reader: CatalogueReader, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._reader = reader
        self._card = ""
        self._found_by: dict[str, Any] | None = None
        self.model = PhotoModel(reader, self)
        self.tiles = ImageLoader(threads=2, cache_bytes=48 << 20, parent=self)
        self.pictures = ImageLoader(threads=1, cache_bytes=48 << 20, parent=self)
        self._delegate = PhotoTile(self._picture, theme, self)
        self.grid = SectionGrid(self._delegate, theme, TITLES)
        self.grid.setModel(self.model)
        self.grid.setAccessibleName("Photos of the data set")
        self._nothing = wrapping_label(role="muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._nothing.hide()
        self.panel = PhotoPanel(self.pictures, theme)
        self.summary = QLabel()
        self.part = ChoiceBox()
        self.part.setAccessibleName("Part of the split")
        self.source = ChoiceBox()
        self.source.setAccessibleName("Source")
        self.person = QLineEdit()
        self.person.setPlaceholderText("Find a person or a file")
        self.person.setClearButtonEnabled(True)
        self.person.setAccessibleName("Find a person or a file")
        self.card = QPushButton()
        self.card.setToolTip("Show all photos again")
        self.card.hide()
        self.section = QPushButton()
        self.section.setToolTip("Show all photos again")
        self.section.hide()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._lay_out()
        self._connect()
        self.show_splits(False)
        self.show_sources([])

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(14, 8, 14, 6)
        top.setSpacing(8)
        top.addWidget(self.summary)
        top.addWidget(self.card)
        top.addWidget(self.section)
        top.addStretch(1)
        self.person.setFixedWidth(170)
        for widget in (self.part, self.source, self.person):
            top.addWidget(widget)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.grid, 1)
        QVBoxLayout(self.grid.viewport()).addWidget(self._nothing)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self.addWidget(middle)
        self.addWidget(self.panel)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)
        self.setSizes([700, 320])

    def _connect(self) -> None:
        self.tiles.loaded.connect(self._on_tile_loaded)
        self.part.currentIndexChanged.connect(self.filter_changed)
        self.source.currentIndexChanged.connect(self.filter_changed)
        self.person.textChanged.connect(self._typing.start)
        self._typing.timeout.connect(self.filter_changed)
        self.card.clicked.connect(lambda: self.show_card("", ""))
        self.grid.selectionModel().currentChanged.connect(self._ask_for_detail)
        self.grid.selectionModel().selectionChanged.connect(self._selection_changed)
        self.grid.label_wanted.connect(self._label)
        self.panel.label_wanted.connect(self._label)
        self.grid.exclude_wanted.connect(self._exclude)
        self.grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.grid.customContextMenuRequested.connect(self._offer_actions)
        self.panel.exclude_wanted.connect(self._exclude)
        self.model.dataChanged.connect(self._on_rows_read)
        self._reader.answered.connect(self._answered)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._delegate.theme = self.grid.theme = theme
        self.panel.set_theme(theme)
        self.grid.viewport().update()

    def stop(self) -> None:
        """Ends what runs in the background."""
        self._typing.stop()
        self.tiles.stop()
        self.pictures.stop()

    # -- the filter ----------------------------------------------------------------------------

    def show_splits(self, chosen: bool) -> None:
        """Offers the parts of a split, if one is chosen."""
        self.part.blockSignals(True)
        self.part.clear()
        self.part.addItem("All parts", "")
        for part, text in (
            ("training", "Training"),
            ("validation", "Validation"),
            ("test", "Sealed test"),
            ("none", "In no part"),
        ):
            self.part.addItem(text, part)
        self.part.setVisible(chosen)
        self.part.blockSignals(False)

    def show_sources(self, sources: Sequence[Source]) -> None:
        """Offers the sources, if there are several."""
        now = self.source.currentData()
        self.source.blockSignals(True)
        self.source.clear()
        self.source.addItem("All sources", None)
        for source in sources:
            self.source.addItem(source.title, source.number)
        self.source.setCurrentIndex(max(0, self.source.findData(now)))
        self.source.setVisible(len(sources) > 1)
        self.source.blockSignals(False)

    def show_card(self, card: str, title: str) -> None:
        """Shows the photos behind a health card alone; an empty one shows all."""
        self._card = card
        self.card.setText(f"{title}  ×")
        self.card.setAccessibleName(f"Showing {title}; show all photos again")
        self.card.setVisible(bool(card))
        self.filter_changed.emit()

    def name_section(self, section: str) -> None:
        """Says that the photos of a section alone are shown; an empty one is none."""
        self.section.setText(f"{TITLES.get(section, section)}  ×")
        self.section.setAccessibleName(f"Showing {TITLES.get(section, section)}; show all again")
        self.section.setVisible(bool(section))

    def filter_words(self) -> dict[str, Any]:
        """What is chosen here, by the names of workspace.catalogue.browse.Filter."""
        return {
            "part": self.part.currentData() or "",
            "source": self.source.currentData(),
            "person": self.person.text().strip(),
            "card": self._card,
        }

    # -- photos --------------------------------------------------------------------------------

    def show_found(self, found: FilteredPhotos, words: dict[str, Any] | None = None) -> None:
        """Shows the photos that match. The photo in full stays; of another filter it is the first.

        Args:
            words: the filter they were found by.
        """
        another = self._found_by not in (None, words)
        self._found_by = words
        current = self.grid.currentIndex()
        number = self.model.numbers([current.row()])[0] if current.isValid() else None
        selected = set(self.selected())
        self.model.show_found(found)
        self.grid.arrange(self.model.sections)
        total = len(found.numbers)
        self.summary.setText(f"{total:,} photo{'s' * (total != 1)}")
        self._nothing.setText(_no_photo_words(words or {}))
        self._nothing.setVisible(not total)
        if another:
            self.grid.verticalScrollBar().setValue(0)
            row = 0
        else:
            kept = None if number is None else self.model.row_of(number)
            row = min(current.row(), total - 1) if kept is None else kept
        if not 0 <= row < total:
            self.panel.show_photo(None, 0)
            return
        self.grid.setCurrentIndex(self.model.index(row, 0))
        if len(selected) > 1 and number in selected and not another:
            self._select(row for row, photo in enumerate(found.numbers) if photo in selected)

    def _select(self, rows: Iterable[int]) -> None:
        selection = QItemSelection()
        for row in rows:
            index = self.model.index(row, 0)
            selection.select(index, index)
        self.grid.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.Select)

    def selected(self) -> list[int]:
        """The numbers of the selected photos."""
        return self.model.numbers(self._selected_rows())

    def _selected_rows(self) -> list[int]:
        rows: list[int] = []
        selection = self.grid.selectionModel().selection()
        for number in range(selection.count()):
            part = selection.at(number)
            rows += range(part.top(), part.bottom() + 1)
        return sorted(rows)

    def _picture(self, path: Path, side: int) -> QPixmap | None:
        return self.tiles.get(("data tile", str(path), side), lambda: _load_tile(path, side))

    @Slot(object)
    def _on_tile_loaded(self, _: object) -> None:
        self.grid.viewport().update()

    @Slot()
    def _on_rows_read(self) -> None:
        self.grid.viewport().update()

    @Slot(QModelIndex)
    def _ask_for_detail(self, index: QModelIndex) -> None:
        if not index.isValid():
            self.panel.show_photo(None, 0)
            return
        (number,) = self.model.numbers([index.row()])

        def question(catalogue: Catalogue) -> Any:
            from emotion_desktop.workspace.catalogue.browse import photo_detail

            return photo_detail(catalogue, number)

        self._reader.request(_DETAIL, question)

    @Slot(str, object)
    def _answered(self, topic: str, answer: Any) -> None:
        if topic == _DETAIL and self.grid.currentIndex().isValid():
            self.panel.show_photo(answer, len(self.selected()))

    @Slot(QItemSelection, QItemSelection)
    def _selection_changed(self, *_: QItemSelection) -> None:
        self.grid.viewport().update()
        self._ask_for_detail(self.grid.currentIndex())

    @Slot(str)
    def _label(self, emotion: str) -> None:
        photos = self.selected()
        if photos:
            self.label_wanted.emit(photos, emotion)
            self._go_on()

    @Slot(QPoint)
    def _offer_actions(self, point: QPoint) -> None:
        """What can be done to the photos that are selected."""
        if not self.grid.indexAt(point).isValid():
            return
        menu = CorrectMenu(self.grid.theme, self, back="What its source says")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.chosen.connect(self._label)
        menu.addSeparator()
        menu.addAction(f"{self.panel.exclude.text()}\tDel", self._exclude)
        menu.addAction("Open the photo", self.panel.open_photo)
        menu.popup(self.grid.viewport().mapToGlobal(point))

    @Slot()
    def _exclude(self) -> None:
        photos = self.selected()
        if photos:
            photo = self.grid.currentIndex().data(PHOTO_ROLE)
            self.exclude_wanted.emit(photos, photo is None or photo.excluded is None)
            self._go_on()

    def _go_on(self) -> None:
        """What was selected is decided: the next photo of its section is looked at."""
        row = self.model.next_to_decide(self._selected_rows())
        if row is not None:
            self.grid.setCurrentIndex(self.model.index(row, 0))


def _no_photo_words(words: Mapping[str, Any]) -> str:
    """Why no photo is shown, and what to do."""
    if words.get("person"):
        return (
            f"No photo is of a person, or has a name, with “{words['person']}” in it. Empty the "
            "field above to see all of them."
        )
    if words.get("card"):
        return "None is left of these. Click the × above to see all photos."
    return "There is no photo like that. Click the × above to see all photos."
