"""What is sent and what it may cost, confirmed before the first byte goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)


class ConfirmDialog(QDialog):
    """An offer, and the one button that agrees to it."""

    def __init__(
        self, offer: Mapping[str, Any], account: str, arn: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Train on Amazon SageMaker?")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 16)
        layout.setSpacing(4)
        self.texts: list[str] = []

        def add(title: str, *lines: str) -> None:
            heading = QLabel(title)
            font = heading.font()
            font.setBold(True)
            heading.setFont(font)
            layout.addWidget(heading)
            label = QLabel("\n".join(lines))
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            layout.addWidget(label)
            layout.addSpacing(6)
            self.texts += lines

        add("What leaves this computer", *offer["sends"])
        add("What it costs", f"{offer['cost'][:1].upper()}{offer['cost'][1:]}.")
        add("How long it takes", f"{offer['time'][:1].upper()}{offer['time'][1:]}.")
        add("On whose account", f"{account}\n{arn}")
        if offer["warnings"]:
            add("Before you agree", *offer["warnings"])
        values = ", ".join(f"{k} {v}" for k, v in sorted(offer["hyperparameters"].items()))
        details = QLabel(values)
        details.setProperty("role", "muted")
        details.setWordWrap(True)
        layout.addWidget(details)
        layout.addSpacing(6)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.agree = buttons.addButton("Send and train", QDialogButtonBox.ButtonRole.AcceptRole)
        self.agree.setProperty("role", "primary")
        self.agree.setAutoDefault(False)
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.setMinimumWidth(560)
