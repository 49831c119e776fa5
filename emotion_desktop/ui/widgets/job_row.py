"""One job on screen: title, state in words, progress, time left, Cancel."""

from __future__ import annotations

import time
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QWidget,
)

from emotion_desktop.domain.job import (
    JobEvent,
    JobSpec,
    JobState,
    Lane,
    Progress,
    StateChanged,
)
from emotion_desktop.ui.describe import duration, sentence
from emotion_desktop.ui.widgets.basics import ElidedLabel, wrapping_label

_WORDS = {
    JobState.QUEUED: "Waiting for its turn",
    JobState.RUNNING: "Starting",
    JobState.CANCELLING: "Stopping",
    JobState.SUCCEEDED: "Done",
    JobState.FAILED: "Failed",
    JobState.CANCELLED: "Cancelled",
    JobState.PAUSED: "Paused",
    JobState.DETACHED: "Goes on elsewhere",
}
_STEPS = 1000
#: How wide the bar is beside the words, pixels.
_LINE_BAR = 110


class TimeLeft:
    """Estimates the time left from the pace since the first step."""

    def __init__(self) -> None:
        self._start: tuple[float, int] | None = None
        self._total = 0

    def words(self, progress: Progress) -> str:
        """“12 s left”, or nothing while it cannot be told."""
        now = time.monotonic()
        if self._start is None or progress.total != self._total or progress.done < self._start[1]:
            self._start, self._total = (now, progress.done), progress.total
            return ""
        began, first = self._start
        if progress.total <= 0 or progress.done <= first or now - began < 1:
            return ""
        pace = (now - began) / (progress.done - first)
        return f"{duration(pace * (progress.total - progress.done))} left"


class JobRow(QFrame):
    """Follows one job.

    Args:
        one_line: all of it stands side by side.
    """

    cancel_wanted = Signal(str)

    def __init__(
        self, spec: JobSpec, parent: QWidget | None = None, *, one_line: bool = False
    ) -> None:
        super().__init__(parent)
        self.job = spec.id
        self.state = JobState.QUEUED
        self._time_left = TimeLeft()
        self._began: float | None = None
        # What is done elsewhere may cost money: it is stopped where all of that is in sight.
        self._can_cancel = spec.lane is not Lane.FOLLOW
        self._title = ElidedLabel(spec.title)
        self._text = ElidedLabel() if one_line else wrapping_label()
        self._text.setText(_WORDS[JobState.QUEUED])
        self._text.setProperty("role", "muted")
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.hide()
        self._cancel = QPushButton("Cancel")
        self._cancel.setAccessibleName(f"Cancel {spec.title}")
        if not self._can_cancel:  # to show it here would make a window of it
            self._cancel.hide()
        self._cancel.clicked.connect(lambda: self.cancel_wanted.emit(self.job))
        if one_line:
            self._lay_out_in_a_line()
        else:
            self._lay_out()

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setColumnStretch(0, 1)
        layout.addWidget(self._title, 0, 0)
        layout.addWidget(self._text, 1, 0)
        layout.addWidget(self._bar, 2, 0)
        layout.addWidget(self._cancel, 0, 1, 3, 1, Qt.AlignmentFlag.AlignVCenter)

    def _lay_out_in_a_line(self) -> None:
        self._bar.setFixedWidth(_LINE_BAR)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self._title)
        layout.addWidget(self._bar)
        layout.addWidget(self._text)
        layout.addStretch(1)
        layout.addWidget(self._cancel)

    @property
    def title(self) -> str:
        """What the job is called."""
        return self._title.text()

    @property
    def text(self) -> str:
        """What it says of the job."""
        return self._text.text()

    def show_event(self, event: JobEvent) -> None:
        """Shows an event of the job."""
        if isinstance(event, StateChanged):
            self._show_state(event)
        elif isinstance(event, Progress) and self.state is JobState.RUNNING:
            parts = [sentence(event.text), self._time_left.words(event)]
            self._text.setText(" · ".join(part for part in parts if part))
            if event.total > 0:
                self._bar.setRange(0, _STEPS)
                self._bar.setValue(round(_STEPS * event.done / event.total))
            else:
                self._bar.setRange(0, 0)

    def _when(self) -> list[str]:
        """When it ended, and how long it took; nothing of one that never began."""
        now = datetime.now().astimezone().strftime("%H:%M")
        if self._began is None:
            return [now]
        return [f"{duration(time.monotonic() - self._began)}, until {now}"]

    def _show_state(self, event: StateChanged) -> None:
        self.state = event.state
        text = _WORDS[event.state]
        if event.state is JobState.FAILED and event.outcome is not None:
            text = f"{event.outcome.message} {event.outcome.hint}".strip()
            self._text.setProperty("role", "danger")
            self._text.style().polish(self._text)
        elif event.state is JobState.PAUSED and event.outcome is not None:
            text = event.outcome.message  # where it was paused
        if event.state is JobState.RUNNING:
            self._began = time.monotonic()
        if event.state.is_over:
            text = " · ".join([text, *self._when()])
        self._text.setText(text)
        self._bar.setVisible(event.state in (JobState.RUNNING, JobState.CANCELLING))
        self._cancel.setVisible(not event.state.is_over and self._can_cancel)
        self._cancel.setEnabled(event.state is not JobState.CANCELLING)
