"""The account: profile, region, role and bucket to choose from, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.errors import Remedy
from emotion_desktop.ui.widgets.basics import add_row
from emotion_desktop.ui.widgets.choice_box import ChoiceBox

_BUTTONS = {
    Remedy.SIGN_IN.value: "Sign in again",
    Remedy.COPY_POLICY.value: "Copy the policy",
    Remedy.CHOOSE_BUCKET.value: "Make one",
    Remedy.CHOOSE_INSTANCE.value: "Choose another machine",
    Remedy.TRY_AGAIN.value: "Try again",
}
#: What is mended by a choice in the form above: the button leads there.
_FIELDS = {
    Remedy.CHOOSE_PROFILE.value: ("profile", "Choose a profile"),
    Remedy.CHOOSE_REGION.value: ("region", "Choose a region"),
    Remedy.CHOOSE_ROLE.value: ("role", "Choose a role"),
}
_MISSING: Final = "missing"


class AccountDialog(QDialog):
    """Shows a report of the account; choices are asked about anew at once."""

    #: profile, region, role, bucket.
    chosen = Signal(dict)
    look_wanted = Signal()
    sign_in_wanted = Signal()
    #: Make a bucket of this name.
    bucket_wanted = Signal(str)
    policy_wanted = Signal()
    machine_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("AWS account")
        self._report: Mapping[str, Any] = {}
        self.fields: dict[str, ChoiceBox] = {}
        form = QFormLayout()
        form.setVerticalSpacing(8)
        for name, title in (
            ("profile", "Profile"),
            ("region", "Region"),
            ("role", "SageMaker's role"),
            ("bucket", "Bucket"),
        ):
            box = ChoiceBox()
            box.setAccessibleName(title)
            box.setEditable(name in ("role", "bucket"))
            box.setMinimumContentsLength(36)
            box.activated.connect(self._choose)
            add_row(form, title, box)
            self.fields[name] = box
        self.who = QLabel()
        self.who.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.who.setTextFormat(Qt.TextFormat.PlainText)
        self.who.setWordWrap(True)
        form.addRow("Account", self.who)
        self._findings = QVBoxLayout()
        self._findings.setSpacing(6)
        note = QLabel(
            "Keys and passwords stay where AWS's own tools keep them; none is stored here."
        )
        note.setProperty("role", "muted")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.again = buttons.addButton("Look again", QDialogButtonBox.ButtonRole.ActionRole)
        self.again.clicked.connect(self.look_wanted)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(14)
        layout.addLayout(form)
        layout.addLayout(self._findings)
        layout.addStretch(1)
        layout.addWidget(note)
        layout.addWidget(buttons)
        self.resize(640, 460)

    @property
    def choices(self) -> dict[str, str]:
        """What is chosen."""
        found = {}
        for name, box in self.fields.items():
            data = box.currentData() if box.findText(box.currentText()) >= 0 else None
            found[name] = str(data if data is not None else box.currentText()).strip()
        return found

    def show_busy(self) -> None:
        """AWS is being asked."""
        self.again.setEnabled(False)
        self.who.setText("Asking AWS…")

    def show_report(self, report: Mapping[str, Any], now: Mapping[str, str]) -> None:
        """Shows what was found.

        Args:
            now: profile, region, role and bucket as they are set.
        """
        self._report = report
        self.again.setEnabled(True)
        profiles = {"": "AWS's default"} | {name: name for name in report["profiles"]}
        self._fill("profile", profiles, now["profile"])
        regions = {"": "The profile's"} | {name: name for name in report["regions"]}
        self._fill("region", regions, now["region"])
        roles = {"": ""} | {role: role.rpartition("/")[2] for role in report["roles"]}
        self._fill("role", roles, now["role"])
        buckets = {"": ""} | {name: name for name in report["buckets"]}
        self._fill("bucket", buckets, now["bucket"])
        arn = report["arn"]
        self.who.setText(f"{report['account']}\n{arn}" if arn else "Not known.")
        while (item := self._findings.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for finding in report["findings"]:
            self._findings.addWidget(self._row(finding))
        # Once they are shown: until then they take no room.
        QTimer.singleShot(0, self, self._make_room)

    @Slot()
    def _make_room(self) -> None:
        """Grows to where no finding is cut; a window does not do so for lines that wrap."""
        layout = self.layout()
        assert layout is not None
        self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    def _fill(self, name: str, choices: Mapping[str, str], now: str) -> None:
        box = self.fields[name]
        box.blockSignals(True)
        box.clear()
        for value, text in choices.items():
            box.addItem(text, value)
        if now and now not in choices:
            box.addItem(now.rpartition("/")[2] if name == "role" else now, now)
        box.setCurrentIndex(max(0, box.findData(now)))
        box.blockSignals(False)

    def _row(self, finding: Mapping[str, Any]) -> QFrame:
        frame = QFrame()
        frame.setProperty("role", "card")
        sign, meaning = _marks(finding)
        mark = QLabel(sign)
        mark.setAccessibleName(meaning)
        if meaning == _MISSING:
            mark.setProperty("role", "danger")
        text = QLabel(f"{finding['title']}: {finding['message']} {finding['hint']}".strip())
        text.setWordWrap(True)
        text.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(frame)
        row.setContentsMargins(10, 6, 10, 6)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(text, 1)
        button = self._button(finding["remedy"])
        if button is not None:
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return frame

    def _button(self, remedy: str) -> QPushButton | None:
        if remedy in _FIELDS:
            name, words = _FIELDS[remedy]
            button = QPushButton(words)
            button.clicked.connect(self.fields[name].showPopup)
            return button
        if remedy not in _BUTTONS:
            return None
        button = QPushButton(_BUTTONS[remedy])
        if remedy == Remedy.SIGN_IN.value:
            button.clicked.connect(self.sign_in_wanted)
        elif remedy == Remedy.COPY_POLICY.value:
            button.clicked.connect(self.policy_wanted)
        elif remedy == Remedy.CHOOSE_BUCKET.value:
            button.clicked.connect(self._make_bucket)
        elif remedy == Remedy.CHOOSE_INSTANCE.value:
            button.clicked.connect(self.reject)
            button.clicked.connect(self.machine_wanted)
        else:
            button.clicked.connect(self.look_wanted)
        return button

    @Slot()
    def _make_bucket(self) -> None:
        self.bucket_wanted.emit(str(self._report.get("suggested_bucket", "")))

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self.choices)


def _marks(finding: Mapping[str, Any]) -> tuple[str, str]:
    """A sign for a finding, and what it means."""
    if finding["good"]:
        return "✓", "all right"
    return ("✗", _MISSING) if finding["blocks"] else ("?", "not sure")
