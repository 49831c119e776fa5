"""Saving a training run's events as they arrive."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import JobContext, JobEvent, Log, Metrics
from emotion_desktop.domain.run import Run, RunState
from emotion_desktop.domain.training_events import TrainingBegan
from emotion_desktop.jobs.training.run_progress import RunProgress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emotion_desktop.workspace.runs.run_folder import RunFolder
    from emotion_desktop.workspace.runs.runs import Runs

_log = logging.getLogger(__name__)


class RunRecorder:
    """A JobContext that saves the events of a run and passes them on.

    A record that cannot be written, on a full disk say, is logged and does not end the run.
    """

    def __init__(self, context: JobContext, runs: Runs, folder: RunFolder, run: Run) -> None:
        self._context = context
        self._runs = runs
        self._folder = folder
        self._progress = RunProgress(run)

    def emit(self, event: JobEvent) -> None:
        """Saves an event, then passes it on."""
        try:
            self._on_job_event(event)
        except AppError as error:
            _log.warning("the run %s was not written down: %s", self._progress.run.name, error)
        self._context.emit(event)

    @property
    def cancelled(self) -> bool:
        """See JobContext."""
        return self._context.cancelled

    @property
    def finish_early(self) -> bool:
        """See JobContext."""
        return self._context.finish_early

    @property
    def pause_wanted(self) -> bool:
        """See JobContext."""
        return self._context.pause_wanted

    def check_cancelled(self) -> None:
        """See JobContext."""
        self._context.check_cancelled()

    def wait(self, seconds: float) -> bool:
        """See JobContext."""
        return self._context.wait(seconds)

    def begin(self) -> None:
        """Writes down that the run runs.

        Raises:
            AppError: the workspace cannot be written.
        """
        run = self._progress.run
        self._folder.begin({"id": run.id, **dict(run.parameters)})
        self._change(state=RunState.RUNNING, message="", hint="", ended=None)

    def end(self, state: RunState, message: str = "", hint: str = "", **more: Any) -> bool:
        """Writes down how it ended; returns whether that could be done."""
        try:
            self._change(state=state, message=message, hint=hint, ended=time.time(), **more)
        except AppError as error:
            _log.warning("how %s ended was not written down: %s", self._progress.run.name, error)
            return False
        return True

    def succeed(self, result: Mapping[str, Any]) -> None:
        """Saves the result, and deletes the checkpoint.

        Args:
            result: see training.train.train. Where it cannot be written down, another program
                holding the catalogue say, the state stays: going on finds the model and takes it.
        """
        written = self.end(
            RunState.SUCCEEDED, result["warning"], model=result["model"], scores=result["scores"]
        )
        if written:
            self._folder.drop_checkpoint()

    def _on_job_event(self, event: JobEvent) -> None:
        before = self._progress.run
        self._progress.apply_event(event)
        if isinstance(event, Metrics):
            self._folder.add_epoch(event.values)
        elif isinstance(event, Log):
            self._folder.add_log(event.line)
        elif isinstance(event, TrainingBegan):
            self._folder.begin_again(event.history)
            self._folder.add_began(event)
        if self._progress.run != before:
            self._runs.save(self._progress.run)

    def _change(self, **changes: Any) -> None:
        self._progress.run = replace(self._progress.run, **changes)
        self._runs.save(self._progress.run)
