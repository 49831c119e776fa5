"""Describes the jobs of AWS accounts and of SageMaker; jobs.table names what does them.

Light to import: the window and the command line describe jobs, and import nothing that does them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from emotion_desktop.jobs import table

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobSpec
    from emotion_desktop.domain.sagemaker import (
        AwsChoice,
        CloudRun,
        Machines,
        SageMakerTrainingRequest,
        TransformRequest,
    )


def examine_account_job(choice: AwsChoice, role: str, bucket: str, machines: Machines) -> JobSpec:
    """Looks at the account; the result is ``aws.account.doctor.AccountReport`` as JSON values,
    with ``good`` among them."""
    return table.EXAMINE_ACCOUNT.spec(
        {"choice": asdict(choice), "role": role, "bucket": bucket, "machines": asdict(machines)}
    )


def make_bucket_job(choice: AwsChoice, name: str = "") -> JobSpec:
    """Makes a bucket, private and encrypted; the result is its name.

    Args:
        name: empty for one that holds the account's number.
    """
    return table.MAKE_BUCKET.spec({"choice": asdict(choice), "name": name})


def sign_in_job(command: Sequence[str]) -> JobSpec:
    """Signs in by AWS's own program, which opens the browser and stores the token."""
    return table.SIGN_IN.spec({"command": list(command)})


def list_leftovers_job(choice: AwsChoice, bucket: str) -> JobSpec:
    """Lists what this program has in a bucket.

    The result is a list of ``{title, kind, bytes, month}``; month is what storing it costs a month,
    in US dollars.
    """
    return table.LIST_LEFTOVERS.spec({"choice": asdict(choice), "bucket": bucket})


def clean_job(choice: AwsChoice, bucket: str, titles: Collection[str]) -> JobSpec:
    """Deletes some of these things; what jobs under way need is left.

    The result is how many bytes were ``freed``, and the titles of what was ``kept``.

    Args:
        titles: of what list_leftovers_job has listed.
    """
    return table.CLEAN.spec({"choice": asdict(choice), "bucket": bucket, "titles": sorted(titles)})


def begin_run_job(run: CloudRun) -> JobSpec:
    """Begins a run whose request was confirmed by the user.

    Its Batch events carry the run's record (``CloudRun.to_dict()``) whenever it changes, and, of a
    transform, the ``Prediction`` of each photo once they are there. The result is the run's: the
    model's name in the store, or where the answers are.
    """
    kind = table.TRAIN_ON_SAGEMAKER if run.kind == "training" else table.TRANSFORM
    return kind.spec({"record": run.to_dict()}, model=str(run.request["model"]))


def resume_run_job(run: CloudRun) -> JobSpec:
    """Takes a run up where it was left; events and result are those of begin_run_job."""
    training = run.kind == "training"
    kind = table.RESUME_TRAINING if training else table.RESUME_TRANSFORM
    return kind.spec({"run": run.name}, model=str(run.request.get("model", run.name)))


def attach_job(name: str, choice: AwsChoice, labels: Sequence[str] = ()) -> JobSpec:
    """Takes up a run wherever it was left, or a training that was begun on another machine, or by
    another program; events and result are those of begin_run_job.

    Args:
        choice: where the job runs; what is left open is as recorded, or else as set.
        labels: the emotions of its classes, in order; needed only for jobs of other programs.
    """
    return table.ATTACH.spec({"run": name, "choice": asdict(choice), "labels": list(labels)})


def job_status_job(name: str, choice: AwsChoice) -> JobSpec:
    """Asks AWS how a job is doing; the result is ``job`` (a JobStatus as JSON values) and
    ``words``.

    Args:
        choice: where the job runs; what is left open is as recorded, or else as set.
    """
    return table.JOB_STATUS.spec({"run": name, "choice": asdict(choice)})


def stop_job(name: str, choice: AwsChoice) -> JobSpec:
    """Asks AWS to stop a job; the result is a sentence about the outcome.

    Args:
        choice: as for job_status_job.
    """
    return table.STOP.spec({"run": name, "choice": asdict(choice)})


def overview_job() -> JobSpec:
    """Reads the records of all runs; the result is ``runs`` (``CloudRun.to_dict()``) and
    ``waiting``, the names of those that are to be taken up."""
    return table.RUNS_OVERVIEW.spec()


def run_log_job(name: str) -> JobSpec:
    """Reads a run's log; the result is ``run`` and ``lines``."""
    return table.RUN_LOG.spec({"run": name})


def forget_run_job(name: str) -> JobSpec:
    """Forgets a run; what lies in the cloud stays there for cleaning up."""
    return table.FORGET_RUN.spec({"run": name})


def training_offer_job(request: SageMakerTrainingRequest, region: str) -> JobSpec:
    """Works out what a training would send, take and cost; the result is the ``Offer`` as JSON
    values. Nothing is asked of AWS."""
    return table.TRAINING_OFFER.spec({"request": request.to_dict(), "region": region})


def transform_offer_job(request: TransformRequest, choice: AwsChoice) -> JobSpec:
    """Counts the photos and works out what a transform would send and cost; the result is a list
    of sentences.

    Args:
        choice: with its region, which the price depends on.
    """
    return table.TRANSFORM_OFFER.spec({"request": request.to_dict(), "choice": asdict(choice)})
