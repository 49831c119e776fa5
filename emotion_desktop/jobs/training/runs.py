"""The verbs of the run list: list, look into, remove. They read the catalogue: not for the
window's thread."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.run import History, Run, RunState
from emotion_desktop.jobs.training.specs import queued_run
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.workspace.runs.runs import Runs

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context
    from emotion_desktop.workspace.paths import Workspace


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A run with what lies in its folder."""

    run: Run
    history: History
    can_go_on: bool


def list_runs(workspace: Workspace) -> list[KnownRun]:
    """All runs, the newest first."""
    if not workspace.catalogue.exists():
        return []
    with workspace.open_catalogue() as catalogue:
        runs = Runs(catalogue).all()
    return [_known(workspace, run) for run in runs]


def find_run(workspace: Workspace, run: str) -> Run:
    """A run by the beginning of its id.

    Raises:
        UsageError: there is none, or there are several.
    """
    with workspace.open_catalogue() as catalogue:
        return Runs(catalogue).get(run)


def remove_run(workspace: Workspace, run: Run) -> None:
    """Deletes a run's record and folder; the model it made stays.

    Raises:
        UsageError: it is not over.
    """
    if not run.state.is_over:
        raise UsageError(f"“{run.name}” is {run.state.value}.", "Cancel it first.")
    with workspace.open_catalogue() as catalogue:
        Runs(catalogue).forget(run.id)
    workspace.run(run.id).remove()


def remove(context: Context, *, run: str) -> None:
    """Removes a training run; the model it made stays."""
    remove_run(context.workspace, find_run(context.workspace, run))


def enlist(context: Context, *, request: Mapping[str, Any]) -> None:
    """Writes a training into the list of runs while it waits for its turn."""
    run = queued_run(TrainingRequest.from_dict(request))
    with context.workspace.open_catalogue() as catalogue:
        runs = Runs(catalogue)
        # It may have begun already, or go on from where it was.
        if all(run.id != known.id for known in runs.all()):
            runs.save(run)


def end(context: Context, *, run: str, state: str, message: str, hint: str) -> None:
    """Writes down what became of a training that never began."""
    with context.workspace.open_catalogue() as catalogue:
        runs = Runs(catalogue)
        known = runs.get(run)
        over = replace(known, state=RunState(state), ended=time.time())
        runs.save(replace(over, message=message, hint=hint))


def _known(workspace: Workspace, run: Run) -> KnownRun:
    folder = workspace.run(run.id)
    # Without a state it begins again, which is going on where nothing was finished yet.
    rest = folder.can_go_on() or not run.epochs
    can_go_on = run.state.is_over and run.state is not RunState.SUCCEEDED and rest
    return KnownRun(run, folder.read(), can_go_on)
