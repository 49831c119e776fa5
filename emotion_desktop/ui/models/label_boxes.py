"""An emotion for each class of a model that does not name them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.ui.widgets.choice_box import ChoiceBox


class LabelBoxes(QWidget):
    """A box per class; it says where an emotion stands twice."""

    changed = Signal()

    def __init__(self, classes: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(6)
        self.boxes: list[ChoiceBox] = []
        for number in range(classes):
            box = ChoiceBox()
            box.addItems([emotion.capitalize() for emotion in EMOTIONS])
            box.setCurrentIndex(number)
            box.setAccessibleName(f"Emotion of class {number}")
            box.currentIndexChanged.connect(self._check)
            form.addRow(f"Class {number}", box)
            self.boxes.append(box)
        self._problem = QLabel()
        self._problem.setProperty("role", "danger")
        self._problem.setTextFormat(Qt.TextFormat.PlainText)
        self._problem.hide()
        form.addRow(self._problem)

    @property
    def labels(self) -> tuple[str, ...]:
        """The emotions chosen, in the order of the classes."""
        return tuple(EMOTIONS[box.currentIndex()] for box in self.boxes)

    def show_labels(self, labels: Sequence[str]) -> None:
        """Chooses an emotion for each class."""
        for box, label in zip(self.boxes, labels, strict=True):
            box.setCurrentIndex(EMOTIONS.index(label))

    @property
    def is_sound(self) -> bool:
        """Whether every emotion stands once at most."""
        return len(set(self.labels)) == len(self.labels)

    @Slot()
    def _check(self) -> None:
        labels = self.labels
        twice = next((label for label in labels if labels.count(label) > 1), None)
        self._problem.setText(f"{twice.capitalize()} is chosen for two classes." if twice else "")
        self._problem.setVisible(twice is not None)
        self.changed.emit()
