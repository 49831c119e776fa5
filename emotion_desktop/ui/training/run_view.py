"""One run on screen: what it is doing, its curves and recalls, how it ended, what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from emotion_desktop.domain.job import JobEvent, Progress
from emotion_desktop.domain.run import RunState
from emotion_desktop.domain.text import counted
from emotion_desktop.jobs.training.run_progress import RunProgress
from emotion_desktop.ui.theme import Theme
from emotion_desktop.ui.training.describe import (
    log_lines,
    recipe_of,
    recipe_words,
    score,
    state_sentence,
    when,
)
from emotion_desktop.ui.training.recalls import RecallBars
from emotion_desktop.ui.widgets.job_row import TimeLeft

if TYPE_CHECKING:
    from emotion_desktop.ui.training.curves import Curve

_STEPS: Final = 1000
#: Curves are drawn again at most so often while a run tells more.
_REDRAW_MS: Final = 250


class RunView(QWidget):
    """Shows a RunProgress; every signal brings the run's id."""

    finish_wanted = Signal(str)
    pause_wanted = Signal(str)
    cancel_wanted = Signal(str)
    go_on_wanted = Signal(str)
    change_wanted = Signal(str)
    repeat_wanted = Signal(str)
    use_wanted = Signal(str)
    remove_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        from emotion_desktop.ui.training.curves import CurvesView

        super().__init__(parent)
        self._theme = theme
        self._live: RunProgress | None = None
        self._time_left = TimeLeft()
        self._left = ""
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self.state = QLabel()
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.state.setWordWrap(True)
        self._score = QLabel()
        self._score.setProperty("role", "headline")
        self._about = QLabel()
        self._about.setProperty("role", "muted")
        self._about.setTextFormat(Qt.TextFormat.PlainText)
        self._about.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of the training")
        self._loss = CurvesView("Loss", theme)
        self._scores = CurvesView("On people it does not learn from, %", theme, percent=True)
        self._recalls = RecallBars(theme)
        self._recalls_title = _bold("Recall by emotion")
        self._log = QPlainTextEdit()
        self._log.setReadOnly(True)
        self._log.setAccessibleName("Log of the training")
        self._log.setPlaceholderText("Nothing was written down yet.")
        self._redraw = QTimer(self)
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(_REDRAW_MS)
        self._redraw.timeout.connect(self._draw)
        self._assemble()

    def button(self, name: str) -> QPushButton:
        """One of the buttons: finish, pause, cancel, go_on, use, change, repeat, remove."""
        return self._buttons[name]

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        for view in (self._loss, self._scores, self._recalls):
            view.set_theme(theme)
        self._draw()

    def show_run(self, live: RunProgress) -> None:
        """Shows another run."""
        if self._live is not live:
            self._time_left, self._left = TimeLeft(), ""
        self._live = live
        self._show_log()
        self._show_facts()
        self._draw()

    def heard(self, event: JobEvent) -> None:
        """An event of the run that is shown; its RunProgress is up to date already."""
        if isinstance(event, Progress):
            self._left = self._time_left.words(event)
            self._show_facts()
            return
        self._show_log()
        self._show_facts()
        if not self._redraw.isActive():
            self._redraw.start()

    # -- inside --------------------------------------------------------------------------------

    def _assemble(self) -> None:
        wanted = {
            "finish": ("Stop and keep the best", self.finish_wanted),
            "pause": ("Pause and go on later", self.pause_wanted),
            "cancel": ("Cancel", self.cancel_wanted),
            "use": ("Use in the gallery", self.use_wanted),
            "go_on": ("Go on", self.go_on_wanted),
            "change": ("Change and train…", self.change_wanted),
            "repeat": ("Repeat exactly", self.repeat_wanted),
            "remove": ("Remove…", self.remove_wanted),
        }
        self._buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout()
        for name, (text, signal) in wanted.items():
            button = QPushButton(text)
            button.clicked.connect(lambda _=False, wanted=signal: self._emit(wanted))
            self._buttons[name] = button
            row.addWidget(button)
        row.addStretch(1)
        for name in ("use", "go_on"):
            self._buttons[name].setProperty("role", "primary")
        plots = QHBoxLayout()
        plots.setSpacing(20)
        plots.addWidget(self._loss, 1)
        plots.addWidget(self._scores, 1)
        below = QGridLayout()
        below.setHorizontalSpacing(20)
        below.addWidget(self._recalls_title, 0, 0)
        below.addWidget(_bold("Log"), 0, 1)
        below.addWidget(self._recalls, 1, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self._log, 1, 1)
        below.setColumnStretch(0, 1)
        below.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._score)
        layout.addWidget(self.state)
        layout.addWidget(self._bar)
        layout.addWidget(self._about)
        layout.addLayout(row)
        layout.addSpacing(4)
        layout.addLayout(plots, 1)
        layout.addLayout(below)

    def _show_log(self) -> None:
        text = "\n".join(log_lines(self._live)) if self._live is not None else ""
        before = self._log.toPlainText()
        if before and text.startswith(f"{before}\n"):
            # Scrolls along where the last line is in sight, and stays where it is otherwise.
            self._log.appendPlainText(text[len(before) + 1 :])
        elif text != before:
            self._log.setPlainText(text)
            self._log.moveCursor(QTextCursor.MoveOperation.End)

    def _emit(self, signal: object) -> None:
        if self._live is not None:
            signal.emit(self._live.run.id)  # type: ignore[attr-defined]

    def _show_facts(self) -> None:
        """Everything but the curves."""
        live = self._live
        if live is None:
            return
        run = live.run
        running, queued = run.state is RunState.RUNNING, run.state is RunState.QUEUED
        self._title.setText(run.name)
        self.state.setText(state_sentence(live, self._left))
        role = "danger" if run.state is RunState.FAILED else ""
        if self.state.property("role") != role:
            self.state.setProperty("role", role)
            self.state.style().polish(self.state)
        photos = (run.scores or {}).get("photos")
        behind = f" on {counted(photos, 'photo')}" if photos else ""
        self._score.setText(score(run.scores) + behind)
        self._score.setVisible(run.state is RunState.SUCCEEDED)
        facts = [
            recipe_words(run),
            when(run),
            run.device,
            f"{run.photos:,} pictures" if run.photos else "",
            f"data {run.fingerprint[:8]}" if run.fingerprint else "",
            f"seed\N{NO-BREAK SPACE}{run.parameters.get('seed', 0)}",
        ]
        self._about.setText(" · ".join(fact for fact in facts if fact))
        self._bar.setVisible(running)
        progress = live.progress
        if progress is not None and progress.total > 0:
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(round(_STEPS * progress.done / progress.total))
        else:
            self._bar.setRange(0, 0)
        trained = running and bool(live.epochs or live.steps)
        shown = {
            "finish": trained,
            "pause": trained,
            "cancel": running or queued,
            "use": run.state is RunState.SUCCEEDED and bool(run.model),
            "go_on": live.can_go_on and run.state.is_over and run.state is not RunState.SUCCEEDED,
            "change": run.state.is_over and recipe_of(run) is not None,
            "repeat": run.state.is_over and bool(run.fingerprint),
            "remove": run.state.is_over,
        }
        self._buttons["go_on"].setText("Go on" if live.epochs else "Begin again")
        for name, is_shown in shown.items():
            self._buttons[name].setVisible(is_shown)
            self._buttons[name].setEnabled(not live.asked or name == "cancel")

    def _draw(self) -> None:
        """The curves and the recalls."""
        live = self._live
        if live is None:
            return
        self._loss.show_curves(self._loss_curves(live))
        self._scores.show_curves(self._score_curves(live))
        best = live.best
        self._recalls.show_recalls(best["recall"] if best else {})
        number = live.epochs[-1]["best_epoch"] if live.epochs else 0
        self._recalls_title.setText(
            f"Recall by emotion, epoch {number} (the one that is kept)"
            if number
            else "Recall by emotion"
        )
        self._recalls_title.setToolTip(
            "Kept is the latest epoch that is about as good as the best one: the net has settled "
            "by then."
            if number
            else ""
        )

    def _loss_curves(self, live: RunProgress) -> list[Curve]:
        from emotion_desktop.ui.training.curves import Curve

        theme = self._theme
        steps = Curve("each step", live.steps, theme.muted, faint=True)
        epochs = Curve("training", _points(live, "loss"), theme.accent)
        checked = Curve("validation", _points(live, "log_loss"), theme.second, dash=1)
        return [*([steps] if live.steps else []), epochs, checked]

    def _score_curves(self, live: RunProgress) -> list[Curve]:
        from emotion_desktop.ui.training.curves import Curve

        theme, best = self._theme, live.best
        marked = None
        if best is not None:
            number = int(live.epochs[-1]["best_epoch"])
            marked = (float(number), 100 * float(best["mean_recall"]))
        recall = _points(live, "mean_recall", 100)
        accuracy = _points(live, "accuracy", 100)
        return [
            Curve("mean recall", recall, theme.accent, marked=marked),
            Curve("accuracy", accuracy, theme.second, dash=1),
        ]


def _points(live: RunProgress, figure: str, factor: float = 1.0) -> list[tuple[float, float]]:
    return [
        (float(number), factor * float(figures[figure]))
        for number, figures in enumerate(live.epochs, 1)
        if figure in figures
    ]


def _bold(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label
