"""Taking up a training that was begun on another machine, or by another program."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.aws.s3.bucket import Bucket, parse_address
from emotion_desktop.aws.sagemaker.training_jobs import run_prefix, training_job_details
from emotion_desktop.aws.session import open_session
from emotion_desktop.domain.errors import DataError, UsageError
from emotion_desktop.domain.job import Progress
from emotion_desktop.domain.s3 import S3_SCHEME
from emotion_desktop.domain.sagemaker import (
    AwsChoice,
    CloudRun,
    Machines,
    SageMakerTrainingRequest,
    Stage,
)
from emotion_desktop.jobs.sagemaker.earlier import TRAINED_ON
from emotion_desktop.jobs.sagemaker.runs import resume
from emotion_desktop.workspace.settings import load_settings

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context
    from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices

_MAX_RECORD: Final = 16 << 20


def attach(context: Context, *, run: str, choice: Mapping[str, str], labels: Sequence[str]) -> str:
    """Takes up a run, or a training of another machine or program; returns its result.

    Raises:
        UsageError: AWS knows no such job, or it is none that can be taken up.
    """
    cloud, said = context.resources.cloud, AwsChoice(**choice)
    cloud.runs.folder(run)  # a name that cannot be one is refused
    settings = load_settings(context.workspace.settings)
    record = next((known for known in cloud.runs.all() if known.name == run), None)
    context.emit(Progress(0, 0, "looking for the job"))
    if record is None:
        cloud.runs.save(_found(cloud, run, said.or_else(settings.aws_choice), tuple(labels)))
        return resume(context, run=run)
    with cloud.runs.owned(run) as mine:
        if mine:  # else its record is another program's, which works on it
            record = cloud.runs.load(run)
            cloud.runs.save(_looked_at_again(record, said.or_else(record.choice)))
    return resume(context, run=run)


def _looked_at_again(record: CloudRun, choice: AwsChoice) -> CloudRun:
    """The record of a run that goes on, with the region or profile that is given now.

    One that was given up although its job was not seen to end is looked for at AWS once more.
    """
    record = replace(record, choice=choice)
    ended = record.job is not None and record.job.is_over
    if record.stage is not Stage.FAILED or ended or record.kind != "training":
        return record
    session = open_session(choice.profile, choice.region)
    if training_job_details(session, record.name) is None:
        return record
    return replace(record, stage=Stage.RUNNING, problem=None, waiting=None)


def _found(cloud: CloudServices, name: str, choice: AwsChoice, labels: tuple[str, ...]) -> CloudRun:
    """The record of a job at AWS: the one this program left there, or what can be told."""
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
        folder = cloud.runs.folder(name)
        if bucket.size_of(trained_on) is not None:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / TRAINED_ON).write_bytes(bucket.read(trained_on, _MAX_RECORD))
        return replace(
            run,
            choice=AwsChoice(choice.profile, session.region),
            account=account,
            stage=Stage.RUNNING,
            job=None,
            history=(),
            facts={k: v for k, v in run.facts.items() if k != "log_tokens"} | {"log_size": 0},
        )
    return _foreign(name, details, AwsChoice(choice.profile, session.region), account, labels)


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
    request = SageMakerTrainingRequest(
        model=name,
        split="",
        side=side,
        grey=values["image_shape"].startswith("1,"),
        hyperparameters=values,
        machines=machines,
        role=details["RoleArn"],
        bucket=details["OutputDataConfig"]["S3OutputPath"].removeprefix(S3_SCHEME).split("/")[0],
    )
    return CloudRun(
        name=name,
        kind="training",
        choice=choice,
        account=account,
        request=request.to_dict(),
        stage=Stage.RUNNING,
        created=details["CreationTime"].timestamp(),
        labels=labels,
        facts={"hyperparameters": values, "faces": {}},
    )
