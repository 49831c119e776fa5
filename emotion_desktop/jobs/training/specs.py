"""Describes the jobs around trainings; the functions that do them are named in jobs.table."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.run import HERE, Run, RunState, new_run_id
from emotion_desktop.jobs import table

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobSpec
    from emotion_desktop.training.recipe.request import TrainingRequest
    from emotion_desktop.workspace.paths import Workspace


def train_job(request: TrainingRequest) -> JobSpec:
    """The job that trains a model, in a process of its own."""
    return table.TRAIN.spec({"request": request.to_dict()}, name=request.name)


def go_on_request(workspace: Workspace, run: Run) -> TrainingRequest:
    """The request that goes on with a run from its checkpoint, as if it had never stopped.

    Raises:
        UsageError: it is not over, or is done, or another version of this program began it.
    """
    if not run.state.is_over or run.state is RunState.SUCCEEDED:
        raise cannot_go_on(run)
    from emotion_desktop.training.recipe.request import TrainingRequest
    from emotion_desktop.workspace.files.atomic import free_path

    request = TrainingRequest.from_dict(run.parameters)
    # The folder is gone where the workspace was moved meanwhile.
    there = request.output.parent.is_dir()
    output = request.output if there else workspace.models / request.output.name
    return replace(request, fingerprint=run.fingerprint, output=free_path(output))


def repeat_request(run: Run, output: Path) -> TrainingRequest:
    """The request that repeats a run from its beginning: same photos, recipe and seed, same
    model.

    Args:
        output: the bundle to write.

    Raises:
        UsageError: another version of this program did it, with what this one does not.
    """
    from emotion_desktop.training.recipe.request import TrainingRequest

    return replace(
        TrainingRequest.from_dict(run.parameters),
        fingerprint=run.fingerprint,
        run=new_run_id(),
        name=output.stem,
        output=output,
    )


def queued_run(request: TrainingRequest) -> Run:
    """The run of a training that waits for its turn."""
    return Run(
        id=request.run,
        name=request.name,
        place=HERE,
        state=RunState.QUEUED,
        parameters=request.to_dict(),
        created=time.time(),
        fingerprint=request.fingerprint,
    )


def cannot_go_on(run: Run) -> UsageError:
    """The sentence for a run that is not over, or is done."""
    return UsageError(
        f"“{run.name}” cannot go on: it is {run.state.value}.",
        "Runs can that were paused, interrupted, cancelled or failed.",
    )


def enlist_job(request: TrainingRequest) -> JobSpec:
    """The job that writes a training into the list while it waits for its turn."""
    return table.ENLIST_RUN.spec({"request": request.to_dict()})


def end_run_job(run: Run) -> JobSpec:
    """The job that writes down what became of a run that never began."""
    words = {"state": run.state.value, "message": run.message, "hint": run.hint}
    return table.END_RUN.spec({"run": run.id, **words})


def remove_run_job(run: Run) -> JobSpec:
    """The job that removes a run; the model it made stays."""
    return table.REMOVE_RUN.spec({"run": run.id}, name=run.name)


def overview_job() -> JobSpec:
    """The job that reads an Overview: runs, splits and models."""
    return table.TRAINING_OVERVIEW.spec()


def labelled_folder_job(data: Path) -> JobSpec:
    """The job that counts labelled photos; it fails with a sentence where there are none."""
    return table.LABELLED_FOLDER.spec({"data": str(data)}, name=data.name)
