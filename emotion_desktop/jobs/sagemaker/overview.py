"""What the window shows of the runs in the cloud, read off its thread."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane
from emotion_desktop.domain.sagemaker import SageMakerTrainingRequest
from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices
from emotion_desktop.jobs.sagemaker.offer import make_offer
from emotion_desktop.jobs.sagemaker.train import waiting_runs


def overview_job(desk: CloudServices) -> tuple[JobSpec, JobFunction]:
    """The job that reads the records of all runs; its result is ``runs`` (CloudRun.to_dict()), and
    ``waiting``, the names of those that are to be taken up."""

    def run(_: JobSpec, __: JobContext) -> dict[str, Any]:
        return {"runs": [run.to_dict() for run in desk.runs.all()], "waiting": waiting_runs(desk)}

    title = "Look for jobs in the cloud"
    return JobSpec("sagemaker-overview", title, Lane.CATALOGUE, quiet=True), run


def run_log_job(desk: CloudServices, name: str) -> tuple[JobSpec, JobFunction]:
    """The job that reads a run's log; its result is ``run`` and ``lines``."""

    def run(_: JobSpec, __: JobContext) -> dict[str, Any]:
        return {"run": name, "lines": desk.runs.log(name)[-5000:]}

    return JobSpec("sagemaker-log", "Read a log", Lane.CATALOGUE, quiet=True), run


def offer_job(desk: CloudServices, order: SageMakerTrainingRequest) -> tuple[JobSpec, JobFunction]:
    """The job that works out what a training would send, take and cost; its result is the offer as
    JSON values. Nothing is asked of AWS."""

    def run(_: JobSpec, __: JobContext) -> dict[str, Any]:
        return asdict(make_offer(desk, order))

    return JobSpec("sagemaker-offer", "Work out time and cost", Lane.CATALOGUE, quiet=True), run


def forget_run_job(desk: CloudServices, name: str) -> tuple[JobSpec, JobFunction]:
    """The job that forgets a run; what lies in the cloud stays there for cleaning up."""

    def run(_: JobSpec, __: JobContext) -> None:
        desk.runs.forget(name)

    return JobSpec("sagemaker-forget", f"Forget {name}", Lane.CATALOGUE, quiet=True), run
