"""A card for a place where a training can run: what it takes, costs and sends, and its button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.ui.widgets.basics import wrapping_label
from emotion_desktop.ui.widgets.choice_box import ChoiceBox

#: The facts that stand beside the button.
_BESIDE_BUTTON: Final = ("Time", "Cost")
#: Values that are worth no words there.
_IDLE: Final = ("–", "Nothing")


class PlaceCard(QFrame):
    """One of the cards that stand side by side: the same facts at the same height on each.

    What a place needs besides (an account, a kind of machine) goes into ``body``. Its button, with
    what hinders or what it takes in a line, is ``action``: it stands where it is always in sight.
    """

    train_wanted = Signal()

    def __init__(self, title: str, button: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setAccessibleName(title)
        heading = QLabel(title)
        heading.setProperty("role", "headline")
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel]] = []
        self.body = QVBoxLayout()
        self.note = wrapping_label(role="muted")
        self.note.hide()
        self._summary = wrapping_label(role="muted")
        self.button = QPushButton(button)
        self.button.setProperty("role", "primary")
        self.button.clicked.connect(self.train_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 18, 16)
        layout.setSpacing(10)
        layout.addWidget(heading)
        layout.addLayout(self._facts)
        layout.addLayout(self.body)
        layout.addStretch(1)
        self.action = QWidget()
        beside = QHBoxLayout(self.action)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(12)
        beside.addWidget(self.button)
        beside.addWidget(self.note, 1)
        beside.addWidget(self._summary, 1)

    def set_tab_order_after(self, before: QWidget) -> None:
        """Puts what is on it into the order of the Tab key, its button last."""
        kinds = (QAbstractButton, QAbstractSpinBox, ChoiceBox)
        found = [w for w in self.findChildren(QWidget) if isinstance(w, kinds)]
        for widget in [*(w for w in found if w is not self.button), self.button]:
            QWidget.setTabOrder(before, widget)
            before = widget

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Shows names and values, one below the other."""
        while len(self._rows) < len(facts):
            self._rows.append(self._add_row(len(self._rows)))
        for number, (label, text) in enumerate(self._rows):
            name, value = facts[number] if number < len(facts) else ("", "")
            label.setText(name)
            text.setText(value)
            text.setAccessibleName(f"{name}: {value}")
            for widget in (label, text):
                widget.setVisible(number < len(facts))
        told = [value for name, value in facts if name in _BESIDE_BUTTON and value not in _IDLE]
        self._summary.setText(" · ".join(told))

    def _add_row(self, row: int) -> tuple[QLabel, QLabel]:
        label, text = QLabel(), QLabel()
        label.setProperty("role", "muted")
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        self._facts.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._facts.addWidget(text, row, 1, Qt.AlignmentFlag.AlignTop)
        return label, text

    def allow(self, problem: str = "") -> None:
        """Enables training, or shows why it is not possible."""
        self.button.setEnabled(not problem)
        self.note.setText(problem)
        self.note.setVisible(bool(problem))
        self._summary.setVisible(not problem)
