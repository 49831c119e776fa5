"""The data set's page: counts at the left, always in sight; photos and health beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.ui.catalogue_reader import CatalogueReader
from emotion_desktop.ui.dataset.empty import EmptyData
from emotion_desktop.ui.dataset.histogram import Histogram
from emotion_desktop.ui.dataset.photos_view import PhotosView
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.widgets.basics import fill_scroll_area
from emotion_desktop.ui.widgets.choice_box import ChoiceBox
from emotion_desktop.ui.widgets.lazy_page import LazyPage

if TYPE_CHECKING:  # not before the window is shown
    from emotion_desktop.domain.split import SplitSummary
    from emotion_desktop.ui.dataset.health_view import HealthView
    from emotion_desktop.ui.dataset.split.view import SplitView
    from emotion_desktop.ui.image_loader import ImageLoader
    from emotion_desktop.workspace.catalogue.counts import PhotoCounts
    from emotion_desktop.workspace.catalogue.sources import Source


class DatasetPage(QStackedWidget):
    """Switches between the invitation and the data set."""

    import_wanted = Signal()
    sources_wanted = Signal()
    export_wanted = Signal()
    #: Other photos, or counts by another split, are to be shown.
    query_changed = Signal()

    def __init__(
        self,
        reader: CatalogueReader,
        theme: Theme,
        make_health: Callable[[Theme], HealthView],
        make_splitting: Callable[[Theme, ImageLoader], SplitView],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.empty = EmptyData(theme)
        self.histogram = Histogram(theme)
        self.photos = PhotosView(reader, theme)
        self._health = LazyPage(lambda: make_health(self._theme))
        self._splitting = LazyPage(lambda: make_splitting(self._theme, self.photos.tiles))
        self._splits: Sequence[SplitSummary] = ()
        #: Photos in the data set, as they were counted last.
        self.photo_count = 0
        self._cards: list[dict[str, Any]] = []
        self.split = ChoiceBox()
        self.split.setAccessibleName("Split")
        self.summary = QLabel()
        self.summary.setProperty("role", "muted")
        self.summary.setWordWrap(True)
        self._section = ""
        self.views = QStackedWidget()
        self.views.addWidget(self.photos)
        self.views.addWidget(self._health)
        self.views.addWidget(self._splitting)
        self.tabs = QButtonGroup(self)
        self.tabs.setExclusive(True)
        self._lay_out()
        self.histogram.chosen.connect(self.choose_section)
        self.photos.filter_changed.connect(self.query_changed)
        self.photos.section.clicked.connect(lambda: self.choose_section(""))
        self.split.currentIndexChanged.connect(self._split_chosen)
        self.tabs.idClicked.connect(self.show_view)
        self.show_splits([])

    def _lay_out(self) -> None:
        import_button = QPushButton("Import…")
        import_button.clicked.connect(self.import_wanted)
        write = QPushButton("Export…")
        write.clicked.connect(self.export_wanted)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(8, 0, 8, 0)
        buttons.addWidget(import_button)
        buttons.addWidget(write)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(6, 12, 6, 10)
        column.setSpacing(8)
        for number, text in enumerate(("Photos", "Health", "Split and balance")):
            tab = QPushButton(text)
            tab.setProperty("role", "flat")
            tab.setCheckable(True)
            tab.setAutoExclusive(True)  # so that it is read as one of several
            tab.setChecked(number == 0)
            self.tabs.addButton(tab, number)
            column.addWidget(tab)
        column.addSpacing(4)
        inner = QVBoxLayout()
        inner.setContentsMargins(8, 0, 8, 0)
        inner.addWidget(self.summary)
        sources = QPushButton("Sources…")
        sources.setToolTip("Where the photos come from; take a source out again.")
        sources.clicked.connect(self.sources_wanted)
        inner.addWidget(sources, 0, Qt.AlignmentFlag.AlignLeft)
        inner.addWidget(self.split)
        column.addLayout(inner)
        scroll = QScrollArea()
        scroll.setAccessibleName("Counts")
        fill_scroll_area(scroll, self.histogram)
        column.addWidget(scroll, 1)
        column.addLayout(buttons)
        left.setFixedWidth(230)
        whole = QWidget()
        layout = QHBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(left)
        layout.addWidget(self.views, 1)
        self._whole = whole
        self.addWidget(self.empty)
        self.addWidget(whole)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        for part in (self.empty, self.histogram, self.photos):
            part.set_theme(theme)
        for view in (self._health, self._splitting):
            if view.is_made:
                view.page.set_theme(theme)

    @property
    def health(self) -> HealthView:
        """The health cards; made when first asked for."""
        fresh = not self._health.is_made
        view = self._health.page
        if fresh:
            view.show_cards(self._cards)
        return view

    @property
    def splitting(self) -> SplitView:
        """The view of splits; made when first asked for."""
        fresh = not self._splitting.is_made
        view = self._splitting.page
        if fresh:
            view.show_splits(self._splits)
        return view

    @property
    def frozen(self) -> Sequence[SplitSummary]:
        """The frozen splits, as they were read last."""
        return self._splits

    def show_cards(self, cards: list[dict[str, Any]]) -> None:
        """Shows the health cards (Card.to_dict())."""
        self._cards = cards
        if self._health.is_made:
            self._health.page.show_cards(cards)

    def stop(self) -> None:
        """Ends what runs in the background."""
        self.photos.stop()

    @Slot(int)
    def show_view(self, number: int) -> None:
        """Brings one of the views to the front: photos, health, splitting."""
        self.tabs.button(number).setChecked(True)
        if number == 1:
            _ = self.health
        elif number == 2:
            _ = self.splitting
        self.views.setCurrentIndex(number)

    @Slot(str)
    def choose_section(self, section: str) -> None:
        """Shows the photos of a section alone; an empty one shows all."""
        self._section = section
        self.histogram.set_current(section)
        self.photos.name_section(section)
        self.show_view(0)
        if not self.histogram.hasFocus():  # its arrow keys go on choosing
            self.photos.grid.setFocus()
        self.query_changed.emit()

    def show_card(self, card: str, title: str) -> None:
        """Shows the photos behind a health card."""
        self._section = ""
        self.histogram.set_current("")
        self.photos.name_section("")
        self.show_view(0)
        # The button that was pressed is out of sight: keys are for the photos.
        self.photos.grid.setFocus()
        self.photos.show_card(card, title)

    def filter_words(self) -> dict[str, Any]:
        """What is chosen, by the names of workspace.catalogue.browse.Filter."""
        words = self.photos.filter_words()
        part = words["part"]
        return {
            **words,
            "section": self._section,
            # Without a part all photos are shown, those of no part too.
            "split": self.split_name if part else "",
        }

    @property
    def split_name(self) -> str:
        """The split that counts are shown by; empty for none."""
        return self.split.currentData() or ""

    def show_counts(self, tally: PhotoCounts | None, sources: Sequence[Source]) -> None:
        """Shows the data set; without photos, how to import some."""
        if tally is None or not tally.photos:
            self.setCurrentWidget(self.empty)
            return
        self.setCurrentWidget(self._whole)
        self.photo_count = tally.photos
        # One whose photos are all gone (a correction taken back, say) is nothing to choose by.
        sources = [source for source in sources if source.photos]
        self.photos.show_sources(sources)
        count = f" from {len(sources):,} sources" if len(sources) > 1 else ""
        self.summary.setText(f"{tally.photos:,} photos of {tally.persons:,} people{count}")

    def show_histogram(self, counts: dict[str, dict[str, int]]) -> None:
        """Shows photos by section and part."""
        self.histogram.show_counts(counts, split=bool(self.split_name))

    def show_splits(self, splits: Sequence[SplitSummary]) -> None:
        """Offers the frozen splits."""
        now = self.split_name
        self.split.blockSignals(True)
        self.split.clear()
        self.split.addItem("Counted without a split", "")
        for split in splits:
            self.split.addItem(f"By split “{split.name}”", split.name)
        self.split.setCurrentIndex(max(0, self.split.findData(now)))
        self.split.setVisible(bool(splits))
        self._splits = splits
        if self._splitting.is_made:
            self._splitting.page.show_splits(splits)
        self.split.blockSignals(False)
        if self.split_name != now:
            self.photos.show_splits(bool(self.split_name))

    @Slot()
    def _split_chosen(self) -> None:
        self.photos.show_splits(bool(self.split_name))
        self.query_changed.emit()
