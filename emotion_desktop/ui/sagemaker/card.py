"""The card of Amazon SageMaker in the training tab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from emotion_desktop.domain.sagemaker import Machines
from emotion_desktop.ui.training.card import PlaceCard
from emotion_desktop.ui.widgets.basics import DecimalBox, WholeBox
from emotion_desktop.ui.widgets.choice_box import ChoiceBox
from emotion_desktop.ui.widgets.flow_layout import FlowLayout


class SageMakerCard(PlaceCard):
    """What a training there takes, costs and sends; which machines; whose account."""

    machines_changed = Signal()
    account_wanted = Signal()
    jobs_wanted = Signal()
    clean_wanted = Signal()
    transform_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Amazon SageMaker", "Train on SageMaker…", parent)
        self.body.addLayout(self._account_row())
        self.body.addLayout(self._machine_form())
        self.body.addWidget(self.spot)
        self.body.addLayout(self._links())
        self._earlier: Sequence[tuple[str, str]] = ()
        self.offer_earlier(())
        self.algorithm.currentIndexChanged.connect(self._algorithm_changed)
        for signal in (
            self.algorithm.currentIndexChanged,
            self.kind.currentIndexChanged,
            self.count.valueChanged,
            self.hours.valueChanged,
            self.spot.toggled,
            self.earlier.currentIndexChanged,
        ):
            signal.connect(self.machines_changed)

    def _account_row(self) -> QHBoxLayout:
        self.account = QLabel("No account was looked at yet.")
        self.account.setWordWrap(True)
        self.account.setTextFormat(Qt.TextFormat.PlainText)
        self.account.setAccessibleName("AWS account")
        change = QPushButton("Account…")
        change.clicked.connect(self.account_wanted)
        row = QHBoxLayout()
        row.addWidget(self.account, 1)
        row.addWidget(change, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _machine_form(self) -> QGridLayout:
        self.algorithm = ChoiceBox()
        self.algorithm.setAccessibleName("Trained by")
        self.algorithm.addItem("Amazon's image classification (MXNet)", False)
        self.algorithm.addItem("This recipe (TensorFlow container)", True)
        self.kind = ChoiceBox()
        self.kind.setAccessibleName("Kind of machine")
        self.count = WholeBox()
        self.count.setRange(1, 20)
        self.count.setAccessibleName("How many machines")
        self.hours = DecimalBox()
        self.hours.setRange(0.1, 120)
        self.hours.setDecimals(1)
        self.hours.setValue(2)
        self.hours.setSuffix(" h")
        self.hours.setAccessibleName("Stopped after")
        self.spot = QCheckBox("Spare machines (spot): cheaper, may be interrupted")
        self.earlier = ChoiceBox()
        self.earlier.setAccessibleName("Go on from")
        self.earlier.addItem("A new net", "")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        self.count.setSuffix(" ×")
        self.hours.setPrefix("at most ")
        machines = FlowLayout()
        for box in (self.count, self.kind, self.hours):
            machines.addWidget(box)
        self._start_from = QLabel("Start from")
        titles = (QLabel("Trained by"), QLabel("Machines"), self._start_from)
        for number, label in enumerate(titles):
            label.setProperty("role", "muted")
            grid.addWidget(label, number, 0)
        grid.addWidget(self.algorithm, 0, 1)
        grid.addLayout(machines, 1, 1)
        grid.addWidget(self.earlier, 2, 1)
        return grid

    def _links(self) -> FlowLayout:
        self._jobs = QPushButton("Jobs there")
        self._jobs.setProperty("role", "flat")
        self._jobs.clicked.connect(self.jobs_wanted)
        clean = QPushButton("Clean up…")
        clean.setProperty("role", "flat")
        clean.clicked.connect(self.clean_wanted)
        self.classify = QPushButton("Classify there…")
        self.classify.setProperty("role", "flat")
        self.classify.setToolTip("Classify many photos with a model that was trained there.")
        self.classify.clicked.connect(self.transform_wanted)
        links = FlowLayout(spacing=2)
        for button in (self._jobs, self.classify, clean):
            links.addWidget(button)
        return links

    @property
    def by_recipe(self) -> bool:
        """Whether the recipe itself is trained there, and not Amazon's algorithm."""
        return bool(self.algorithm.currentData())

    @property
    def machines(self) -> Machines:
        """What is chosen."""
        return Machines(
            kind=str(self.kind.currentData() or Machines().kind),
            count=1 if self.by_recipe else self.count.value(),
            spot=self.spot.isChecked(),
            max_hours=self.hours.value(),
        )

    def offer_kinds(self, kinds: Mapping[str, str]) -> None:
        """Offers kinds of machines: names and what they are; the one that is chosen stays."""
        before = self.kind.currentData()
        self.kind.blockSignals(True)
        self.kind.clear()
        for name, words in kinds.items():
            self.kind.addItem(name, name)
            self.kind.setItemData(self.kind.count() - 1, words, Qt.ItemDataRole.ToolTipRole)
        self.kind.setCurrentIndex(max(0, self.kind.findData(before)))
        self.kind.blockSignals(False)

    def offer_earlier(self, models: Sequence[tuple[str, str]]) -> None:
        """Offers earlier models that were trained there: names and addresses."""
        self._earlier = models
        before = self.earlier.currentData()
        self.earlier.blockSignals(True)
        self.earlier.clear()
        self.earlier.addItem("A new net", "")
        for name, address in models:
            self.earlier.addItem(f"The model “{name}”", address)
        self.earlier.setCurrentIndex(max(0, self.earlier.findData(before)))
        self.earlier.blockSignals(False)
        self.classify.setVisible(bool(models))
        self._show_earlier()

    def _show_earlier(self) -> None:
        """A recipe starts from what the page says above."""
        for widget in (self.earlier, self._start_from):
            widget.setVisible(bool(self._earlier) and not self.by_recipe)

    @Slot()
    def _algorithm_changed(self) -> None:
        self.count.setVisible(not self.by_recipe)
        self._show_earlier()

    def show_account(self, report: Mapping[str, Any] | None, *, busy: bool = False) -> None:
        """Says whose account it is, and whether everything is there."""
        if busy:
            self.account.setText("Asking AWS…")
        elif report is None:
            self.account.setText("No account was looked at yet.")
        else:
            who = report["account"] or "not signed in"
            place = f"{report['profile'] or 'default'} · {report['region'] or 'no region'}"
            missing = [f for f in report["findings"] if not f["good"] and f["blocks"]]
            state = missing[0]["message"] if missing else "Ready."
            self.account.setText(f"{who} · {place}\n{state}")
            self.account.setToolTip(report["arn"] or "")

    def show_jobs(self, total: int, under_way: int) -> None:
        """How many jobs there are."""
        going = f", {under_way} under way" if under_way else ""
        self._jobs.setText(f"Jobs there ({total}{going})" if total else "Jobs there")
