"""The stages of a run on a line: which are over, which is now, how long each took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from emotion_desktop.domain.sagemaker import CloudRun, Stage
from emotion_desktop.ui.describe import duration
from emotion_desktop.ui.theme import Theme

_RADIUS = 7.0


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: ``state`` is done, now, failed or open; ``seconds`` how long it took so far."""

    title: str
    state: str
    seconds: float | None = None


#: The stages of a run here, and those of the job at AWS in between.
_HERE = ((Stage.PREPARING, "Prepare"), (Stage.UPLOADING, "Upload"), (Stage.LAUNCHING, "Launch"))
_THERE = {
    "training": ("Starting", "Downloading", "Training", "Uploading"),
    "transform": ("Starting", "Transforming"),
}
#: What these are called here, where room is scarce and “Upload” is something else.
_SHORT = {
    "Starting": "Start",
    "Downloading": "Load",
    "Training": "Train",
    "Uploading": "Store",
    "Interrupted": "Pause",
    "Stopping": "Stop",
    "Transforming": "Classify",
}
_AFTER = ((Stage.FETCHING, "Bring back"), (Stage.DONE, "Done"))


def steps_of(run: CloudRun, now: float) -> list[Step]:
    """The stages of a run.

    Args:
        now: seconds since the epoch, for the stage under way.
    """
    order = [stage for stage, _ in _HERE] + [Stage.RUNNING] + [stage for stage, _ in _AFTER]
    failed = run.stage in (Stage.FAILED, Stage.STOPPED)
    at = order.index(run.stage) if run.stage in order else order.index(Stage.RUNNING)
    steps = []
    for number, (_, title) in enumerate(_HERE):
        steps.append(Step(title, "done" if number < at else "now" if number == at else "open"))
    steps += _steps_there(run, now, failed, reached=at >= order.index(Stage.RUNNING))
    for stage, title in _AFTER:
        number = order.index(stage)
        over = number < at or run.stage is Stage.DONE
        state = "done" if over else "now" if number == at and not failed else "open"
        steps.append(Step(title, state))
    if run.problem is not None and not failed:
        steps = [Step(s.title, "failed", s.seconds) if s.state == "now" else s for s in steps]
    return steps


def _steps_there(run: CloudRun, now: float, failed: bool, *, reached: bool) -> list[Step]:
    transitions = run.job.transitions if run.job else ()
    spent: dict[str, float] = {}
    current = ""
    for item in transitions:
        spent[item.status] = spent.get(item.status, 0.0) + (item.ended or now) - item.started
        current = (
            item.status if item.ended is None and not (run.job and run.job.is_over) else current
        )
    titles = [t.status for t in transitions if t.status not in ("Completed", "Failed", "Stopped")]
    names = list(dict.fromkeys([*_THERE.get(run.kind, ()), *titles]))
    steps = []
    for name in names:
        if name == current:
            state = "now"
        elif name in spent:
            state = "done"
        else:
            state = "open"
        steps.append(Step(_SHORT.get(name, name), state, spent.get(name)))
    if failed and steps:
        last = max((i for i, s in enumerate(steps) if s.state != "open"), default=0)
        steps[last] = Step(steps[last].title, "failed", steps[last].seconds)
    if reached and not transitions and not failed:
        steps[0] = Step(steps[0].title, "now")
    return steps


class Timeline(QWidget):
    """Draws steps; colour is never alone: each state has a shape of its own."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._steps: Sequence[Step] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Stages")

    def set_theme(self, theme: Theme) -> None:
        """Paints in other colours."""
        self._theme = theme
        self.update()

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Shows other steps."""
        self._steps = steps
        self.setAccessibleDescription(", ".join(f"{s.title} {s.state}" for s in steps))
        self.update()

    def sizeHint(self) -> QSize:
        """A line of circles over two lines of text."""
        return QSize(560, 20 + 2 * QFontMetrics(self.font()).height() + 8)

    def minimumSizeHint(self) -> QSize:
        """The same height, narrower."""
        return QSize(320, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the steps."""
        if not self._steps:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, metrics = self._theme, QFontMetrics(self.font())
        width = self.width() / len(self._steps)
        y = 10.0
        for number, step in enumerate(self._steps):
            x = width * (number + 0.5)
            if number:
                colour = theme.accent if step.state in ("done", "now", "failed") else theme.line
                painter.setPen(QPen(colour, 2))
                painter.drawLine(QPointF(x - width + _RADIUS + 2, y), QPointF(x - _RADIUS - 2, y))
            self._paint_mark(painter, x, y, step.state)
            painter.setPen(theme.muted if step.state == "open" else theme.text)
            font = self.font()
            font.setBold(step.state == "now")
            painter.setFont(font)
            top = QRectF(x - width / 2, 22, width, metrics.height())
            title = metrics.elidedText(step.title, Qt.TextElideMode.ElideRight, int(width) - 4)
            painter.drawText(top, Qt.AlignmentFlag.AlignCenter, title)
            if step.seconds is not None:
                painter.setPen(theme.muted)
                painter.setFont(self.font())
                below = top.translated(0, metrics.height() + 1)
                painter.drawText(below, Qt.AlignmentFlag.AlignCenter, duration(step.seconds))
        painter.end()

    def _paint_mark(self, painter: QPainter, x: float, y: float, state: str) -> None:
        theme = self._theme
        circle = QRectF(x - _RADIUS, y - _RADIUS, 2 * _RADIUS, 2 * _RADIUS)
        if state == "open":
            painter.setPen(QPen(theme.line, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(circle)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.danger if state == "failed" else theme.accent)
        painter.drawEllipse(circle)
        painter.setPen(QPen(theme.accent_text, 2))
        if state == "done":
            painter.drawPolyline(
                [QPointF(x - 3, y), QPointF(x - 1, y + 2.5), QPointF(x + 3.5, y - 2.5)]
            )
        elif state == "failed":
            painter.drawLine(QPointF(x - 2.5, y - 2.5), QPointF(x + 2.5, y + 2.5))
            painter.drawLine(QPointF(x - 2.5, y + 2.5), QPointF(x + 2.5, y - 2.5))
        else:
            painter.setBrush(theme.accent_text)
            painter.drawEllipse(QPointF(x, y), 2, 2)
