"""The settings dialog, drawn from the settings' own schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.errors import AppError
from emotion_desktop.ui.widgets.basics import add_row, wrapping_label
from emotion_desktop.ui.widgets.choice_box import ChoiceBox
from emotion_desktop.workspace.settings import Settings


class SettingsDialog(QDialog):
    """Every setting that offers choices."""

    #: The Settings, when OK is pressed.
    settings_chosen = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self._settings = settings
        self.choices: dict[str, ChoiceBox] = {}
        self.typed: dict[str, QLineEdit] = {}
        form = QFormLayout()
        form.setVerticalSpacing(6)
        for item in fields(Settings):
            field = self._field(item.name, item.metadata, getattr(settings, item.name))
            if field is not None:
                help_text = QLabel(item.metadata["help"])
                help_text.setProperty("role", "muted")
                add_row(form, item.metadata["title"], field)
                form.addRow("", help_text)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.problem = wrapping_label(role="danger")
        self.problem.hide()
        buttons.accepted.connect(self._check)
        self.accepted.connect(lambda: self.settings_chosen.emit(self.settings))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addWidget(buttons)

    def _field(self, name: str, metadata: Mapping[str, Any], value: Any) -> QWidget | None:
        if metadata["choices"]:
            box = self.choices[name] = ChoiceBox()
            for choice, text in metadata["choices"].items():
                box.addItem(text, choice)
            box.setCurrentIndex(box.findData(value))
            return box
        if metadata["typed"]:
            line = self.typed[name] = QLineEdit(str(value))
            line.setAccessibleName(metadata["title"])
            return line
        return None

    @Slot()
    def _check(self) -> None:
        """What cannot be read stays here until it is mended."""
        checks = {item.name: item.metadata["typed"] for item in fields(Settings)}
        for name, line in self.typed.items():
            wrong = _what_is_wrong(checks[name], line.text())
            if wrong:
                self.problem.setText(wrong)
                self.problem.show()
                line.setFocus()
                return
        self.accept()

    @property
    def settings(self) -> Settings:
        """The settings with the user's choices."""
        chosen = {name: box.currentData() for name, box in self.choices.items()}
        typed = {name: line.text().strip() for name, line in self.typed.items()}
        return replace(self._settings, **chosen, **typed)


def _what_is_wrong(check: Callable[[str], object], text: str) -> str:
    """The message of a setting's own check of a text; empty where it is valid."""
    try:
        check(text)
    except AppError as error:
        return f"{error.message} {error.hint}".strip()
    return ""
