"""The verbs “sagemaker status” and “stop”: one question, one answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.aws.sagemaker.prices import Prices, cost
from emotion_desktop.aws.sagemaker.training_jobs import describe_training_job, stop_training_job
from emotion_desktop.aws.sagemaker.transform_jobs import describe_transform_job, stop_transform_job
from emotion_desktop.aws.session import AwsSession, open_session
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.job import Progress
from emotion_desktop.domain.sagemaker import AwsChoice, CloudRun, JobStatus, Machines
from emotion_desktop.workspace.settings import load_settings

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context

_DESCRIBE: Final = {"training": describe_training_job, "transform": describe_transform_job}
_STOP: Final = {"training": stop_training_job, "transform": stop_transform_job}


@dataclass(frozen=True, slots=True)
class _FoundJob:
    """A job that AWS knows; ``kind`` is ``training`` or ``transform``."""

    name: str
    kind: str
    session: AwsSession
    status: JobStatus
    record: CloudRun | None


def status(context: Context, *, run: str, choice: Mapping[str, str]) -> dict[str, Any]:
    """Asks AWS how a job is doing.

    Raises:
        UsageError: AWS knows none of that name.
    """
    context.emit(Progress(0, 0, "asking AWS"))
    found = _find(context, run, AwsChoice(**choice))
    prices = context.resources.cloud.prices(found.session.region)
    return {"job": asdict(found.status), "words": _in_words(found, prices)}


def stop(context: Context, *, run: str, choice: Mapping[str, str]) -> str:
    """Asks AWS to stop a job; returns what became of that, in words.

    Raises:
        UsageError: AWS knows none of that name.
        CloudError: it could not be stopped: it may go on, and cost.
    """
    context.emit(Progress(0, 0, "asking AWS to stop it"))
    found = _find(context, run, AwsChoice(**choice))
    if found.status.is_over:
        return f"{run} is over already: {found.status.status}."
    _STOP[found.kind](found.session, run)
    return f"{run} was asked to stop. Bring back what it found: sagemaker attach {run}."


def _find(context: Context, name: str, said: AwsChoice) -> _FoundJob:
    """The job of a name, be it of this workspace, of another one or of another program."""
    known = {run.name: run for run in context.resources.cloud.runs.all()}
    record = known.get(name)
    # What is said comes first, then where the run was begun, then what is set.
    choice = said.or_else(record.choice) if record is not None else said
    choice = choice.or_else(load_settings(context.workspace.settings).aws_choice)
    session = open_session(choice.profile, choice.region)
    for kind in (record.kind,) if record is not None else tuple(_DESCRIBE):
        found = _DESCRIBE[kind](session, name)
        if found is not None:
            return _FoundJob(name, kind, session, found, record)
    raise UsageError(
        f"AWS knows no job “{name}” in {session.region}, for the profile {session.profile}.",
        "Check its name; if it runs elsewhere, say where: --region, --profile.",
    )


def _in_words(found: _FoundJob, prices: Prices) -> str:
    """A job's stages with their times, and what it has cost so far."""
    status = found.status
    lines = [f"{found.name}: {status.status} ({status.detail})"]
    for step in status.transitions:
        took = f"{step.ended - step.started:,.0f} s" if step.ended else "now"
        lines.append(f"  {step.status:<12} {took:>8}  {step.message}")
    seconds = status.billable if status.billable is not None else status.running
    if seconds is not None:
        price = None
        if found.record is not None:
            price = cost(Machines(**found.record.request["machines"]), seconds, prices)
        words = f", about ${price:.2f}" if price is not None else ""
        lines.append(f"  paid for: {seconds:,} s{words}")
        if status.billable is not None and status.running:
            saved = 1 - status.billable / status.running
            if saved > 0:
                lines.append(f"  spare machines saved {saved:.0%}")
    lines += [f"  {metric}: {value:.3f}" for metric, value in status.metrics.items()]
    if status.failure:
        lines.append(f"  {status.failure}")
    return "\n".join(lines)
