"""Before an import: a preview of the source, and how to read it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.text import counted
from emotion_desktop.ui.dataset.columns import ColumnPicker
from emotion_desktop.ui.dataset.vote_rules import VoteRuleChooser
from emotion_desktop.ui.widgets.basics import wrapping_label
from emotion_desktop.ui.widgets.choice_box import ChoiceBox

if TYPE_CHECKING:  # not before the window is shown
    from emotion_desktop.jobs.dataset.import_preview import ImportPreview

_RULES: Final = (
    ("names", "By the name before the number (Ann_Lee_0001.jpg)"),
    ("pattern", "By a pattern of my own"),
    ("column", "By a column of the table"),
    ("each", "Nobody is in two photos"),
)
#: Where labels are taken from in a folder that has both, by ReadingOptions.labels_from.
_LABELS_FROM: Final = (
    ("folders", "Labels are the folders' names"),
    ("table", "Labels are those of the table"),
)
#: What the numberings of label_spellings.NUMBERINGS are called.
_NUMBERINGS: Final = {
    "fer2013": "FER2013",
    "raf-db": "RAF-DB",
    "affectnet": "AffectNet",
    "ck+": "CK+",
}
_LOOKS_LIKE: Final = "{person}_{number}"
#: A pattern that is being written is tried so soon after the last key.
_SETTLE_MS: Final = 400
#: So high that some spellings are in sight whatever else is shown, pixels.
_SPELLINGS: Final = 150
#: So many of their boxes are made between two events: all at once would stall the window.
_AT_ONCE: Final = 3


class ImportDialog(QDialog):
    """Shows a ImportPreview; every choice that changes it asks for another look."""

    #: The columns or the rule for persons were changed.
    look_wanted = Signal()
    import_wanted = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Import {name}")
        self.setModal(True)
        self.resize(760, 680)
        self._look: ImportPreview | None = None
        self._meanings: dict[str, ChoiceBox] = {}
        self._decided: dict[str, str | None] = {}
        self._coming: list[tuple[int, dict[str, Any]]] = []
        self._next = QTimer(self)
        self._next.setInterval(0)
        self._next.timeout.connect(self._make_boxes)
        self.summary = wrapping_label(role="headline")
        self.notes = wrapping_label(role="muted")
        self.columns = ColumnPicker()
        self.spellings = QTableWidget(0, 3)
        self.rule = ChoiceBox()
        self.pattern = QLineEdit(_LOOKS_LIKE)
        self.people = wrapping_label(role="muted")
        self._who = QLabel("Who is in a photo")
        self.labels_from = ChoiceBox()
        self.votes = VoteRuleChooser()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self.skip_known = QCheckBox()
        self.skip_known.setChecked(True)
        self.skip_known.hide()
        self.stay = QRadioButton("Photos stay where they are")
        self.copy = QRadioButton("Copy the photos into the workspace")
        self.bad = QPlainTextEdit()
        self.bad_button = QPushButton()
        self.busy = QProgressBar()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = self.buttons.addButton("Import", QDialogButtonBox.ButtonRole.AcceptRole)
        self.go.setProperty("role", "primary")
        self._prepare()
        self._lay_out()
        self._connect()
        self.show_busy()

    def _prepare(self) -> None:
        for value, text in _RULES:
            self.rule.addItem(text, value)
        for value, text in _LABELS_FROM:
            self.labels_from.addItem(text, value)
        self.labels_from.setAccessibleName("Where labels are taken from")
        self.labels_from.hide()
        self.rule.setAccessibleName("Who is in a photo")
        self.pattern.setAccessibleName("Pattern for persons")
        self.pattern.setToolTip(
            "{person}, {number}, {word} and * stand for parts of the name, {person:3} for a person "
            "of three signs, {letter} for a letter, {folder}/ for a folder."
        )
        self.spellings.setHorizontalHeaderLabels(["written", "photos", "means"])
        self.spellings.setAccessibleName("Spellings of labels")
        self.spellings.verticalHeader().hide()
        self.spellings.setShowGrid(False)
        self.spellings.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.spellings.setMinimumHeight(_SPELLINGS)
        header = self.spellings.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.pattern.hide()
        self.stay.setChecked(True)
        group = QButtonGroup(self)
        group.addButton(self.stay)
        group.addButton(self.copy)
        self.bad.setReadOnly(True)
        self.bad.setMaximumHeight(110)
        self.bad.setAccessibleName("Rows that cannot be used")
        self.bad_button.setProperty("role", "flat")
        self.bad_button.setCheckable(True)
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)

    def _lay_out(self) -> None:
        persons = QHBoxLayout()
        persons.addWidget(self._who)
        persons.addWidget(self.rule, 1)
        persons.addWidget(self.pattern, 1)
        place = QHBoxLayout()
        place.addWidget(self.stay)
        place.addWidget(self.copy)
        place.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(8)
        layout.addWidget(self.summary)
        layout.addWidget(self.notes)
        layout.addWidget(self.skip_known)
        layout.addWidget(self.busy)
        layout.addWidget(self.labels_from)
        layout.addWidget(self.votes)
        layout.addWidget(self.columns)
        layout.addWidget(self.spellings, 1)
        layout.addLayout(persons)
        layout.addWidget(self.people)
        layout.addLayout(place)
        layout.addWidget(self.bad_button)
        layout.addWidget(self.bad)
        layout.addStretch()
        layout.addWidget(self.buttons)

    def _connect(self) -> None:
        self.buttons.rejected.connect(self.reject)
        self.buttons.accepted.connect(self._accept)
        self.columns.changed.connect(self._preview_again)
        self.rule.activated.connect(self._rule_chosen)
        self.labels_from.activated.connect(self._preview_again)
        self.votes.changed.connect(self._preview_again)
        self.pattern.textEdited.connect(self._settle.start)
        self.pattern.editingFinished.connect(self._preview_at_once)
        self._settle.timeout.connect(self._preview_again)
        self.bad_button.toggled.connect(self.bad.setVisible)
        self.skip_known.toggled.connect(self._allow_import)

    # -- what is shown -------------------------------------------------------------------------

    def show_busy(self) -> None:
        """Shows that the source is being looked at."""
        self.busy.show()
        self.go.setEnabled(False)
        if self._look is None:
            self.summary.setText("Looking at what is there")
            for widget in (self.columns, self.bad, self.bad_button):
                widget.hide()

    def show_problem(self, text: str) -> None:
        """Shows why nothing can be imported."""
        self.busy.hide()
        self.go.setEnabled(False)
        self.summary.setText(text)

    def show_look(self, look: ImportPreview) -> None:
        """Shows what the source shows."""
        self._look = look
        self.busy.hide()
        self._show_known(look)
        self._allow_import()
        if look.preview is not None:
            self.columns.show_preview(look.preview, wanted=bool(look.problem))
        self.columns.setVisible(look.preview is not None)
        for widget in (self.spellings, self._who, self.rule, self.people, self.stay, self.copy):
            widget.setVisible(not look.problem)
        if look.problem:
            self.pattern.hide()
            self.votes.hide()
            self.summary.setText("Which columns hold the photos and the labels?")
            self.notes.setText("Click on the headers below and choose.")
            return
        known = (
            " It was imported before and is brought up to date, which cannot be undone."
            if look.known
            else ""
        )
        self.summary.setText(f"{counted(look.photos, 'photo')} in {look.title}.{known}")
        self.notes.setText(_notes(look))
        self.labels_from.setVisible(bool(look.other_labels))
        if look.other_labels:
            self.labels_from.setCurrentIndex(look.other_labels == "folders")
        self.votes.show_rules(look.votes, look.rule)
        self._show_spellings(look.spellings)
        self._show_persons(look.persons)
        if look.always_copied:
            self.copy.setChecked(True)
        for radio in (self.stay, self.copy):
            radio.setEnabled(not look.always_copied)
        self.bad_button.setText(f"{counted(look.bad_count, 'row')} cannot be used: show them")
        self.bad_button.setVisible(bool(look.bad_count))
        lines = [f"line {row['number']}: {row['reason']} ({row['text']})" for row in look.bad]
        if look.bad_count > len(lines):
            lines.append("…")
        self.bad.setPlainText("\n".join(lines))
        self.bad.setVisible(bool(look.bad_count) and self.bad_button.isChecked())

    def _show_known(self, look: ImportPreview) -> None:
        """Says which photos are in the data set already, as those of an exported set are."""
        self.skip_known.setVisible(bool(look.already))
        if look.already == look.photos:
            which = "All of them are" if look.photos > 1 else "It is"
        else:
            which = f"{look.already:,} of them {'are' if look.already > 1 else 'is'}"
        self.skip_known.setText(
            f"{which} in the data set already, from elsewhere (same content): leave out"
        )

    @Slot()
    def _allow_import(self) -> None:
        look = self._look
        if look is None:
            return
        nothing_new = look.already == look.photos and self.skip_known.isChecked()
        self.go.setEnabled(not look.problem and not nothing_new)

    def _show_spellings(self, spellings: Sequence[dict[str, Any]]) -> None:
        chosen = self.decided
        self._decided = {s["written"]: chosen.get(s["written"], s["emotion"]) for s in spellings}
        self.spellings.setRowCount(0)
        self._meanings = {}
        self.spellings.setRowCount(len(spellings))
        for row, spelling in enumerate(spellings):
            for column, text in enumerate((spelling["written"], f"{spelling['count']:,}")):
                cell = QTableWidgetItem(text)
                cell.setFlags(Qt.ItemFlag.ItemIsEnabled)
                if column:
                    cell.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.spellings.setItem(row, column, cell)
            self.spellings.setRowHeight(row, 36)
        self._coming = list(enumerate(spellings))
        self._make_boxes()
        self._next.start()

    @Slot()
    def _make_boxes(self) -> None:
        now, self._coming = self._coming[:_AT_ONCE], self._coming[_AT_ONCE:]
        for row, spelling in now:
            written = spelling["written"]
            box = ChoiceBox()
            box.setAccessibleName(f"What “{written}” means")
            for emotion in EMOTIONS:
                box.addItem(emotion, emotion)
            box.addItem("kept aside", None)
            meant = self._decided[written]
            box.setCurrentIndex(EMOTIONS.index(meant) if meant else len(EMOTIONS))
            if not spelling["sure"]:
                box.setToolTip("A guess, by the numbers that others use: please look at it.")
            self.spellings.setCellWidget(row, 2, box)
            self._meanings[written] = box
        if not self._coming:
            self._next.stop()

    def _show_persons(self, persons: dict[str, Any]) -> None:
        self.rule.setCurrentIndex(self.rule.findData(persons["way"]))
        typing = self._settle.isActive()
        if persons["way"] == "pattern" and not typing and self.pattern.text() != persons["rule"]:
            self.pattern.setText(persons["rule"])
        self.pattern.setVisible(persons["way"] == "pattern")
        examples = "; ".join(f"{photo} is {person}" for photo, person in persons["examples"])
        people = counted(persons["persons"], "person")
        proposed = persons["proposed"]
        reason = f" {proposed['reason']}" if proposed["rule"] == persons["rule"] else ""
        self.people.setText(
            f"{people}, {persons['alone']:,} of them in one photo. {examples}.{reason}"
        )

    # -- what is chosen ------------------------------------------------------------------------

    @property
    def chosen_columns(self) -> dict[str, int | None] | None:
        """The columns that were clicked; None to find out."""
        return self.columns.chosen

    @property
    def chosen_rule(self) -> str | None:
        """The rule for persons; None for what suits the source."""
        if self._look is None or not self._look.persons:
            return None
        way = str(self.rule.currentData())
        return self.pattern.text().strip() if way == "pattern" else way

    @property
    def chosen_labels_from(self) -> str:
        """Where labels are to be taken from, in a folder that has both; else empty."""
        # Not isVisible: nothing is visible once the dialog is closed.
        return "" if self.labels_from.isHidden() else str(self.labels_from.currentData())

    @property
    def decided(self) -> dict[str, str | None]:
        """What each label means by the user's eyes."""
        made = {written: box.currentData() for written, box in self._meanings.items()}
        return {**self._decided, **made}

    @Slot()
    def _rule_chosen(self) -> None:
        self.pattern.setVisible(self.rule.currentData() == "pattern")
        self._preview_again()

    @Slot()
    def _preview_at_once(self) -> None:
        if self._settle.isActive():
            self._preview_again()

    @Slot()
    def _preview_again(self) -> None:
        self._settle.stop()
        self.show_busy()
        self.look_wanted.emit()

    @Slot()
    def _accept(self) -> None:
        self.import_wanted.emit()
        self.accept()


