"""How to split and balance: everything that is chosen, at the left of the view."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.balance import EDITS, NOTEBOOK_EDITS, Balance, Method, Synthesis
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.ui.dataset.split.ways_table import METHOD_TITLES
from emotion_desktop.ui.widgets.basics import WholeBox, wrapping_label
from emotion_desktop.ui.widgets.choice_box import ChoiceBox

if TYPE_CHECKING:  # not before the window is shown
    from emotion_desktop.domain.split import SplitRequest

_SETTLE_MS: Final = 300
_METHOD_WORDS: Final = {
    Method.NONE: "Every photo is shown once; rare emotions are learnt badly.",
    Method.WEIGHTS: "A mistake on a rare emotion costs more.",
    Method.SAMPLING: "Photos of rare emotions are drawn more often.",
    Method.SYNTHESIS: "Edited copies fill rare emotions up, in training.",
}
_EDIT_WORDS: Final = {
    "contrast": "contrast",
    "colour": "colour",
    "sharpness": "sharpness",
    "flip": "mirrored",
    "turn": "turned",
    "shift": "shifted",
    "blur": "blurred",
}


class SplitForm(QWidget):
    """Sliders and choices; says when they have settled."""

    changed = Signal()
    #: The name.
    freeze_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.training = _slider(50, 90, 60, "Share of training, percent")
        self.test = _slider(0, 100, 50, "Share of the rest that is sealed as the test, percent")
        self.shares = wrapping_label()
        self.by_person = QCheckBox("Nobody is on two sides")
        self.copies = QCheckBox("Copies of a photo stay together")
        self.warning = wrapping_label(role="danger")
        self.seed = WholeBox()
        self.method = ChoiceBox()
        self.method_text = wrapping_label(role="muted")
        self.power = _slider(0, 100, 0, "How far sampling follows the counts, percent")
        self.target = WholeBox()
        self.strength = _slider(0, 100, 50, "Strength of the edits, percent")
        self.strength_text = QLabel()
        self.edits = {name: QCheckBox(text) for name, text in _EDIT_WORDS.items()}
        self.name = QLineEdit()
        self.freeze = QPushButton("Freeze the split")
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._prepare()
        self._lay_out()
        self._connect()
        self._show_choices()

    def _prepare(self) -> None:
        for box in (self.by_person, self.copies):
            box.setChecked(True)
        self.seed.setRange(0, 999_999)
        self.seed.setAccessibleName("Seed")
        self.seed.setToolTip("The same seed gives the same split, to the photo.")
        for method, text in METHOD_TITLES.items():
            self.method.addItem(text, method)
        self.method.setAccessibleName("What is done about rare emotions")
        self.target.setRange(1, 100_000)
        self.target.setValue(300)
        self.target.setSingleStep(50)
        self.target.setAccessibleName("Training photos that each emotion shall have")
        for name in NOTEBOOK_EDITS:
            self.edits[name].setChecked(True)
        self._taken: frozenset[str] = frozenset()
        self.name.setToolTip("Left empty, the split gets the name that stands there in grey.")
        self.name.setAccessibleName("Name of the split")
        self.freeze.setProperty("role", "primary")

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 14, 14, 14)
        layout.setSpacing(7)
        layout.addWidget(wrapping_label("Split", "headline"))
        layout.addWidget(self.shares)
        layout.addLayout(_row("50 %", self.training, "90 %"))
        layout.addWidget(wrapping_label("Of the rest, sealed as the test:", "muted"))
        layout.addLayout(_row("0 %", self.test, "100 %"))
        layout.addWidget(self.by_person)
        layout.addWidget(self.copies)
        layout.addWidget(self.warning)
        layout.addLayout(_row("Seed", self.seed))
        layout.addSpacing(10)
        layout.addWidget(wrapping_label("Rare emotions", "headline"))
        layout.addWidget(self.method)
        layout.addWidget(self.method_text)
        self._sampling = _block(_row("Evenly – as they come", self.power))
        edits = QGridLayout()
        for number, box in enumerate(self.edits.values()):
            edits.addWidget(box, number // 3, number % 3)
        self._synthesis = _block(
            _row("Photos per emotion", self.target), edits, _row(self.strength_text, self.strength)
        )
        layout.addWidget(self._sampling)
        layout.addWidget(self._synthesis)
        layout.addStretch(1)
        layout.addWidget(self.name)
        layout.addWidget(self.freeze)
        self.setFixedWidth(340)

    def _connect(self) -> None:
        for slider in (self.training, self.test, self.power, self.strength):
            slider.valueChanged.connect(self._touched)
        for box in (self.by_person, self.copies, *self.edits.values()):
            box.toggled.connect(self._touched)
        for spin in (self.seed, self.target):
            spin.valueChanged.connect(self._touched)
        self.method.currentIndexChanged.connect(self._touched)
        self._settle.timeout.connect(self.changed)
        self.name.returnPressed.connect(self._freeze)
        self.freeze.clicked.connect(self._freeze)

    @property
    def fractions(self) -> tuple[float, float, float]:
        """Training, validation, test."""
        training = self.training.value() / 100
        test = (1 - training) * self.test.value() / 100
        return training, 1 - training - test, test

    @property
    def now(self) -> Method:
        """The way that is chosen."""
        return Method(self.method.currentData())

    @property
    def balance(self) -> Balance:
        """What is done about rare emotions."""
        return self._way(self.now)

    @property
    def ways(self) -> dict[Method, Balance]:
        """Every way, as it would be with what is chosen here."""
        return {method: self._way(method) for method in METHOD_TITLES}

    @Slot(object)
    def choose_method(self, method: Method) -> None:
        """Chooses what is done about rare emotions."""
        self.method.setCurrentIndex(self.method.findData(method))

    def _way(self, method: Method) -> Balance:
        if method is Method.SAMPLING:
            return Balance(method, self.power.value() / 100)
        if method is not Method.SYNTHESIS:
            return Balance(method)
        chosen = tuple(name for name in EDITS if self.edits[name].isChecked())
        synthesis = Synthesis(
            dict.fromkeys(EMOTIONS, self.target.value()),
            chosen or ("contrast",),
            self.strength.value() / 100,
            self.seed.value(),
        )
        return Balance(method, 0.0, synthesis)

    def request(self) -> SplitRequest:
        """All that is chosen."""
        from emotion_desktop.domain.split import SplitRequest

        return SplitRequest(
            fractions=self.fractions,
            seed=self.seed.value(),
            unit="person" if self.by_person.isChecked() else "photo",
            copies_together=self.copies.isChecked(),
            balance=self.balance,
        )

    @Slot()
    def _touched(self) -> None:
        self._show_choices()
        self._settle.start()

    def _show_choices(self) -> None:
        training, validation, test = (round(share * 100) for share in self.fractions)
        self.shares.setText(f"Training {training} %, validation {validation} %, test {test} %")
        method = self.now
        self.method_text.setText(_METHOD_WORDS[method])
        self.strength_text.setText(f"Strength {self.strength.value()} %")
        self._sampling.setVisible(method is Method.SAMPLING)
        self._synthesis.setVisible(method is Method.SYNTHESIS)
        self.warning.setText("The score would be that of people the model knows.")
        self.warning.setVisible(not self.by_person.isChecked())
        self.name.setPlaceholderText(self._suggested())

    def show_taken(self, names: Iterable[str]) -> None:
        """The names that splits have: another one is suggested."""
        self._taken = frozenset(names)
        self.name.setPlaceholderText(self._suggested())

    def _suggested(self) -> str:
        base = "By person" if self.by_person.isChecked() else "By photo"
        names = (base, *(f"{base} {number}" for number in range(2, len(self._taken) + 3)))
        return next(name for name in names if name not in self._taken)

    @Slot()
    def _freeze(self) -> None:
        self.freeze_wanted.emit(self.name.text().strip() or self._suggested())


def _slider(low: int, high: int, value: int, name: str) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(low, high)
    slider.setValue(value)
    slider.setPageStep(5)
    slider.setAccessibleName(name)
    return slider


def _row(text: str | QLabel, widget: QWidget, end: str = "") -> QHBoxLayout:
    row = QHBoxLayout()
    row.addWidget(QLabel(text) if isinstance(text, str) else text)
    row.addWidget(widget, 1)
    if end:
        row.addWidget(QLabel(end))
    return row


def _block(*parts: Any) -> QWidget:
    block = QWidget()
    layout = QVBoxLayout(block)
    layout.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        layout.addLayout(part)
    return block
