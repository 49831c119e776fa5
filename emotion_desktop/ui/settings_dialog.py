"""The settings dialog, drawn from the settings' own schema."""

from __future__ import annotations

from dataclasses import fields, replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.workspace.settings import Settings


class SettingsDialog(QDialog):
    """Every setting that offers choices."""

    settings_chosen = Signal(object)
    """The Settings, when OK is pressed."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self._settings = settings
        self.choices: dict[str, QComboBox] = {}
        form = QFormLayout()
        form.setVerticalSpacing(6)
        for item in fields(Settings):
            if not item.metadata["choices"]:
                continue
            box = QComboBox()
            for value, text in item.metadata["choices"].items():
                box.addItem(text, value)
            box.setCurrentIndex(box.findData(getattr(settings, item.name)))
            help_text = QLabel(item.metadata["help"])
            help_text.setProperty("role", "muted")
            form.addRow(item.metadata["title"], box)
            form.addRow("", help_text)
            self.choices[item.name] = box
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        self.accepted.connect(lambda: self.settings_chosen.emit(self.settings))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addWidget(buttons)

    @property
    def settings(self) -> Settings:
        """The settings with the user's choices."""
        chosen = {name: box.currentData() for name, box in self.choices.items()}
        return replace(self._settings, **chosen)