def _notes(look: ImportPreview) -> str:
    parts = list(look.notes)
    if look.unlabelled:
        have = "has" if look.unlabelled == 1 else "have"
        parts.append(f"{look.unlabelled:,} of them {have} no label and go in as such.")
    meant = {spelling["emotion"] for spelling in look.spellings} - {None}
    merged = sum(spelling["emotion"] is not None for spelling in look.spellings)
    if merged > len(meant):
        parts.append(
            f"{merged} spellings are merged into {counted(len(meant), 'emotion')}: look whether "
            "each means what it is taken for."
        )
    unsure = sum(not spelling["sure"] for spelling in look.spellings)
    aside = sum(spelling["emotion"] is None for spelling in look.spellings)
    if unsure:
        whose = _NUMBERINGS.get(look.numbering, "others")
        parts.append(f"Numbers are read as those of {whose}: look whether that is right.")
    if aside:
        means, is_ = ("means", "is") if aside == 1 else ("mean", "are")
        parts.append(
            f"{counted(aside, 'label')} that {means} none of the emotions {is_} kept aside, not "
            "dropped."
        )
    if look.spellings and not parts:
        parts.append("Look whether every spelling means what it is taken for.")
    return " ".join(parts)


def request_of(dialog: ImportDialog, source: str | Path) -> dict[str, Any]:
    """What the dialog says, by the names of jobs.dataset.specs.ImportRequest."""
    return {
        "source": str(source),
        "copy": dialog.copy.isChecked() and dialog.copy.isEnabled(),
        "columns": dialog.chosen_columns,
        "persons": dialog.chosen_rule,
        "decided": dialog.decided,
        "labels_from": dialog.chosen_labels_from,
        "votes": dialog.votes.chosen,
        "skip_known": dialog.skip_known.isChecked(),
    }
