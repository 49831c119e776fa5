"""Asks what a model that was made elsewhere does not say, and shows how it does on photos."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.foreign import SCALINGS, ForeignModel
from emotion_desktop.jobs.import_foreign import Described
from emotion_desktop.ui.models.label_boxes import LabelBoxes
from emotion_desktop.ui.widgets.number_boxes import DecimalBox, WholeBox
from emotion_desktop.ui.words import percent

_USUAL_SIZE: Final = 224


class ForeignDialog(QDialog):
    """Labels, scaling and crop of a model; what is known of it already is not asked."""

    check_wanted = Signal(object)
    """A Described whose photos are to be tried."""
    import_wanted = Signal(object)
    """A Described."""

    def __init__(self, file: str, about: ForeignModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import a model")
        self._about = about
        self._photos: Path | None = None
        text = QLabel(
            f"{file} tells {about.classes} classes apart, but says neither what they are nor how "
            "pictures were prepared. Both must be as they were when it was trained: labelled "
            "photos show whether they are."
        )
        text.setWordWrap(True)
        self.labels = LabelBoxes(about.classes)
        self.labels.changed.connect(self._answer_changed)
        self._answer = QLabel("Not checked on photos yet.")
        self._answer.setProperty("role", "muted")
        self._answer.setWordWrap(True)
        self._answer.setTextFormat(Qt.TextFormat.PlainText)
        self.check = QPushButton("Check on labelled photos")
        self.check.setProperty("role", "menu")
        menu = QMenu(self.check)
        menu.addAction("A &folder (one folder per emotion)…", self._choose_folder)
        menu.addAction("A &label file (CSV)…", self._choose_file)
        self.check.setMenu(menu)
        right = QVBoxLayout()
        right.addLayout(self._preparation())
        right.addSpacing(8)
        right.addWidget(self.check, 0, Qt.AlignmentFlag.AlignLeft)
        right.addWidget(self._answer)
        right.addStretch(1)
        columns = QHBoxLayout()
        columns.setSpacing(28)
        columns.addWidget(self.labels, 4, Qt.AlignmentFlag.AlignTop)
        columns.addLayout(right, 6)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.take = buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        self.take.setProperty("role", "primary")
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(14)
        layout.addWidget(text)
        layout.addLayout(columns)
        layout.addWidget(buttons)
        self.setMinimumWidth(760)
        self._answer_changed()

    @property
    def described(self) -> Described:
        """What is said of the model by now."""
        return Described(
            labels=self.labels.labels,
            scaling=str(self.scaling.currentData()),
            size=self.size_box.value(),
            crop=str(self.crop.currentData()),
            extent=self.extent.value(),
            reversed_colours=self.backwards.isChecked(),
            photos=self._photos,
        )

    def check_on(self, photos: Path) -> None:
        """Asks for a check on labelled photos."""
        self._photos = photos
        self._answer.setText(f"Trying it on {photos.name} …")
        self.check.setEnabled(False)
        self.check_wanted.emit(self.described)

    def show_found(self, tried: Mapping[str, Any]) -> None:
        """Shows how it did with each scaling, and chooses the best."""
        self.check.setEnabled(True)
        lines = [f"On {tried['photos']:,} labelled photos, mean recall with pixels scaled to"]
        for name in self._about.scalings:
            mark = "  (chosen)" if name == tried["best"] else ""
            recall = percent(tried["found"][name]["mean_recall"])
            lines.append(f"  {SCALINGS[name]}: {recall}{mark}")
        lines.append("If even the best is poor, the labels may stand in another order.")
        self._answer.setText("\n".join(lines))
        self.scaling.setCurrentIndex(self.scaling.findData(tried["best"]))

    def show_problem(self, message: str) -> None:
        """Says why the check came to nothing."""
        self.check.setEnabled(True)
        self._photos = None
        self._answer.setText(message)

    @property
    def answer(self) -> str:
        """What it says of the check."""
        return self._answer.text()

    def _preparation(self) -> QFormLayout:
        form = QFormLayout()
        form.setVerticalSpacing(6)
        self.scaling = QComboBox()
        self.scaling.setAccessibleName("Pixels are scaled to")
        self.scaling.addItem("Not known: check it on photos", "")
        for name in self._about.scalings:
            self.scaling.addItem(SCALINGS[name], name)
        self.scaling.currentIndexChanged.connect(self._answer_changed)
        self.crop = QComboBox()
        self.crop.setAccessibleName("Faces are cut")
        self.crop.addItem("Level with the eyes", "eyes")
        self.crop.addItem("Upright, along the finder's box", "box")
        self.crop.currentIndexChanged.connect(self._crop_changed)
        self.extent = DecimalBox()
        self.extent.setRange(0.8, 4)
        self.extent.setSingleStep(0.1)
        self.extent.setValue(2.2)
        self.extent.setAccessibleName("Side of a picture, in face sizes")
        self.size_box = WholeBox()
        self.size_box.setRange(8, 1024)
        self.size_box.setValue(self._about.size or _USUAL_SIZE)
        self.size_box.setSuffix(" pixels")
        self.size_box.setAccessibleName("Side of its pictures")
        self.backwards = QCheckBox("Blue comes first, as OpenCV reads pictures")
        form.addRow("Pixels are scaled to", self.scaling)
        if self._about.size is None:
            form.addRow("Side of its pictures", self.size_box)
        form.addRow("Faces are cut", self.crop)
        form.addRow("Side in face sizes", self.extent)
        if self._about.channels == 3:
            form.addRow("", self.backwards)
        return form

    @Slot()
    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Labelled photos, a folder per emotion")
        if name:
            self.check_on(Path(name))

    @Slot()
    def _choose_file(self) -> None:
        kinds = "Label files (*.csv *.tsv *.txt);;All files (*)"
        name, _ = QFileDialog.getOpenFileName(self, "A label file beside its photos", "", kinds)
        if name:
            self.check_on(Path(name))

    @Slot()
    def _crop_changed(self) -> None:
        # What a face size is depends on the cut: these show about the same.
        self.extent.setValue(2.2 if self.crop.currentData() == "eyes" else 1.1)

    @Slot()
    def _answer_changed(self) -> None:
        self.take.setEnabled(self.labels.is_sound and bool(self.scaling.currentData()))
        self.check.setEnabled(self.labels.is_sound)

    @Slot()
    def _accept(self) -> None:
        self.import_wanted.emit(self.described)
        self.accept()
