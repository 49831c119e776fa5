"""The verb “train”: a recipe and labelled photos in, a scored model bundle out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.errors import AppError, CancelledError, PausedError, UsageError
from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane
from emotion_desktop.domain.run import HERE, Run, RunState, new_run_id
from emotion_desktop.jobs.running.worker_process import run_in_worker
from emotion_desktop.jobs.training.run_recorder import RunRecorder
from emotion_desktop.workspace.files.atomic import free_path

if TYPE_CHECKING:
    from emotion_desktop.training.recipe.recipes import Recipe
    from emotion_desktop.workspace.paths import Workspace
    from emotion_desktop.workspace.runs.run_folder import RunFolder

KIND = "train"


@dataclass(frozen=True, slots=True)
class Training:
    """What a training is to be.

    Attributes:
        data: a folder per emotion, or a label file beside its photos; or None for
        split: the name of a frozen split of the workspace.
        output: the bundle to write.
        name: what the model calls itself.
        start_from: a bundle whose net is trained further.
        notes: kept with the model: the data's licence, say.
        fractions: parts of the persons for training, validation and test, for data that is not
            split; None for the recipe's.
    """

    recipe: Recipe
    output: Path
    name: str
    data: Path | None = None
    split: str = ""
    seed: int = 0
    start_from: Path | None = None
    fractions: Sequence[float] | None = None
    notes: str = ""


def train_job(workspace: Workspace, training: Training) -> tuple[JobSpec, JobFunction]:
    """The job that trains a model, in a process of its own."""
    source, start = training.data, training.start_from
    return _job(
        workspace,
        training.name,
        {
            "data": str(source.absolute()) if source else None,
            "split": training.split,
            "recipe": training.recipe.to_dict(),
            "output": str(training.output.absolute()),
            "name": training.name,
            "seed": training.seed,
            "start_from": str(start.absolute()) if start else None,
            "fractions": list(training.fractions) if training.fractions is not None else None,
            "notes": training.notes,
            "run": new_run_id(),
        },
    )


def go_on_job(workspace: Workspace, run: Run) -> tuple[JobSpec, JobFunction]:
    """The job that goes on with a run from its last state, as if it had never stopped.

    Raises:
        UsageError: it is not over, or is done.
    """
    if not run.state.is_over or run.state is RunState.SUCCEEDED:
        raise _cannot_go_on(run)
    return _job(
        workspace,
        run.name,
        {
            **run.parameters,
            "fingerprint": run.fingerprint,
            "output": str(free_path(_output_of(workspace, run))),
        },
    )


def _output_of(workspace: Workspace, run: Run) -> Path:
    """Where a run's bundle goes; its folder is gone where the workspace was moved meanwhile."""
    output = Path(run.parameters["output"])
    return output if output.parent.is_dir() else workspace.models / output.name


def repeat_job(workspace: Workspace, run: Run, output: Path) -> tuple[JobSpec, JobFunction]:
    """The job that does a run again from its beginning: same photos, recipe and seed, same model.

    Args:
        output: the bundle to write.
    """
    return _job(
        workspace,
        output.stem,
        {
            **run.parameters,
            "fingerprint": run.fingerprint,
            "run": new_run_id(),
            "name": output.stem,
            "output": str(output.absolute()),
        },
    )


def queued_run(spec: JobSpec) -> Run:
    """The run of a training job that waits for its turn."""
    parameters = spec.parameters
    return Run(
        id=parameters["run"],
        name=parameters["name"],
        place=HERE,
        state=RunState.QUEUED,
        parameters=parameters,
        created=time.time(),
        fingerprint=parameters.get("fingerprint") or "",
    )


def _job(
    workspace: Workspace, name: str, parameters: Mapping[str, Any]
) -> tuple[JobSpec, JobFunction]:
    spec = JobSpec(
        kind=KIND,
        title=f"Train “{name}”",
        lane=Lane.COMPUTE,
        parameters={**parameters, "workspace": str(workspace.root.absolute())},
    )
    return spec, partial(_train, workspace)


def _cannot_go_on(run: Run) -> UsageError:
    return UsageError(
        f"“{run.name}” cannot go on: it is {run.state.value}.",
        "Runs can that were paused, interrupted, cancelled or failed.",
    )


def _train(workspace: Workspace, spec: JobSpec, context: JobContext) -> Any:
    folder = workspace.run(spec.parameters["run"])
    with folder.owned() as mine:
        if not mine:
            raise UsageError(
                f"“{spec.parameters['name']}” is being trained by another program.",
                "Wait until it is over, or stop it there.",
            )
        return _train_alone(workspace, folder, spec, context)


def _train_alone(
    workspace: Workspace, folder: RunFolder, spec: JobSpec, context: JobContext
) -> Any:
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.runs.runs import Runs

    with Catalogue(workspace.catalogue) as catalogue:
        runs = Runs(catalogue)
        known = {run.id: run for run in runs.all()}
        run = known.get(spec.parameters["run"]) or queued_run(spec)
        if run.state is RunState.SUCCEEDED:  # by another program, since this job was made
            raise _cannot_go_on(run)
        recorder = RunRecorder(context, runs, folder, run)
        recorder.begin()
        try:
            result = run_in_worker(spec, recorder)
        except PausedError as error:
            recorder.end(RunState.PAUSED, error.message, error.hint)
            raise
        except CancelledError as error:
            recorder.end(RunState.CANCELLED, error.message, error.hint)
            raise
        except AppError as error:
            recorder.end(RunState.FAILED, error.message, error.hint)
            raise
        recorder.end(
            RunState.SUCCEEDED,
            result["warning"],
            model=result["model"],
            scores=result["scores"],
        )
        folder.drop_checkpoint()
        return result
