"""How a data set is to be written, and where to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.dataset.export_formats import FORMATS, NO_TABLE_IN_S3, ExportFormat
from emotion_desktop.domain.s3 import is_s3_address
from emotion_desktop.ui.widgets.basics import wrapping_label
from emotion_desktop.ui.widgets.choice_box import ChoiceBox

if TYPE_CHECKING:  # not before the window is shown
    from emotion_desktop.domain.split import SplitSummary

_WIDTH: Final = 520


class ExportDialog(QDialog):
    """Everything that jobs.dataset.specs.ExportRequest holds."""

    #: A file dialog for the new folder or file.
    place_wanted = Signal()
    export_wanted = Signal()

    def __init__(
        self, splits: Sequence[SplitSummary], now: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export the data set")
        self.setModal(True)
        self.setMinimumWidth(_WIDTH)
        self._can_synthesise = {s.name for s in splits if s.balance.synthesis is not None}
        self.format = ChoiceBox()
        self.format.setAccessibleName("Format of the export")
        for row in FORMATS.values():
            self.format.addItem(row.title, row.name)
        self.split = ChoiceBox()
        self.split.setAccessibleName("Photos to write")
        self.split.addItem("All labelled photos", "")
        for split in splits:
            self.split.addItem(f"Split “{split.name}”, a part each", split.name)
        self.split.setCurrentIndex(max(0, self.split.findData(now)))
        self.copies = QCheckBox("Write the synthesised copies as well")
        self.place = QLineEdit()
        self.place.setAccessibleName("Where to")
        self.place.setPlaceholderText("A new folder, or s3://bucket/prefix")
        self._choose = QPushButton("Choose…")
        self._explained = wrapping_label(role="muted")
        self.note = wrapping_label(role="muted")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = self.buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        self.go.setProperty("role", "primary")
        self._lay_out()
        for box in (self.format, self.split):
            box.currentIndexChanged.connect(self._check)
        self.place.textChanged.connect(self._check)
        self._choose.clicked.connect(self.place_wanted)
        self.buttons.rejected.connect(self.reject)
        self.buttons.accepted.connect(self._accept)
        self._check()

    def _lay_out(self) -> None:
        place = QHBoxLayout()
        place.addWidget(self.place, 1)
        place.addWidget(self._choose)
        form = QFormLayout()
        form.setSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.addRow("Format", self.format)
        form.addRow("", self._explained)
        form.addRow("Photos", self.split)
        form.addRow("", self.copies)
        form.addRow("Where to", place)
        form.addRow("", self.note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(12)
        layout.addLayout(form)
        layout.addStretch(1)
        layout.addWidget(self.buttons)

    @property
    def chosen_format(self) -> ExportFormat:
        """The format that is chosen."""
        return FORMATS[str(self.format.currentData())]

    def request(self) -> dict[str, str | bool]:
        """What is chosen, by the names of ExportRequest."""
        return {
            "target": self.place.text().strip(),
            "format": self.chosen_format.name,
            "split": str(self.split.currentData()),
            "copies": self.copies.isEnabled() and self.copies.isChecked(),
        }

    @Slot()
    def _check(self) -> None:
        table, target = self.chosen_format.is_table, self.place.text().strip()
        self._explained.setText(self.chosen_format.explanation)
        # A table names photos that are there; copies would have to be made.
        self.copies.setEnabled(self.split.currentData() in self._can_synthesise and not table)
        to_bucket = is_s3_address(target)
        if to_bucket and table:
            self.note.setText(NO_TABLE_IN_S3)
        elif to_bucket:
            self.note.setText("The photos leave this computer for that bucket.")
        else:
            self.note.setText("Nothing that is there already is overwritten.")
        self.go.setEnabled(bool(target) and not (to_bucket and table))

    @Slot()
    def _accept(self) -> None:
        self.export_wanted.emit()
        self.accept()
