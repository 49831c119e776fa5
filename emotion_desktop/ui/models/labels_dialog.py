"""Asks which emotions a model's classes are: MXNet does not keep their names."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.model import DEFAULT_SIZE
from emotion_desktop.ui.models.label_boxes import LabelBoxes
from emotion_desktop.ui.widgets.basics import WholeBox
from emotion_desktop.ui.widgets.choice_box import ChoiceBox


class LabelsDialog(QDialog):
    """An emotion for each class, and the size of the pictures where the model does not say."""

    #: The emotions in the order of the classes, and the size in pixels.
    chosen = Signal(tuple, int)

    def __init__(
        self, file: str, classes: int, size: int | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import a model")
        text = QLabel(
            f"{file} tells {classes} classes apart, but does not say what they are. "
            "Choose them in the order the model was trained with; SageMaker and this program "
            "count in alphabetical order."
        )
        text.setWordWrap(True)
        self._labels = LabelBoxes(classes)
        self._labels.changed.connect(self._check)
        form = QFormLayout()
        self.size_box = WholeBox()
        self.size_box.setRange(8, 1024)
        self.size_box.setValue(size or DEFAULT_SIZE)
        self.size_box.setSuffix(" pixels")
        self.size_box.setAccessibleName("Side of the model's pictures")
        if size is None:
            form.addRow("Side of its pictures", self.size_box)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._import = self._buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        self._import.setProperty("role", "primary")
        self._buttons.accepted.connect(self._choose)
        self._buttons.rejected.connect(self.reject)
        self._problem = QLabel()
        self._problem.setProperty("role", "danger")
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.setWordWrap(True)
        self._problem.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(text)
        layout.addWidget(self._labels)
        layout.addLayout(form)
        layout.addWidget(self._problem)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(440)

    @property
    def boxes(self) -> list[ChoiceBox]:
        """The box of each class."""
        return self._labels.boxes

    @property
    def labels(self) -> tuple[str, ...]:
        """The emotions chosen, in the order of the classes."""
        return self._labels.labels

    @property
    def problem(self) -> str:
        """Why it could not be imported."""
        return self._problem.text()

    def show_problem(self, message: str) -> None:
        """Shows why it could not be imported; the choices can be changed."""
        self._labels.setEnabled(True)
        self._import.setEnabled(True)
        self._problem.setText(message)
        self._problem.show()

    @Slot()
    def _choose(self) -> None:
        """It stays until the model is imported: what was chosen is not lost if that fails."""
        self._labels.setEnabled(False)
        self._import.setEnabled(False)
        self._problem.hide()
        self.chosen.emit(self.labels, self.size_box.value())

    @Slot()
    def _check(self) -> None:
        self._import.setEnabled(self._labels.is_sound)
