"""Training a model: this process's part, and the worker process's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.errors import AppError, CancelledError, PausedError, UsageError
from emotion_desktop.domain.run import RunState
from emotion_desktop.jobs import table
from emotion_desktop.jobs.running.worker_process import run_in_worker
from emotion_desktop.jobs.training.run_recorder import RunRecorder
from emotion_desktop.jobs.training.specs import cannot_go_on, queued_run
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.workspace.runs.runs import Runs

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context


def train(context: Context, *, request: Mapping[str, Any]) -> dict[str, Any]:
    """Trains a model in a worker process, and saves its events.

    Returns:
        See training.train.train.

    Raises:
        UsageError: another program trains it, or has done so.
        AppError: the training failed.
        PausedError: the user paused it.
        CancelledError: the user cancelled.
    """
    folder = context.workspace.run(request["run"])
    with folder.owned() as mine, context.workspace.open_catalogue() as catalogue:
        if not mine:
            raise UsageError(
                f"“{request['name']}” is being trained by another program.",
                "Wait until it is over, or stop it there.",
            )
        runs = Runs(catalogue)
        known = {run.id: run for run in runs.all()}
        run = known.get(request["run"]) or queued_run(TrainingRequest.from_dict(request))
        if run.state is RunState.SUCCEEDED:  # by another program, since this job was made
            raise cannot_go_on(run)
        recorder = RunRecorder(context, runs, folder, run)
        recorder.begin()
        # Killed, or unable to write, between the model and the record of the run: that model is
        # the run's. A second one would count the sealed test twice.
        done = _finished(request) if run.state.is_over else None
        if done is not None:
            recorder.succeed(done)
            return done
        spec = table.FIT_MODEL.spec({"request": dict(request)}, name=request["name"])
        try:
            result: dict[str, Any] = run_in_worker(spec, recorder, context.workspace.root)
        except AppError as error:
            states = {PausedError: RunState.PAUSED, CancelledError: RunState.CANCELLED}
            recorder.end(states.get(type(error), RunState.FAILED), error.message, error.hint)
            raise
        recorder.succeed(result)
        return result


def _finished(request: Mapping[str, Any]) -> dict[str, Any] | None:
    from emotion_desktop.jobs.training.finished import finished_model

    return finished_model(request["run"], Path(request["output"]).parent)


def fit_model(context: Context, *, request: Mapping[str, Any]) -> dict[str, Any]:
    """Trains a model and writes its bundle, in the process that was started for it."""
    from emotion_desktop.training.train import train

    return train(TrainingRequest.from_dict(request), context.workspace, context)
