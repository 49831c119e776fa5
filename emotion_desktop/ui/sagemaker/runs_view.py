"""The jobs at SageMaker: a list, and of one its stages, cost, curves and log."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.errors import Remedy
from emotion_desktop.domain.sagemaker import CloudRun, Stage
from emotion_desktop.ui.sagemaker.describe import STAGES, figures, headline, title_of
from emotion_desktop.ui.sagemaker.timeline import Timeline, steps_of
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.training.curves import Curve, CurvesView

_LOG_LINES: Final = 5000
#: The title of the curves, and the name and the figure of each.
_CURVES: Final = (
    "Accuracy, as SageMaker counts it (%)",
    ("training photos", "train_accuracy"),
    ("validation photos", "validation_accuracy"),
)
_RECIPE_CURVES: Final = (
    "On validation photos (%)",
    ("accuracy", "accuracy"),
    ("mean recall", "mean_recall"),
)
#: What is mended by another choice in the account's dialog.
_IN_THE_ACCOUNT: Final = {
    Remedy.CHOOSE_PROFILE,
    Remedy.CHOOSE_REGION,
    Remedy.CHOOSE_ROLE,
    Remedy.CHOOSE_BUCKET,
    Remedy.COPY_POLICY,
}


class RunsView(QWidget):
    """Signals carry a run's name."""

    back_wanted = Signal()
    chosen = Signal(str)
    stop_wanted = Signal(str)
    cancel_wanted = Signal(str)
    resume_wanted = Signal(str)
    use_wanted = Signal(str)
    forget_wanted = Signal(str)
    sign_in_wanted = Signal()
    account_wanted = Signal()
    policy_wanted = Signal()
    #: Another kind of machine, for a run to come.
    machine_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._runs: dict[str, CloudRun] = {}
        self._active: frozenset[str] = frozenset()
        self._prices: Mapping[str, float] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(20)
        layout.addLayout(self._left())
        layout.addLayout(self._right(), 1)
        self._show()

    def _left(self) -> QVBoxLayout:
        back = QPushButton("‹ Train a model")
        back.setProperty("role", "flat")
        back.clicked.connect(self.back_wanted)
        self.list = QListWidget()
        self.list.setAccessibleName("Jobs at SageMaker")
        self.list.setFixedWidth(240)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._chosen)
        left = QVBoxLayout()
        left.addWidget(back)
        left.addWidget(self.list, 1)
        return left

    def _right(self) -> QVBoxLayout:
        self._title = QLabel("No jobs yet")
        self._title.setProperty("role", "title")
        self._words = QLabel("What is trained on SageMaker is shown here, also from other windows.")
        self._words.setWordWrap(True)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setProperty("role", "danger")
        self.problem.hide()
        self._figures = QLabel()
        self._figures.setProperty("role", "muted")
        self._figures.setWordWrap(True)
        self.timeline = Timeline(self._theme)
        self.curves = CurvesView("", self._theme, percent=True)
        self.curves.setMinimumHeight(170)
        right = QVBoxLayout()
        right.setSpacing(8)
        for widget in (self._title, self._words, self.problem, self._figures, self.timeline):
            right.addWidget(widget)
        right.addLayout(self._button_row())
        right.addWidget(self.curves, 3)
        right.addWidget(self._log_view(), 2)
        # Holds the rest at the top where neither is shown.
        right.addStretch(0)
        return right

    def _log_view(self) -> QPlainTextEdit:
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(_LOG_LINES)
        self.log.setAccessibleName("The job's log")
        self.log.setPlaceholderText("What the job says appears here once it runs.")
        self.log.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        fixed = QFont("monospace")
        fixed.setStyleHint(QFont.StyleHint.Monospace)
        fixed.setPointSizeF(max(8.0, self.font().pointSizeF() - 1))
        self.log.setFont(fixed)
        return self.log

    def _button_row(self) -> QHBoxLayout:
        self.buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout()
        for name, words, signal in (
            ("stop", "Stop and keep the best", self.stop_wanted),
            ("cancel", "Cancel…", self.cancel_wanted),
            ("resume", "Go on", self.resume_wanted),
            ("use", "Use in the gallery", self.use_wanted),
            ("forget", "Forget…", self.forget_wanted),
        ):
            button = QPushButton(words)
            button.clicked.connect(lambda _=False, s=signal: s.emit(self.current))
            self.buttons[name] = button
            row.addWidget(button)
        self.buttons["use"].setProperty("role", "primary")
        self._remedies: list[tuple[QPushButton, frozenset[str]]] = []
        for words, signal, remedies in (
            ("Sign in again", self.sign_in_wanted, {Remedy.SIGN_IN}),
            ("Copy the policy", self.policy_wanted, {Remedy.COPY_POLICY}),
            ("Choose another machine", self.machine_wanted, {Remedy.CHOOSE_INSTANCE}),
            ("Account…", self.account_wanted, _IN_THE_ACCOUNT),
        ):
            button = QPushButton(words)
            button.clicked.connect(signal)
            self._remedies.append((button, frozenset(remedy.value for remedy in remedies)))
            row.addWidget(button)
        row.addStretch(1)
        return row

    @property
    def current(self) -> str:
        """The run that is shown; empty for none."""
        item = self.list.currentItem()
        return "" if item is None else str(item.data(Qt.ItemDataRole.UserRole))

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        self.timeline.set_theme(theme)
        self.curves.set_theme(theme)
        self._show()

    def show_runs(
        self, runs: Sequence[CloudRun], active: frozenset[str], prices: Mapping[str, float]
    ) -> None:
        """Shows runs, the newest first.

        Args:
            active: the runs this program works on.
        """
        before = self.current
        self._runs = {run.name: run for run in runs}
        self._active, self._prices = active, prices
        names = [self.list.item(i).data(Qt.ItemDataRole.UserRole) for i in range(self.list.count())]
        if names != list(self._runs):
            self.list.blockSignals(True)
            self.list.clear()
            for run in runs:
                item = QListWidgetItem()
                item.setData(Qt.ItemDataRole.UserRole, run.name)
                self.list.addItem(item)
            self.list.setCurrentRow(list(self._runs).index(before) if before in self._runs else 0)
            self.list.blockSignals(False)
            if self.current != before:
                self._chosen()
        for index, run in enumerate(runs):
            started = time.strftime("%d %b %H:%M", time.localtime(run.created))
            text = f"{title_of(run)}\n{started} · {STAGES[run.stage]}"
            self.list.item(index).setText(text)
        self._show()

    def choose(self, name: str) -> None:
        """Brings a run to the front."""
        if name in self._runs:
            self.list.setCurrentRow(list(self._runs).index(name))

    def show_log(self, name: str, lines: Sequence[str]) -> None:
        """Shows a run's log from its beginning."""
        if name == self.current:
            self.log.setPlainText("\n".join(lines))
            # What comes next is followed.
            bar = self.log.verticalScrollBar()
            bar.setValue(bar.maximum())

    def add_line(self, name: str, line: str) -> None:
        """Adds a line to the log that is shown."""
        if name == self.current:
            self.log.appendPlainText(line)

    @Slot()
    def _chosen(self) -> None:
        self.log.clear()
        self.chosen.emit(self.current)
        self._show()

    def _show(self) -> None:
        run = self._runs.get(self.current)
        for widget in (self.timeline, self._figures):
            widget.setVisible(run is not None)
        # A batch transform says nothing of itself.
        for told in (self.curves, self.log):
            told.setVisible(run is not None and run.kind == "training")
        going = run is not None and run.name in self._active
        visible = {
            "stop": going
            and run is not None
            and run.stage is Stage.RUNNING
            and run.kind == "training",
            "cancel": going and run is not None and not run.stage.is_over,
            "resume": run is not None and not going and not run.stage.is_over,
            "use": run is not None
            and run.stage is Stage.DONE
            and (run.kind == "training" or bool(run.request.get("paths"))),
            "forget": run is not None and not going and not (run.stage.paid and not run.problem),
        }
        for name, button in self.buttons.items():
            button.setVisible(visible[name])
        transform = run is not None and run.kind == "transform"
        self.buttons["use"].setText("Show in the gallery" if transform else "Use in the gallery")
        trouble = (run.waiting or run.problem) if run is not None else None
        self.problem.setVisible(trouble is not None)
        remedy = trouble.remedy if trouble is not None else ""
        for button, remedies in self._remedies:
            button.setVisible(remedy in remedies)
        if run is None:
            return
        if trouble is not None:
            self.problem.setText(f"{trouble.message} {trouble.hint}".strip())
        now = time.time()
        self._title.setText(title_of(run))
        self._words.setText(f"{headline(run, active=going)}\n{run.name}")
        self._figures.setText(figures(run, self._prices, now))
        self.timeline.show_steps(steps_of(run, now))
        title, first, second = _RECIPE_CURVES if run.trains_recipe else _CURVES
        self.curves.set_title(title)
        self.curves.show_curves(
            [
                Curve(first[0], _points(run, first[1]), self._theme.muted, 1),
                Curve(second[0], _points(run, second[1]), self._theme.accent),
            ]
        )


def _points(run: CloudRun, name: str) -> list[tuple[float, float]]:
    return [(row["epoch"] + 1, row[name] * 100) for row in run.history if name in row]
