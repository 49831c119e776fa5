"""The advanced drawer: everything about a recipe, drawn from its schema."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.training.recipe.options import (
    OPTIONS,
    changed,
    differences,
    value_words,
    values_of,
)
from emotion_desktop.training.recipe.recipe import Recipe
from emotion_desktop.training.recipe.schema import GROUPS, Option
from emotion_desktop.ui.training.editors import OptionEditor
from emotion_desktop.ui.widgets.basics import WholeBox, fill_scroll_area

#: Rows that are made before the window gets its turn again.
_AT_ONCE = 4


class _Row(QWidget):
    """An option: title, editor, explanation; and the preset's value where it was changed."""

    def __init__(self, editor: OptionEditor) -> None:
        super().__init__()
        self.editor = editor
        option = editor.option
        self._title = QLabel(option.title)
        self._title.setBuddy(editor)
        self._help = QLabel(option.help)
        self._help.setProperty("role", "muted")
        self._help.setWordWrap(True)
        line = QHBoxLayout()
        line.addWidget(self._title, 5)
        line.addWidget(editor, 6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self._help)

    def mark(self, preset: Any, is_changed: bool) -> None:
        """Says what the preset has, where something else is chosen."""
        font = self._title.font()
        font.setBold(is_changed)
        self._title.setFont(font)
        option = self.editor.option
        tail = f" The preset says: {value_words(option, preset)}." if is_changed else ""
        self._help.setText(option.help + _range_words(option) + tail)

    def has(self, word: str) -> bool:
        """Whether a word is in what is said of the option; casefolded."""
        option = self.editor.option
        return word in f"{option.title} {option.help} {option.key}".casefold()


