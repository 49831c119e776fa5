"""The model store on screen: a list with scores, and a card for the one chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.model import PLAIN_FORMS
from emotion_desktop.ui.compare.interval_chart import IntervalChart
from emotion_desktop.ui.describe import model_title
from emotion_desktop.ui.models.describe import about, in_brief, recall_bars
from emotion_desktop.ui.theme import GAP, Theme
from emotion_desktop.ui.widgets.basics import fill_scroll_area, wrapping_label
from emotion_desktop.ui.widgets.choice_box import ChoiceBox
from emotion_desktop.ui.widgets.flow_layout import FlowLayout
from emotion_desktop.workspace.model_store import PROGRAMS

if TYPE_CHECKING:  # not before the window is shown
    from emotion_desktop.jobs.models.store import StoredModel

_ORDERS: Final = (("Best score first", "score"), ("Newest first", "created"), ("By name", "name"))
_LIST_WIDTH: Final = 290
#: So wide that words and chart stand side by side, pixels.
_BESIDE: Final = 900
#: Lines longer than this are hard to read, pixels.
_WIDEST: Final = 620
_NO_LIMIT: Final = 16_777_215
#: Notes are kept so soon after the last key.
_SETTLE_MS: Final = 600
_REFERENCE: Final = Qt.ItemDataRole.UserRole


class ModelsPage(QWidget):
    """What is wanted of a model is told by its reference."""

    use_wanted = Signal(str)
    import_wanted = Signal()
    compare_wanted = Signal(str)
    rename_wanted = Signal(str)
    export_wanted = Signal(str)
    #: Reference, and one of PLAIN_FORMS.
    plain_wanted = Signal(str, str)
    remove_wanted = Signal(str)
    #: Reference and text.
    notes_changed = Signal(str, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models: dict[str, StoredModel] = {}
        self._notes_of: Mapping[str, str] = {}
        self._in_use = self._shown = ""
        self.order = ChoiceBox()
        self.order.setAccessibleName("Order of the models")
        for title, order in _ORDERS:
            self.order.addItem(title, order)
        self.list = QListWidget()
        self.list.setAccessibleName("Models")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._title = wrapping_label(role="title")
        self._state = wrapping_label(role="muted")
        self.chart = IntervalChart(theme)
        self._text = wrapping_label(selectable=True)
        self.notes = QPlainTextEdit()
        self.notes.setAccessibleName("Notes")
        self.notes.setPlaceholderText("What you want to remember of this model")
        self.notes.setTabChangesFocus(True)
        self.notes.setFixedHeight(5 * self.fontMetrics().lineSpacing())
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._make_actions()
        self._lay_out()
        self.list.currentItemChanged.connect(self._show)
        self.list.customContextMenuRequested.connect(self._offer_actions)
        self.order.currentIndexChanged.connect(self._fill)
        self.notes.textChanged.connect(self._settle.start)
        self._settle.timeout.connect(self.keep_notes)

    def _make_actions(self) -> None:
        self.actions_by_name: dict[str, QAction] = {}
        for name, text, key, signal in (
            ("use", "Use in the gallery", None, self.use_wanted),
            ("compare", "Compare…", None, self.compare_wanted),
            ("rename", "Rename…", QKeySequence("F2"), self.rename_wanted),
            ("export", "Export…", None, self.export_wanted),
            ("remove", "Remove…", QKeySequence.StandardKey.Delete, self.remove_wanted),
        ):
            action = QAction(text, self.list)
            action.triggered.connect(lambda _=False, s=signal: s.emit(self._shown))
            if key is not None:
                action.setShortcut(key)
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            self.list.addAction(action)
            self.actions_by_name[name] = action
            if name == "export":
                self._forms = self._plain_forms()
                self.actions_by_name["plain"] = self._forms.menuAction()

    def _plain_forms(self) -> QMenu:
        menu = QMenu("For other programs", self)
        for form, title in PLAIN_FORMS.items():
            action = menu.addAction(f"{title}…")
            action.triggered.connect(lambda _=False, f=form: self.plain_wanted.emit(self._shown, f))
        return menu

    def _lay_out(self) -> None:
        import_button = QPushButton("Import a model…")
        import_button.clicked.connect(self.import_wanted)
        side = QWidget()
        side.setFixedWidth(_LIST_WIDTH)
        left = QVBoxLayout(side)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(GAP)
        left.addWidget(self.order)
        left.addWidget(self.list, 1)
        left.addWidget(import_button)
        inside = QWidget()
        right = QVBoxLayout(inside)
        right.setContentsMargins(0, 0, 8, 0)
        right.setSpacing(8)
        right.addWidget(self._title)
        right.addWidget(self._state)
        right.addLayout(self._buttons())
        right.addSpacing(8)
        right.addLayout(self._cards())
        right.addStretch(1)
        scroll = QScrollArea()
        scroll.setAccessibleName("The model chosen")
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        fill_scroll_area(scroll, inside)
        layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        layout.setContentsMargins(24, 20, 16, 16)
        layout.setSpacing(28)
        layout.addWidget(side)
        layout.addWidget(scroll, 1)

    def _buttons(self) -> FlowLayout:
        row = FlowLayout()
        self.buttons: dict[str, QPushButton] = {}
        for name, action in self.actions_by_name.items():
            button = QPushButton(action.text())
            button.clicked.connect(action.trigger)
            if name == "plain":
                button.setMenu(self._forms)
                button.setProperty("role", "drop-down")
            if name == "use":
                button.setProperty("role", "primary")
            self.buttons[name] = button
            row.addWidget(button)
        return row

    def _cards(self) -> QBoxLayout:
        """Words with notes, and the chart: side by side where there is room."""
        hint = "Recall on people it had never seen, with its 95 % interval."
        self._chart_card = _card(
            _headline("How many of each emotion it finds"),
            self.chart,
            wrapping_label(hint, "muted"),
        )
        self._words_card = _card(_headline("About it"), self._text, _headline("Notes"), self.notes)
        self._both = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._both.setSpacing(16)
        self._both.addWidget(self._chart_card, 1, Qt.AlignmentFlag.AlignTop)
        self._both.addWidget(self._words_card, 1, Qt.AlignmentFlag.AlignTop)
        return self._both

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts the cards side by side, or one below the other."""
        super().resizeEvent(event)
        wide = self.width() - _LIST_WIDTH >= _BESIDE
        way = QBoxLayout.Direction
        self._both.setDirection(way.LeftToRight if wide else way.TopToBottom)
        self._words_card.setMaximumWidth(_WIDEST if wide else _NO_LIMIT)

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self.chart.set_theme(theme)

    def show_models(
        self, models: Sequence[StoredModel], in_use: str, notes: Mapping[str, str]
    ) -> None:
        """Shows the store's content; the model in use is marked, and chosen if none was.

        Args:
            notes: the user's, by reference.
        """
        self.keep_notes()
        self._models = {model.reference: model for model in models}
        self._in_use, self._notes_of = in_use, dict(notes)
        self._fill()

    def choose(self, reference: str) -> None:
        """Shows one of the models."""
        for row in range(self.list.count()):
            if self.list.item(row).data(_REFERENCE) == reference:
                self.list.setCurrentRow(row)

    @Slot()
    def keep_notes(self) -> None:
        """Tells of notes that were written a moment ago."""
        if self._settle.isActive():
            self._settle.stop()
            text = self.notes.toPlainText()
            self._notes_of = {**self._notes_of, self._shown: text}
            self.notes_changed.emit(self._shown, text)

    @Slot()
    def _fill(self) -> None:
        chosen = self._shown if self._shown in self._models else self._in_use
        order = str(self.order.currentData())
        self.list.blockSignals(True)
        self.list.clear()
        for model in sorted(self._models.values(), key=lambda model: _key(model, order)):
            mark = "  (in use)" if model.reference == self._in_use else ""
            title = model_title(model.reference)
            item = QListWidgetItem(f"{title}{mark}\n{in_brief(model)}")
            item.setData(_REFERENCE, model.reference)
            item.setToolTip(title)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self.choose(chosen)
        self._show()

    @Slot()
    def _show(self) -> None:
        item = self.list.currentItem()
        reference = "" if item is None else str(item.data(_REFERENCE))
        if reference != self._shown:
            self.keep_notes()
        self._shown = reference
        model = self._models.get(reference)
        if model is None:
            return
        self._title.setText(model_title(reference))
        self._state.setText(self._state_words(model))
        self._text.setText(about(model))
        self._show_notes(self._notes_of.get(reference, ""))
        scores = model.card.scores if model.card is not None else None
        self._chart_card.setVisible(scores is not None)
        if scores is not None:
            self.chart.show_bars("Recall per emotion", recall_bars(scores), None, "")
        usable, own = model.card is not None, reference not in PROGRAMS
        for name, allowed in (
            ("use", usable and reference != self._in_use),
            ("compare", usable),
            ("rename", own),
            ("export", usable),
            ("plain", usable),
            ("remove", own),
        ):
            self.actions_by_name[name].setEnabled(allowed)
            self.buttons[name].setEnabled(allowed)

    def _state_words(self, model: StoredModel) -> str:
        used = "Reads new photos in the gallery. " if model.reference == self._in_use else ""
        brief = in_brief(model)
        return f"{used}{brief[:1].upper()}{brief[1:]}."

    def _show_notes(self, text: str) -> None:
        if self.notes.toPlainText() != text:
            self.notes.blockSignals(True)
            self.notes.setPlainText(text)
            self.notes.blockSignals(False)

    @Slot(QPoint)
    def _offer_actions(self, point: QPoint) -> None:
        if self.list.itemAt(point) is not None:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addActions(list(self.actions_by_name.values()))
            menu.popup(self.list.viewport().mapToGlobal(point))


def _key(model: StoredModel, order: str) -> tuple[object, ...]:
    """What a list is sorted by; names decide among equals."""
    name = model_title(model.reference).casefold()
    card = model.card
    if order == "score":
        scores = card.scores if card is not None else None
        value = None if scores is None else scores.mean_recall
        return (value is None, -(value or 0.0), name)
    if order == "created":
        created = "" if card is None else card.provenance.created
        return (*(-ord(letter) for letter in created.ljust(32)[:32]), name)
    return (name,)


def _headline(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "headline")
    return label


def _card(*contents: QWidget) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(18, 14, 18, 16)
    layout.setSpacing(8)
    for content in contents:
        layout.addWidget(content)
    return card
