"""Runs at SageMaker as jobs: begun, taken up where they were left, listed, forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.domain.sagemaker import CloudRun, Stage
from emotion_desktop.jobs.sagemaker.recipe.train import RecipeTrainingRun
from emotion_desktop.jobs.sagemaker.resumable_run import ResumableRun, work_exclusively
from emotion_desktop.jobs.sagemaker.train import TrainingRun
from emotion_desktop.jobs.sagemaker.transform.job import TransformRun

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context
    from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices

#: The end of a log is shown, no more lines than this.
_LOG_LINES: Final = 5000


def begin(context: Context, *, record: Mapping[str, Any]) -> str:
    """Begins a run that was confirmed, and follows it to its end; returns its result."""
    run = CloudRun.from_dict(record)
    context.resources.cloud.runs.save(run)
    return resume(context, run=run.name)


def resume(context: Context, *, run: str) -> str:
    """Does what is left of a run; returns its result, or nothing for none.

    Raises:
        UsageError: there is none of that name.
        CloudError: it failed, or AWS refuses something; what can be waited for is waited for.
    """
    cloud = context.resources.cloud
    return work_exclusively(cloud, run, context, _kind_of(cloud.runs.load(run)))


def _kind_of(run: CloudRun) -> type[ResumableRun]:
    if run.kind == "transform":
        return TransformRun
    return RecipeTrainingRun if run.trains_recipe else TrainingRun


def overview(context: Context) -> dict[str, Any]:
    """Reads the records of all runs, and which of them are to be taken up."""
    cloud = context.resources.cloud
    return {"runs": [run.to_dict() for run in cloud.runs.all()], "waiting": waiting_runs(cloud)}


def log(context: Context, *, run: str) -> dict[str, Any]:
    """Reads the end of a run's log."""
    return {"run": run, "lines": context.resources.cloud.runs.log(run)[-_LOG_LINES:]}


def forget(context: Context, *, run: str) -> None:
    """Forgets a run; what lies in the cloud stays there for cleaning up."""
    context.resources.cloud.runs.forget(run)


def waiting_runs(cloud: CloudServices) -> list[str]:
    """The runs to be taken up when the program starts: those that AWS works on, or has finished.

    A transform has no time limit at AWS, so that its limit is kept from then on, too. Runs that had
    not reached AWS are not among them: nothing is paid for without a click.
    """
    stages = (Stage.LAUNCHING, Stage.RUNNING, Stage.FETCHING)
    return [run.name for run in cloud.runs.all() if run.stage in stages and run.problem is None]