class RecipeDrawer(QFrame):
    """Edits a recipe; beside it the seed, which is the training's own.

    Its rows are made when it is first shown, a few at a time: all at once would stall the window.
    """

    recipe_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName("Advanced settings")
        self._preset: Recipe | None = None
        self._recipe: Recipe | None = None
        self._fixed: frozenset[str] = frozenset()
        self._rows: dict[str, _Row] = {}
        self._headings: dict[str, QLabel] = {}
        self._to_make = [
            *((group, key) for group in GROUPS for key in ("", *_keys(group))),
        ]
        self._making = QTimer(self)
        self._making.setInterval(0)
        self._making.timeout.connect(self._make_some)
        self._seed = WholeBox()
        self._seed.setRange(0, 2**31 - 1)
        self._seed.setAccessibleName("Seed")
        title = QLabel("Advanced")
        title.setProperty("role", "headline")
        self._back = QPushButton("Back to the preset")
        self._back.clicked.connect(self._reset)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 24, 0)  # as far in as the rows beside the scroll bar
        head.addWidget(title, 1)
        head.addWidget(self._back)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a setting")
        self.search.setAccessibleName("Find a setting")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        find = QHBoxLayout()
        find.setContentsMargins(0, 0, 24, 0)
        find.addWidget(self.search)
        inside = QWidget()
        self._form = QVBoxLayout(inside)
        self._form.setContentsMargins(2, 0, 12, 8)
        self._form.setSpacing(10)
        self._seed_line = self._seed_row()
        self._form.addWidget(self._seed_line)
        self._form.addStretch(1)
        scroll = QScrollArea()
        fill_scroll_area(scroll, inside)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 4, 8)
        layout.addLayout(head)
        layout.addLayout(find)
        layout.addWidget(scroll, 1)

    @property
    def recipe(self) -> Recipe:
        """The recipe as it is chosen."""
        assert self._recipe is not None
        return self._recipe

    @property
    def seed(self) -> int:
        """The seed."""
        return self._seed.value()

    def editor(self, key: str) -> OptionEditor:
        """The editor of an option."""
        while key not in self._rows and self._to_make:
            self._make_some()
        return self._rows[key].editor

    def showEvent(self, event: QShowEvent) -> None:
        """Begins to make the rows."""
        super().showEvent(event)
        if self._to_make:
            self._making.start()

    def show_preset(self, preset: Recipe) -> None:
        """Begins with a preset; what was changed before is forgotten."""
        self._preset = self._recipe = preset
        self._show()
        self.recipe_changed.emit()

    def show_recipe(self, preset: Recipe, recipe: Recipe, seed: int) -> None:
        """Begins with a recipe that differs from its preset."""
        self._preset, self._recipe = preset, recipe
        self._seed.setValue(seed)
        self._show()
        self.recipe_changed.emit()

    def fix(self, keys: frozenset[str]) -> None:
        """Options that something else decides: the model that a training starts from, say."""
        self._fixed = keys
        if self._recipe is not None:
            self._show()

    @Slot()
    def _make_some(self) -> None:
        for group, key in self._to_make[:_AT_ONCE]:
            place = self._form.count() - 1
            if not key:
                self._headings[group] = _heading(GROUPS[group])
                self._form.insertWidget(place, self._headings[group])
                continue
            row = self._rows[key] = _Row(OptionEditor(OPTIONS[key]))
            row.editor.changed.connect(self._edited)
            self._form.insertWidget(place, row)
            if self._recipe is not None:
                self._show_row(key)
        del self._to_make[:_AT_ONCE]
        if not self._to_make:
            self._making.stop()
        if self.search.text():
            self._filter()

    @Slot()
    def _filter(self) -> None:
        """Shows the settings that a word is found in, with the headings they stand under."""
        word = self.search.text().strip().casefold()
        shown: set[str] = set()
        for row in self._rows.values():
            found = row.has(word)
            row.setVisible(found)
            if found:
                shown.add(row.editor.option.group)
        for group, heading in self._headings.items():
            heading.setVisible(group in shown)
        self._seed_line.setVisible(word in "seed")

    @Slot()
    def _edited(self) -> None:
        assert self._recipe is not None
        before = values_of(self._recipe)
        chosen = {
            key: row.editor.value
            for key, row in self._rows.items()
            # Rounding in an editor must not change what nobody touched.
            if not _alike(row.editor.value, before[key])
        }
        try:
            self._recipe = changed(self._recipe, chosen)
        except UsageError:
            self._show()
            return
        self._show()
        self.recipe_changed.emit()

    @Slot()
    def _reset(self) -> None:
        assert self._preset is not None
        self.show_preset(self._preset)

    def _show(self) -> None:
        assert self._preset is not None
        assert self._recipe is not None
        for key in self._rows:
            self._show_row(key)
        self._back.setEnabled(bool(differences(self._recipe, self._preset)))

    def _show_row(self, key: str) -> None:
        assert self._preset is not None
        assert self._recipe is not None
        values, preset = values_of(self._recipe), values_of(self._preset)
        row = self._rows[key]
        row.editor.show_value(values[key])
        row.mark(preset[key], values[key] != preset[key])
        row.setEnabled(row.editor.option.applies(values) and key not in self._fixed)

    def _seed_row(self) -> QWidget:
        row = QWidget()
        layout = QVBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        line = QHBoxLayout()
        title = QLabel("Seed")
        title.setBuddy(self._seed)
        line.addWidget(title, 5)
        line.addWidget(self._seed, 6)
        text = QLabel("The same seed on the same photos gives the same model.")
        text.setProperty("role", "muted")
        text.setWordWrap(True)
        layout.addLayout(line)
        layout.addWidget(text)
        return row


def _keys(group: str) -> list[str]:
    return [key for key, option in OPTIONS.items() if option.group == group]


def _range_words(option: Option) -> str:
    """From where to where a number may go."""
    if option.choices or option.kind not in (int, float):
        return ""
    return f" From {value_words(option, option.low)} to {value_words(option, option.high)}."


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    label.setContentsMargins(0, 6, 0, 0)
    return label


def _alike(first: Any, second: Any) -> bool:
    return bool(abs(first - second) < 1e-9 if isinstance(first, float) else first == second)
