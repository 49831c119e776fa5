"""The verbs “sagemaker status” and “stop”: one question, one answer."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane, Progress
from emotion_desktop.domain.sagemaker import AwsChoice, JobStatus, Machines
from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices

if TYPE_CHECKING:
    from emotion_desktop.aws.session import AwsSession


def ask_job(desk: CloudServices, name: str, choice: AwsChoice) -> tuple[JobSpec, JobFunction]:
    """The job that asks how a training is doing; its result is ``job`` (a JobStatus as JSON
    values) and ``words``."""

    def run(_: JobSpec, context: JobContext) -> dict[str, Any]:
        from emotion_desktop.aws.sagemaker.training_jobs import describe_training_job

        context.emit(Progress(0, 0, "asking AWS"))
        status = describe_training_job(_session(desk, name, choice), name)
        if status is None:
            raise UsageError(f"AWS knows no training job “{name}”.", "Check its name and region.")
        return {"job": asdict(status), "words": in_words(desk, name, status)}

    return JobSpec("sagemaker-ask", f"Ask after {name}", Lane.CLOUD), run


def stop_job(desk: CloudServices, name: str, choice: AwsChoice) -> tuple[JobSpec, JobFunction]:
    """The job that asks AWS to stop a training."""

    def run(_: JobSpec, context: JobContext) -> None:
        from emotion_desktop.aws.sagemaker.training_jobs import stop_training_job

        context.emit(Progress(0, 0, "asking AWS to stop it"))
        stop_training_job(_session(desk, name, choice), name)

    return JobSpec("sagemaker-stop", f"Stop {name}", Lane.CLOUD), run


def in_words(desk: CloudServices, name: str, status: JobStatus) -> str:
    """A job's stages with their times, and what it has cost so far."""
    from emotion_desktop.aws.sagemaker.prices import cost

    lines = [f"{name}: {status.status} ({status.detail})"]
    for step in status.transitions:
        took = f"{step.ended - step.started:,.0f} s" if step.ended else "now"
        lines.append(f"  {step.status:<12} {took:>8}  {step.message}")
    seconds = status.billable if status.billable is not None else status.running
    if seconds is not None:
        machines = _machines(desk, name)
        price = cost(machines, seconds, desk.prices) if machines else None
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


def _machines(desk: CloudServices, name: str) -> Machines | None:
    try:
        return Machines(**desk.runs.load(name).order["machines"])
    except UsageError:
        return None


def _session(desk: CloudServices, name: str, choice: AwsChoice) -> AwsSession:
    """A session of the account the job belongs to, as far as this workspace knows it."""
    from emotion_desktop.aws.session import open_session

    # A job of another machine is looked for in the account that is chosen.
    with suppress(UsageError):
        choice = desk.runs.load(name).choice
    return open_session(choice.profile, choice.region)
