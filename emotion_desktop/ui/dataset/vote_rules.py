"""The choice of the rule that makes labels of people's votes, with what each rule gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from emotion_desktop.domain.text import counted
from emotion_desktop.ui.widgets.basics import wrapping_label
from emotion_desktop.ui.widgets.choice_box import ChoiceBox


class VoteRuleChooser(QWidget):
    """Hidden where nobody voted."""

    #: Another rule was chosen.
    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rule = ChoiceBox()
        self.rule.setAccessibleName("Which rule makes labels of votes")
        self.rule.activated.connect(self.changed)
        self.counts = wrapping_label(role="muted")
        row = QHBoxLayout()
        row.addWidget(QLabel("Labels of votes"))
        row.addWidget(self.rule, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.counts)
        self.hide()

    @property
    def chosen(self) -> str:
        """The rule's name; empty where there is none to choose."""
        # Not isVisible: nothing is visible once the dialog is closed.
        return "" if self.isHidden() else str(self.rule.currentData())

    def show_rules(self, rules: Sequence[dict[str, Any]], chosen: str) -> None:
        """Shows what each rule gives.

        Args:
            rules: as RuleCounts.to_dict makes them; empty where nobody voted.
            chosen: the name of the rule in use.
        """
        self.setVisible(bool(rules))
        self.rule.clear()
        for rule in rules:
            title = f"{rule['title'][0].upper()}{rule['title'][1:]}"
            self.rule.addItem(f"{title}: {counted(rule['photos'], 'photo')}", rule["rule"])
        used = next((rule for rule in rules if rule["rule"] == chosen), None)
        if used is None:
            return
        self.rule.setCurrentIndex(self.rule.findData(chosen))
        emotions = ", ".join(f"{emotion} {count:,}" for emotion, count in used["emotions"].items())
        aside = ", ".join(f"{reason} {count:,}" for reason, count in used["aside"].items())
        self.counts.setText(f"{emotions}. Set aside: {aside or 'none'}.")
