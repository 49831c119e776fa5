"""Classifying many photos on SageMaker's machines: with which model, which photos, how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.sagemaker import Machines
from emotion_desktop.ui.widgets.basics import DecimalBox, WholeBox, add_row
from emotion_desktop.ui.widgets.choice_box import ChoiceBox


@dataclass(frozen=True, slots=True)
class TransformChoice:
    """What was chosen: a model and its archive's address, a folder or an address, machines."""

    model: str
    artefact: str
    source: str
    machines: Machines


class TransformDialog(QDialog):
    """Asks for the details; the cost is shown and agreed to afterwards."""

    #: A TransformChoice.
    chosen = Signal(object)

    def __init__(
        self, models: Sequence[tuple[str, str]], machines: Machines, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Classify on Amazon SageMaker")
        self._kind = machines.kind
        text = QLabel(
            "For more photos than this computer should classify. The machines are there for the "
            "job and gone with it; the gallery knows the answers afterwards."
        )
        text.setWordWrap(True)
        self.model = ChoiceBox()
        self.model.setAccessibleName("Model")
        for name, artefact in models:
            self.model.addItem(name, artefact)
        self.source = QLineEdit()
        self.source.setAccessibleName("Photos")
        self.source.setPlaceholderText("A folder, or s3://bucket/folder")
        self.source.textChanged.connect(self._check)
        choose = QPushButton("Folder…")
        choose.clicked.connect(self._choose_folder)
        self.count = WholeBox()
        self.count.setRange(1, 20)
        self.count.setSuffix(f" × {machines.kind}")
        self.count.setAccessibleName("How many machines")
        self.hours = DecimalBox()
        self.hours.setRange(0.1, 120)
        self.hours.setDecimals(1)
        self.hours.setValue(1)
        self.hours.setSuffix(" h")
        self.hours.setAccessibleName("Stopped after")
        form = QFormLayout()
        form.setVerticalSpacing(8)
        add_row(form, "Model", self.model)
        add_row(form, "Photos", self.source, choose)
        add_row(form, "Machines", self.count)
        add_row(form, "Stopped after", self.hours)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.proceed = buttons.addButton("See the cost…", QDialogButtonBox.ButtonRole.AcceptRole)
        self.proceed.setProperty("role", "primary")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(lambda: self.chosen.emit(self.choice))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(14)
        layout.addWidget(text)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.setMinimumWidth(520)
        self._check()

    @property
    def choice(self) -> TransformChoice:
        """What is chosen."""
        return TransformChoice(
            self.model.currentText(),
            str(self.model.currentData()),
            self.source.text().strip(),
            Machines(self._kind, self.count.value(), False, self.hours.value()),
        )

    @Slot()
    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Photos to classify")
        if name:
            self.source.setText(name)

    @Slot()
    def _check(self) -> None:
        self.proceed.setEnabled(bool(self.source.text().strip()) and self.model.count() > 0)
