"""The verbs “sagemaker status” and “stop”: one question, one answer."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from emotion_desktop.aws.sagemaker.prices import cost
from emotion_desktop.aws.sagemaker.training_jobs import describe_training_job, stop_training_job
from emotion_desktop.aws.session import AwsSession, open_session
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.job import Progress
from emotion_desktop.domain.sagemaker import AwsChoice, JobStatus, Machines

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context
    from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices


def status(context: Context, *, run: str, choice: Mapping[str, str]) -> dict[str, Any]:
    """Asks AWS how a job is doing.

    Raises:
        UsageError: AWS knows none of that name.
    """
    context.emit(Progress(0, 0, "asking AWS"))
    cloud = context.resources.cloud
    found = describe_training_job(_session(cloud, run, AwsChoice(**choice)), run)
    if found is None:
        raise UsageError(f"AWS knows no training job “{run}”.", "Check its name and region.")
    return {"job": asdict(found), "words": in_words(cloud, run, found)}


def stop(context: Context, *, run: str, choice: Mapping[str, str]) -> None:
    """Asks AWS to stop a job."""
    context.emit(Progress(0, 0, "asking AWS to stop it"))
    stop_training_job(_session(context.resources.cloud, run, AwsChoice(**choice)), run)


def in_words(cloud: CloudServices, name: str, status: JobStatus) -> str:
    """A job's stages with their times, and what it has cost so far."""
    lines = [f"{name}: {status.status} ({status.detail})"]
    for step in status.transitions:
        took = f"{step.ended - step.started:,.0f} s" if step.ended else "now"
        lines.append(f"  {step.status:<12} {took:>8}  {step.message}")
    seconds = status.billable if status.billable is not None else status.running
    if seconds is not None:
        machines = _machines(cloud, name)
        price = cost(machines, seconds, cloud.prices) if machines else None
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


def _machines(cloud: CloudServices, name: str) -> Machines | None:
    try:
        return Machines(**cloud.runs.load(name).request["machines"])
    except UsageError:
        return None


def _session(cloud: CloudServices, name: str, choice: AwsChoice) -> AwsSession:
    """A session of the account the job belongs to, as far as this workspace knows it."""
    # A job of another machine is looked for in the account that is chosen.
    with suppress(UsageError):
        choice = cloud.runs.load(name).choice
    return open_session(choice.profile, choice.region)
