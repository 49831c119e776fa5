"""Asks what a model that was made elsewhere does not say, and shows how it does on photos."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.external_model import SCALINGS, ExternalModel, ExternalModelOptions
from emotion_desktop.domain.files.data_files import dialog_filter
from emotion_desktop.domain.model import DEFAULT_CROP, DEFAULT_EXTENTS, DEFAULT_SIZE
from emotion_desktop.ui.describe import percent, sentence
from emotion_desktop.ui.models.label_boxes import LabelBoxes
from emotion_desktop.ui.widgets.basics import DecimalBox, WholeBox
from emotion_desktop.ui.widgets.choice_box import ChoiceBox

_UNSCALED: Final = " To import it, check it, or choose how its pixels are scaled."


class ExternalModelDialog(QDialog):
    """Labels, scaling and crop of a model; what is known of it already is not asked."""

    #: ExternalModelOptions whose photos are to be tried.
    check_wanted = Signal(object)
    #: ExternalModelOptions.
    import_wanted = Signal(object)

    def __init__(self, file: str, about: ExternalModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import a model")
        self._about = about
        self._photos: Path | None = None
        #: What was said when it was checked, and what came of it.
        self._checked: tuple[ExternalModelOptions, str] | None = None
        self._order: Mapping[str, Any] | None = None
        self._busy = False
        text = QLabel(
            f"{file} tells {about.classes} classes apart, but says neither what they are nor how "
            "pictures were prepared. Both must be as they were when it was trained: labelled "
            "photos show whether they are, and a hundred or more teach how far its confidence can "
            "be trusted."
        )
        text.setWordWrap(True)
        self.labels = LabelBoxes(about.classes)
        if about.labels:
            self.labels.show_labels(about.labels)
        self.labels.changed.connect(self._answer_changed)
        self._answer = QLabel("Not checked on photos yet.")
        self._answer.setProperty("role", "muted")
        self._answer.setWordWrap(True)
        self._answer.setTextFormat(Qt.TextFormat.PlainText)
        self.check = self._check_button()
        self.reorder = QPushButton("Put the labels in that order")
        self.reorder.clicked.connect(self._use_found_order)
        self.reorder.hide()
        self._prepared = QWidget()
        self._prepared.setLayout(self._preparation())
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._prepared.setSizePolicy(policy)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addWidget(self._prepared)
        right.addSpacing(8)
        right.addWidget(self.check, 0, Qt.AlignmentFlag.AlignLeft)
        right.addWidget(self._answer)
        right.addWidget(self.reorder, 0, Qt.AlignmentFlag.AlignLeft)
        right.addStretch(1)
        columns = QHBoxLayout()
        columns.setSpacing(28)
        columns.addWidget(self.labels, 4, Qt.AlignmentFlag.AlignTop)
        columns.addLayout(right, 6)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.import_button = buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        self.import_button.setProperty("role", "primary")
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
    def options(self) -> ExternalModelOptions:
        """The description of the model as it is filled in."""
        return ExternalModelOptions(
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
        self.again.setText(f"&Again on “{photos.name.replace('&', '&&')}”")
        self.again.setVisible(True)
        self._begin("Waiting for its turn to be tried on photos …")
        self.check_wanted.emit(self.options)

    def show_stage(self, text: str) -> None:
        """Shows the progress of the check or the import."""
        self._show_text(f"{sentence(text)} …")

    def show_found(self, tried: Mapping[str, Any]) -> None:
        """Shows how it did with each scaling, and chooses the best."""
        self._end_work()
        lines = [f"On {tried['photos']:,} labelled photos, mean recall with pixels scaled to"]
        for name in self._about.scalings:
            mark = "  (chosen)" if name == tried["best"] else ""
            recall = percent(tried["found"][name]["mean_recall"])
            lines.append(f"  {SCALINGS[name]}: {recall}{mark}")
        self._order = order = tried.get("order")
        if order is not None:
            labels = ", ".join(label.capitalize() for label in order["labels"])
            share = percent(order["mean_recall"])
            lines.append(f"With its classes in another order it would be {share}: {labels}.")
        self.scaling.setCurrentIndex(self.scaling.findData(tried["best"]))
        self._checked = (self.options, "\n".join(lines))
        self._answer_changed()
        (self.reorder if order else self.import_button).setFocus()

    def show_problem(self, message: str) -> None:
        """Shows why the check or the import failed."""
        self._end_work()
        self._answer_changed()
        self._show_text(message, "danger")
        (self.import_button if self.import_button.isEnabled() else self.check).setFocus()

    @property
    def answer(self) -> str:
        """The text about the check."""
        return self._answer.text()

    def _check_button(self) -> QPushButton:
        button = QPushButton("Check on labelled photos")
        button.setProperty("role", "menu")
        menu = QMenu(button)
        self.again = menu.addAction("", self._check_again)
        self.again.setVisible(False)
        menu.addAction("A &folder (one folder per emotion)…", self._choose_folder)
        menu.addAction("A &label file (CSV)…", self._choose_file)
        button.setMenu(menu)
        return button

    def _preparation(self) -> QFormLayout:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(6)
        self.scaling = ChoiceBox()
        self.scaling.setAccessibleName("Pixels are scaled to")
        self.scaling.addItem("Not known: check it on photos", "")
        for name in self._about.scalings:
            self.scaling.addItem(SCALINGS[name], name)
        self.scaling.currentIndexChanged.connect(self._answer_changed)
        self.crop = ChoiceBox()
        self.crop.setAccessibleName("Faces are cut")
        self.crop.addItem("Level with the eyes", "eyes")
        self.crop.addItem("Upright, along the finder's box", "box")
        self.crop.currentIndexChanged.connect(self._crop_changed)
        self.extent = DecimalBox()
        self.extent.setRange(0.8, 4)
        self.extent.setSingleStep(0.1)
        self.extent.setValue(DEFAULT_EXTENTS[DEFAULT_CROP])
        self.extent.setAccessibleName("Side of a picture, in face sizes")
        self.extent.valueChanged.connect(self._answer_changed)
        self.size_box = WholeBox()
        self.size_box.setRange(8, 1024)
        self.size_box.setValue(self._about.size or DEFAULT_SIZE)
        self.size_box.setSuffix(" pixels")
        self.size_box.setAccessibleName("Side of its pictures")
        self.size_box.valueChanged.connect(self._answer_changed)
        self.backwards = QCheckBox("Blue comes first, as OpenCV reads pictures")
        self.backwards.toggled.connect(self._answer_changed)
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
        name, _ = QFileDialog.getOpenFileName(
            self, "A label file beside its photos", "", dialog_filter()
        )
        if name:
            self.check_on(Path(name))

    @Slot()
    def _crop_changed(self) -> None:
        # What a face size is depends on the cut: these show about the same.
        self.extent.setValue(DEFAULT_EXTENTS[self.crop.currentData()])
        self._answer_changed()

    @Slot()
    def _check_again(self) -> None:
        if self._photos is not None:
            self.check_on(self._photos)

    @Slot()
    def _use_found_order(self) -> None:
        order = self._order
        if order is not None:
            self.labels.show_labels(order["labels"])
            self.scaling.setCurrentIndex(self.scaling.findData(order["scaling"]))
            self._check_again()

    @Slot()
    def _answer_changed(self) -> None:
        sound = self.labels.is_sound and not self._busy
        self.import_button.setEnabled(sound and bool(self.scaling.currentData()))
        self.check.setEnabled(sound)
        stands = self._stands
        self.reorder.setVisible(stands and self._order is not None and not self._busy)
        if self._busy:
            return
        if self._checked is None:
            how = "" if self.scaling.currentData() else _UNSCALED
            self._show_text(f"Not checked on photos yet.{how}")
        elif stands:
            self._show_text(self._checked[1])
        else:
            self._show_text("What was found on photos was found with other answers: check again.")

    @property
    def _stands(self) -> bool:
        """Whether the check still holds for the description: every scaling was tried."""
        if self._checked is None:
            return False
        return replace(self._checked[0], scaling="") == replace(self.options, scaling="")

    def _begin(self, words: str) -> None:
        """What is being tried or imported is not changed meanwhile."""
        self._busy = True
        for widget in (self.labels, self._prepared):
            widget.setEnabled(False)
        self._answer_changed()
        self._show_text(words)

    def _end_work(self) -> None:
        self._busy = False
        for widget in (self.labels, self._prepared):
            widget.setEnabled(True)

    def _show_text(self, words: str, role: str = "muted") -> None:
        self._answer.setText(words)
        if self._answer.property("role") != role:
            self._answer.setProperty("role", role)
            self._answer.style().polish(self._answer)
        # What is shown below it changes, too: the room is made once all of that has happened.
        QTimer.singleShot(0, self, self._make_room)

    @Slot()
    def _make_room(self) -> None:
        """A dialog does not grow by itself where a text that wraps does."""
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()
            needed = layout.totalHeightForWidth(self.width())
            self.resize(self.width(), max(self.height(), needed))

    @Slot()
    def _accept(self) -> None:
        self._begin("Waiting for its turn to be imported …")
        self.import_wanted.emit(self.options)
