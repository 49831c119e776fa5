"""Setting a training up: which photos, which preset, where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.split import SplitSummary
from emotion_desktop.training.recipe.presets import RECIPES
from emotion_desktop.training.recipe.recipe import Recipe
from emotion_desktop.ui.training.card import PlaceCard
from emotion_desktop.ui.training.describe import photos_of
from emotion_desktop.ui.training.drawer import RecipeDrawer
from emotion_desktop.ui.widgets.basics import fill_scroll_area
from emotion_desktop.ui.widgets.choice_box import ChoiceBox

#: What a model that a training starts from decides: its net looks at faces in this way alone.
_DECIDED_BY_START: Final = frozenset(
    {"net", "size", "channels", "crop", "extent", "weights", "width", "dropout"}
)
_SCRATCH: Final = ""
#: Narrower than this a card's facts would be hard to read, pixels.
_CARD_WIDTH: Final = 330
#: Around the cards, with the scroll bar at their right, pixels.
_MARGINS: Final = 40
#: Beside it the cards find room in a window of 1280 pixels.
_DRAWER_WIDTH: Final = 370


@dataclass(frozen=True, slots=True)
class Photos:
    """What is trained on: a frozen split, or labelled photos that are split then."""

    split: str = ""
    data: Path | None = None


class _Preset(QPushButton):
    """A recipe as a tile: its name and its summary."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.recipe = recipe
        self.setProperty("role", "tile")
        self.setCheckable(True)
        self.setAutoExclusive(True)  # so that it is read as one of several to choose from
        self.setAccessibleName(recipe.title)
        self.setAccessibleDescription(recipe.summary)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        title = QLabel(recipe.title)
        title.setProperty("role", "headline")
        text = QLabel(recipe.summary)
        text.setProperty("role", "muted")
        text.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setSpacing(4)
        layout.addWidget(title)
        layout.addWidget(text, 1, Qt.AlignmentFlag.AlignTop)
        for label in (title, text):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def heightForWidth(self, width: int) -> int:
        """As high as its words need."""
        layout = self.layout()
        return layout.heightForWidth(width) if layout is not None else super().heightForWidth(width)

    def sizeHint(self) -> QSize:
        """Room for two lines of the summary; more where it is narrow."""
        return QSize(220, 5 * self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """The same height, narrower."""
        return QSize(150, self.sizeHint().height())


class SetupView(QWidget):
    """All settings of a training, and the cards of the places it can run in.

    ``add_card`` puts another place beside “This computer”.
    """

    #: Something that the cards' facts depend on.
    changed = Signal()
    folder_wanted = Signal()
    table_wanted = Signal()
    #: Whether the settings of a recipe are shown beside it.
    drawer_shown = Signal(bool)
    #: Split the labelled photos there are.
    split_wanted = Signal()
    import_wanted = Signal()
    train_here_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._splits: dict[str, SplitSummary] = {}
        self.preset_buttons: dict[str, _Preset] = {}
        title = QLabel("Train a model")
        title.setProperty("role", "title")
        self._advanced = QPushButton("Advanced…")
        self._advanced.setCheckable(True)
        self._advanced.toggled.connect(self._show_drawer)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self._advanced)
        self.drawer = RecipeDrawer()
        self.drawer.setFixedWidth(_DRAWER_WIDTH)
        self.drawer.hide()
        self.drawer.recipe_changed.connect(self._recipe_changed)
        self.here = PlaceCard("This computer", "Train here")
        self.here.train_wanted.connect(self.train_here_wanted)
        self._cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards.setSpacing(16)
        self._cards.addWidget(self.here, 1)
        self._actions = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._actions.setContentsMargins(0, 10, 0, 0)
        self._actions.addWidget(self.here.action, 1)
        self._lay_out(head)
        self.preset_buttons["quick"].setChecked(True)
        self.drawer.show_preset(self.preset_buttons["quick"].recipe)
        self._photos_changed()

    def _lay_out(self, head: QHBoxLayout) -> None:
        inside = QWidget()
        form = QVBoxLayout(inside)
        form.setContentsMargins(0, 0, 8, 0)
        form.setSpacing(8)
        form.addLayout(head)
        form.addSpacing(4)
        form.addLayout(self._fields())
        form.addSpacing(8)
        form.addWidget(_caption("How"))
        form.addLayout(self._presets())
        form.addSpacing(8)
        form.addWidget(_caption("Where"))
        form.addLayout(self._cards)
        form.addStretch(1)
        scroll = QScrollArea()
        fill_scroll_area(scroll, inside)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        line = QFrame()
        line.setProperty("role", "line")
        line.setFixedHeight(1)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(scroll, 1)
        left.addWidget(line)
        left.addLayout(self._actions)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addLayout(left, 1)
        layout.addWidget(self.drawer)

    # -- what is chosen ------------------------------------------------------------------------

    @property
    def photos(self) -> Photos | None:
        """What is trained on; None while nothing is chosen."""
        data = self._photos.currentData()
        return data if isinstance(data, Photos) else None

    @property
    def split(self) -> SplitSummary | None:
        """The frozen split that is chosen, if one is."""
        photos = self.photos
        return self._splits.get(photos.split) if photos else None

    @property
    def start_from(self) -> str:
        """The model that is trained further; empty for a new net."""
        return str(self._start.currentData() or _SCRATCH)

    @property
    def name(self) -> str:
        """What the model is to be called; empty for a name that is found."""
        return self._name.text().strip()

    def forget_name(self) -> None:
        """A name is for one training: the next one gets its own."""
        self._name.clear()

    @property
    def recipe(self) -> Recipe:
        """The recipe with all that was changed of it."""
        return self.drawer.recipe

    def add_card(self, card: PlaceCard) -> None:
        """Puts the card of another place beside “This computer”."""
        self._cards.addWidget(card, 1)
        self._actions.addWidget(card.action, 1)
        card.set_tab_order_after(self.here.button)

    def show_splits(self, splits: Sequence[SplitSummary], labelled: int) -> None:
        """Offers frozen splits.

        Args:
            labelled: photos with a label in the workspace, which could be split.
        """
        before = self.photos
        self._splits = {split.name: split for split in splits}
        self._photos.blockSignals(True)
        for index in reversed(range(self._photos.count())):
            data = self._photos.itemData(index)
            if not isinstance(data, Photos) or data.split:
                self._photos.removeItem(index)
        for index, name in enumerate(self._splits):
            self._photos.insertItem(index, f"Split “{name}”", Photos(split=name))
        if not self._photos.count():
            self._photos.addItem("No labelled photos chosen yet", None)
        self._choose(before)
        self._photos.blockSignals(False)
        self._make_split.setVisible(bool(labelled) and not splits)
        self._make_split.setText(f"Split the {labelled:,} labelled photos")
        self._photos_changed()

    def show_models(self, models: Sequence[tuple[str, str]]) -> None:
        """Offers models to start from: references and titles."""
        before = self.start_from
        self._start.blockSignals(True)
        self._start.clear()
        self._start.addItem("A new net", _SCRATCH)
        for reference, title in models:
            self._start.addItem(f"The model “{title}”", reference)
        self._start.setCurrentIndex(max(0, self._start.findData(before)))
        self._start.blockSignals(False)
        self._start_changed()

    def choose_data(self, data: Path) -> None:
        """Chooses labelled photos that are in no split: a folder or a label file."""
        photos = Photos(data=data)
        if self._index(photos) < 0:
            if self.photos is None and self._photos.count():
                self._photos.removeItem(0)
            self._photos.addItem(data.name, photos)
        self._choose(photos)
        self._photos_changed()

    def choose_split(self, name: str) -> None:
        """Chooses a frozen split, if it is still there."""
        if self._index(Photos(split=name)) >= 0:
            self._choose(Photos(split=name))

    def show_settings_of(self, recipe: Recipe, seed: int, start_from: str) -> None:
        """Shows a recipe with all that was changed of its preset, open to be changed further.

        Args:
            start_from: the model to start from; empty for a new net.
        """
        preset = RECIPES.get(recipe.name, recipe)
        if recipe.name in self.preset_buttons:
            self.preset_buttons[recipe.name].setChecked(True)
        self._start.setCurrentIndex(max(0, self._start.findData(start_from)))
        self.drawer.show_recipe(preset, recipe, seed)
        self._advanced.setChecked(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cards that would be too narrow stand one below the other."""
        super().resizeEvent(event)
        self._lay_cards()

    # -- inside --------------------------------------------------------------------------------

    def _fields(self) -> QGridLayout:
        self._photos = ChoiceBox()
        self._photos.setAccessibleName("Photos")
        self._photos.addItem("No labelled photos chosen yet", None)
        self._photos.currentIndexChanged.connect(self._photos_changed)
        self._make_split = QPushButton()
        self._make_split.clicked.connect(self.split_wanted)
        self._make_split.hide()
        others = QPushButton("Other photos")
        others.setProperty("role", "menu")
        menu = QMenu(others)
        menu.addAction("A labelled &folder (one folder per emotion)…", self.folder_wanted.emit)
        menu.addAction("A &label file (CSV) beside its photos…", self.table_wanted.emit)
        menu.addSeparator()
        menu.addAction("&Import photos into the workspace…", self.import_wanted.emit)
        others.setMenu(menu)
        self._about_photos = QLabel()
        self._about_photos.setProperty("role", "muted")
        self._about_photos.setWordWrap(True)
        self._start = ChoiceBox()
        self._start.setAccessibleName("Start from")
        self._start.addItem("A new net", _SCRATCH)
        self._start.currentIndexChanged.connect(self._start_changed)
        self._name = QLineEdit()
        self._name.setAccessibleName("Name")
        self._name.setMaxLength(64)
        self._name.setPlaceholderText("Chosen for you if left empty")
        row = QHBoxLayout()
        row.addWidget(self._photos, 1)
        row.setSpacing(8)
        row.addWidget(self._make_split)
        row.addWidget(others)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        grid.addWidget(_named("Photos", self._photos), 0, 0)
        grid.addLayout(row, 0, 1)
        grid.addWidget(self._about_photos, 1, 1)
        grid.addWidget(_named("Start from", self._start), 2, 0)
        grid.addWidget(self._start, 2, 1)
        grid.addWidget(_named("Name", self._name), 3, 0)
        grid.addWidget(self._name, 3, 1)
        return grid

    def _presets(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        self._tiles = QButtonGroup(self)
        self._tiles.setExclusive(True)
        for recipe in RECIPES.values():
            tile = self.preset_buttons[recipe.name] = _Preset(recipe)
            self._tiles.addButton(tile)
            row.addWidget(tile, 1)
        self._tiles.buttonClicked.connect(self._preset_chosen)
        return row

    def _choose(self, photos: Photos | None) -> None:
        index = self._index(photos) if photos is not None else -1
        if index < 0 and self._photos.count():
            index = 0
        self._photos.setCurrentIndex(index)

    def _index(self, photos: Photos) -> int:
        for index in range(self._photos.count()):
            if self._photos.itemData(index) == photos:
                return index
        return -1

    @Slot(bool)
    def _show_drawer(self, shown: bool) -> None:
        self.drawer.setVisible(shown)
        self.drawer_shown.emit(shown)
        self._lay_cards()

    def _lay_cards(self) -> None:
        room = self.width() - (0 if self.drawer.isHidden() else self.drawer.width())
        direction = QBoxLayout.Direction
        cards = [self._cards.itemAt(place) for place in range(self._cards.count())]
        widths = [card.minimumSize().width() for card in cards if card is not None]
        least = sum(widths) + self._cards.spacing() * (len(widths) - 1)
        beside = room >= max(_CARD_WIDTH * len(widths), least + _MARGINS)
        self._cards.setDirection(direction.LeftToRight if beside else direction.TopToBottom)
        self._actions.setDirection(self._cards.direction())
        self._actions.setSpacing(24 if beside else 6)

    @Slot(object)
    def _preset_chosen(self, tile: _Preset) -> None:
        self.drawer.show_preset(tile.recipe)

    @Slot()
    def _recipe_changed(self) -> None:
        self.changed.emit()

    @Slot()
    def _photos_changed(self) -> None:
        split, photos = self.split, self.photos
        if split is not None:
            text = photos_of(split.report)
        elif photos is not None:
            first, second, third = (round(100 * share) for share in self.recipe.fractions)
            text = f"Split by person: {first} % to learn from, {second} % to choose the best "
            text += f"epoch by, {third} % for the score."
        else:
            text = "A model learns from labelled photos: a split of the workspace, or a folder."
        self._about_photos.setText(text)
        self.changed.emit()

    @Slot()
    def _start_changed(self) -> None:
        self.drawer.fix(_DECIDED_BY_START if self.start_from else frozenset())
        self.changed.emit()


def _named(text: str, field: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(field)
    return label


def _caption(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label
