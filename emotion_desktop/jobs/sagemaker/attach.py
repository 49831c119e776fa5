"""Taking up a training that was begun on another machine, or by another program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from emotion_desktop.domain.errors import DataError, UsageError
from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane, Progress
from emotion_desktop.domain.sagemaker import (
    AwsChoice,
    CloudRun,
    Machines,
    SageMakerTrainingRequest,
    Stage,
)
from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices
from emotion_desktop.jobs.sagemaker.train import KIND, TRAINED_ON, work_on

_MAX_RECORD: Final = 16 << 20


def attach_job(
    desk: CloudServices, name: str, choice: AwsChoice, labels: tuple[str, ...] = ()
) -> tuple[JobSpec, JobFunction]:
    """The job that takes up a training begun on another machine, or by another program.

    Args:
        labels: the emotions of its classes, in order; needed only for jobs of other programs.
    """
    spec = JobSpec(KIND, f"Take up {name}", Lane.FOLLOW, {"run": name})

    def begin(spec: JobSpec, context: JobContext) -> str:
        desk.runs.place(name)  # a name that cannot be one is refused
        if not any(run.name == name for run in desk.runs.all()):
            context.emit(Progress(0, 0, "looking for the job"))
            desk.runs.keep(_found(desk, name, choice, labels))
        return work_on(desk, spec, context)

    return spec, begin


def _found(desk: CloudServices, name: str, choice: AwsChoice, labels: tuple[str, ...]) -> CloudRun:
    """The record of a job at AWS: the one this program left there, or what can be told."""
    from emotion_desktop.aws.s3.bucket import Bucket, parse_address
    from emotion_desktop.aws.sagemaker.training_jobs import run_prefix, training_job_details
    from emotion_desktop.aws.session import open_session

    session = open_session(choice.profile, choice.region)
    account = session.identity().account
    details = training_job_details(session, name)
    if details is None:
        raise UsageError(
            f"AWS knows no training job “{name}” in {session.region}.",
            "Check its name, and the region and profile.",
        )
    output = parse_address(details["OutputDataConfig"]["S3OutputPath"])
    bucket = Bucket(session.client("s3"), output.bucket, account)
    key = f"{run_prefix(name)}/run.json"
    if bucket.size_of(key) is not None:
        try:
            run = CloudRun.from_dict(json.loads(bucket.read(key, _MAX_RECORD)))
        except ValueError:
            raise DataError(
                "The record beside the job in S3 is damaged.", "Give the labels: --labels …"
            ) from None
        if run.name != name:
            raise DataError(
                "The record beside the job in S3 is that of another job.",
                "Check the job's name and its region.",
            )
        trained_on = f"{run_prefix(name)}/{TRAINED_ON}"
        place = desk.runs.place(name)
        if bucket.size_of(trained_on) is not None:
            place.mkdir(parents=True, exist_ok=True)
            (place / TRAINED_ON).write_bytes(bucket.read(trained_on, _MAX_RECORD))
        return replace(
            run,
            choice=choice,
            account=account,
            stage=Stage.RUNNING,
            job=None,
            history=(),
            facts={k: v for k, v in run.facts.items() if k != "log_tokens"} | {"log_size": 0},
        )
    return _foreign(name, details, choice, account, labels)


def _foreign(
    name: str, details: Mapping[str, Any], choice: AwsChoice, account: str, labels: tuple[str, ...]
) -> CloudRun:
    """The record of a job that another program started: a notebook, say."""
    values = dict(details.get("HyperParameters", {}))
    try:
        side = int(values["image_shape"].split(",")[1])
        classes = int(values["num_classes"])
    except (KeyError, ValueError, IndexError):
        raise UsageError(
            f"“{name}” is no training of SageMaker's image classification.",
            "Only such jobs can be taken up.",
        ) from None
    if len(labels) != classes:
        raise UsageError(
            f"“{name}” was started by another program, and its {classes} classes have no names.",
            "Say which emotions they are, in their order: --labels anger,contempt,…",
        )
    resources = details["ResourceConfig"]
    machines = Machines(
        resources["InstanceType"],
        int(resources["InstanceCount"]),
        bool(details.get("EnableManagedSpotTraining", False)),
        details["StoppingCondition"]["MaxRuntimeInSeconds"] / 3600,
    )
    order = SageMakerTrainingRequest(
        model=name,
        split="",
        side=side,
        grey=values["image_shape"].startswith("1,"),
        hyperparameters=values,
        machines=machines,
        role=details["RoleArn"],
        bucket=details["OutputDataConfig"]["S3OutputPath"].removeprefix("s3://").split("/")[0],
    )
    return CloudRun(
        name=name,
        kind="training",
        choice=choice,
        account=account,
        order=asdict(order),
        stage=Stage.RUNNING,
        created=details["CreationTime"].timestamp(),
        labels=labels,
        facts={"hyperparameters": values, "faces": {}},
    )
