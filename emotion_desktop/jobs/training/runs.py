"""The verbs of the run list: list, look into, remove. They read the catalogue: not for the
window's thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane
from emotion_desktop.domain.run import History, Run, RunState

if TYPE_CHECKING:
    from emotion_desktop.workspace.paths import Workspace


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A run with what lies in its folder."""

    run: Run
    history: History
    can_go_on: bool


def list_runs(workspace: Workspace) -> list[KnownRun]:
    """All runs, the newest first."""
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.runs.runs import Runs

    if not workspace.catalogue.exists():
        return []
    with Catalogue(workspace.catalogue) as catalogue:
        runs = Runs(catalogue).all()
    return [_known(workspace, run) for run in runs]


def find_run(workspace: Workspace, run: str) -> Run:
    """A run by the beginning of its id.

    Raises:
        UsageError: there is none, or there are several.
    """
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.runs.runs import Runs

    with Catalogue(workspace.catalogue) as catalogue:
        return Runs(catalogue).get(run)


def remove_run(workspace: Workspace, run: Run) -> None:
    """Deletes a run's record and folder; the model it made stays.

    Raises:
        UsageError: it is not over.
    """
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.runs.runs import Runs

    if not run.state.is_over:
        raise UsageError(f"“{run.name}” is {run.state.value}.", "Cancel it first.")
    with Catalogue(workspace.catalogue) as catalogue:
        Runs(catalogue).forget(run.id)
    workspace.run(run.id).remove()


def enlist_job(workspace: Workspace, spec: JobSpec) -> tuple[JobSpec, JobFunction]:
    """The job that writes a training into the list while it waits for its turn."""
    from emotion_desktop.jobs.training.train import queued_run

    def enlist(_: JobSpec, __: JobContext) -> None:
        from emotion_desktop.workspace.catalogue.catalogue import Catalogue
        from emotion_desktop.workspace.runs.runs import Runs

        run = queued_run(spec)
        with Catalogue(workspace.catalogue) as catalogue:
            runs = Runs(catalogue)
            # It may have begun already, or go on from where it was.
            if all(run.id != known.id for known in runs.all()):
                runs.keep(run)

    return JobSpec("enlist", "Write down a training", Lane.CATALOGUE, quiet=True), enlist


def keep_run_job(workspace: Workspace, run: Run) -> tuple[JobSpec, JobFunction]:
    """The job that writes down what became of a run that never began."""

    def keep(_: JobSpec, __: JobContext) -> None:
        from emotion_desktop.workspace.catalogue.catalogue import Catalogue
        from emotion_desktop.workspace.runs.runs import Runs

        with Catalogue(workspace.catalogue) as catalogue:
            Runs(catalogue).keep(run)

    return JobSpec("keep-run", f"Write down “{run.name}”", Lane.CATALOGUE, quiet=True), keep


def remove_run_job(workspace: Workspace, run: Run) -> tuple[JobSpec, JobFunction]:
    """The job that removes a run."""

    def remove(_: JobSpec, __: JobContext) -> None:
        remove_run(workspace, run)

    return JobSpec("remove-run", f"Remove “{run.name}”", Lane.CATALOGUE, quiet=True), remove


def _known(workspace: Workspace, run: Run) -> KnownRun:
    folder = workspace.run(run.id)
    # Without a state it begins again, which is going on where nothing was finished yet.
    rest = folder.can_go_on() or not run.epochs
    can_go_on = run.state.is_over and run.state is not RunState.SUCCEEDED and rest
    return KnownRun(run, folder.read(), can_go_on)
