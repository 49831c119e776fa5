"""What is known of a run by now: what it tells is interpreted here, for who writes it down and for
who shows it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from emotion_desktop.domain.job import (
    JobEvent,
    JobState,
    Log,
    Metrics,
    Outcome,
    Progress,
    StateChanged,
)
from emotion_desktop.domain.run import History, Run, RunState
from emotion_desktop.domain.training_events import DataRead, StepDone, TrainingBegan

_STATES = {
    JobState.QUEUED: RunState.QUEUED,
    JobState.RUNNING: RunState.RUNNING,
    JobState.CANCELLING: RunState.RUNNING,
    JobState.SUCCEEDED: RunState.SUCCEEDED,
    JobState.FAILED: RunState.FAILED,
    JobState.CANCELLED: RunState.CANCELLED,
    JobState.PAUSED: RunState.PAUSED,
    JobState.DETACHED: RunState.RUNNING,
}
#: More points than this no curve shows: every second one is dropped.
_MOST_POINTS = 2000


@dataclass
class RunProgress:
    """A run, and its events so far.

    Attributes:
        job: id of the job that runs it; empty while none does.
        epochs: figures of each finished epoch.
        log, began: see History.
        steps: (epochs gone by, loss) of some steps.
        progress: the latest.
        asked: what the user asked it to do and it has not done yet, in words.
    """

    run: Run
    epochs: list[Mapping[str, Any]] = field(default_factory=list)
    log: list[str | int] = field(default_factory=list)
    began: TrainingBegan | None = None
    steps: list[tuple[float, float]] = field(default_factory=list)
    progress: Progress | None = None
    can_go_on: bool = False
    job: str = ""
    asked: str = ""
    summary: str = ""

    @classmethod
    def known(cls, run: Run, history: History, can_go_on: bool) -> RunProgress:
        """A run as it is kept."""
        epochs, log = list(history.epochs), list(history.log)
        return cls(run, epochs, log, history.began, can_go_on=can_go_on)

    @property
    def best(self) -> Mapping[str, Any] | None:
        """The figures of the epoch that is kept."""
        if not self.epochs:
            return None
        number = int(self.epochs[-1].get("best_epoch", len(self.epochs)))
        return self.epochs[min(max(number, 1), len(self.epochs)) - 1]

    def apply_event(self, event: JobEvent) -> None:
        """Applies an event of the run's job."""
        if isinstance(event, Progress):
            self.progress = event
        elif isinstance(event, Metrics):
            self.epochs = [*self.epochs[: event.epoch - 1], dict(event.values)]
            self.log.append(event.epoch)
            seconds = sum(figures.get("seconds", 0.0) for figures in self.epochs)
            self.run = replace(self.run, epochs=len(self.epochs), seconds=seconds)
        elif isinstance(event, Log):
            self.log.append(event.line)
        elif isinstance(event, DataRead):
            self.run = replace(self.run, fingerprint=event.fingerprint)
        elif isinstance(event, TrainingBegan):
            self._begin(event)
        elif isinstance(event, StepDone):
            per_epoch = max(1, self.began.steps_per_epoch) if self.began else 1
            self.steps.append((event.step / per_epoch, event.loss))
            if len(self.steps) > _MOST_POINTS:
                self.steps = self.steps[::2]
        elif isinstance(event, StateChanged):
            self._change(event.state, event.outcome)

    def _begin(self, began: TrainingBegan) -> None:
        """Epochs after those of its history are done again."""
        done = list(began.history)
        self.log = [told for told in self.log if isinstance(told, str) or told <= len(done)]
        self.began, self.epochs = replace(began, history=()), done
        self.run = replace(
            self.run,
            epochs=len(done),
            seconds=sum(float(figures.get("seconds", 0.0)) for figures in done),
            device=began.device,
            photos=began.photos,
        )

    def _change(self, state: JobState, outcome: Outcome | None) -> None:
        changed = _STATES[state]
        message = hint = ""
        if outcome is not None and state is not JobState.SUCCEEDED:
            message, hint = outcome.message, outcome.hint
        self.run = replace(self.run, state=changed, message=message, hint=hint)
        if state is JobState.CANCELLING:
            self.asked = "Stopping"
        if changed.is_over:
            self.progress, self.asked, self.job = None, "", ""
            self.run = replace(self.run, ended=time.time())
        if state is JobState.SUCCEEDED and outcome is not None and isinstance(outcome.result, dict):
            result = outcome.result
            self.summary = result.get("summary", "")
            self.run = replace(
                self.run,
                model=result["model"],
                scores=result["scores"],
                message=result.get("warning", ""),
            )
