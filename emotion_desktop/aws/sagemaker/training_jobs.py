"""SageMaker's training jobs: asked for, described, stopped."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from emotion_desktop.aws.errors import as_cloud_errors, is_missing, redact
from emotion_desktop.aws.s3.buckets import PREFIX
from emotion_desktop.aws.session import AwsSession
from emotion_desktop.domain.errors import CloudError
from emotion_desktop.domain.sagemaker import (
    CloudRun,
    JobStatus,
    SageMakerTrainingRequest,
    Transition,
)

_log = logging.getLogger(__name__)

#: What jobs of this program are known by.
TAG: Final = {"Key": "program", "Value": "emotion-desktop"}
#: A spot job may wait for machines for so long beyond its own time, seconds.
_SPOT_WAIT_S: Final = 3600
_VOLUME_GB: Final = 10
#: The channels, of either algorithm, whose files are made of photos.
PHOTO_CHANNELS: Final = ("train", "validation", "training")
#: What the files of a channel are.
_CONTENT_TYPES: Final = {
    "model": "application/x-sagemaker-model",
    "train": "application/x-recordio",
    "validation": "application/x-recordio",
    "training": "application/zip",
}


@dataclass(frozen=True, slots=True)
class Algorithm:
    """What a training job runs.

    Attributes:
        image: the container's address.
        hyperparameters: what it is told, all as text.
        metrics: figures for AWS to take out of its log: name and regular expression.
        checkpoints: the container's folder that is kept in S3 where machines may be taken away;
            empty for the container's own.
    """

    image: str
    hyperparameters: Mapping[str, str]
    metrics: Sequence[tuple[str, str]] = ()
    checkpoints: str = ""


def run_prefix(name: str) -> str:
    """Under which everything of a run lies in its bucket, but for photos."""
    return f"{PREFIX}/runs/{name}"


def output_address(bucket: str, name: str) -> str:
    """Where SageMaker puts what a job made."""
    return f"s3://{bucket}/{run_prefix(name)}/output"


def artefact_address(bucket: str, name: str) -> str:
    """Where a finished job's model lies."""
    return f"{output_address(bucket, name)}/{name}/output/model.tar.gz"


def training_request(
    run: CloudRun, channels: Mapping[str, str], algorithm: Algorithm
) -> dict[str, Any]:
    """The request that starts a run's job.

    Args:
        channels: the address of each channel's data.
    """
    wanted = SageMakerTrainingRequest.from_dict(run.request)
    machines = wanted.machines
    seconds = round(machines.max_hours * 3600)
    stopping: dict[str, int] = {"MaxRuntimeInSeconds": seconds}
    request: dict[str, Any] = {}
    if machines.spot:
        stopping["MaxWaitTimeInSeconds"] = seconds + _SPOT_WAIT_S
        request["EnableManagedSpotTraining"] = True
        request["CheckpointConfig"] = {
            "S3Uri": f"s3://{wanted.bucket}/{run_prefix(run.name)}/checkpoints",
            **({"LocalPath": algorithm.checkpoints} if algorithm.checkpoints else {}),
        }
    figures = [{"Name": name, "Regex": pattern} for name, pattern in algorithm.metrics]
    return {
        "TrainingJobName": run.name,
        "AlgorithmSpecification": {
            "TrainingImage": algorithm.image,
            "TrainingInputMode": "File",
            **({"MetricDefinitions": figures} if figures else {}),
        },
        "RoleArn": wanted.role,
        "InputDataConfig": [_channel(name, uri) for name, uri in channels.items()],
        "OutputDataConfig": {"S3OutputPath": output_address(wanted.bucket, run.name)},
        "ResourceConfig": {
            "InstanceType": machines.kind,
            "InstanceCount": machines.count,
            "VolumeSizeInGB": _VOLUME_GB + _gigabytes(run),
        },
        "StoppingCondition": stopping,
        "HyperParameters": dict(algorithm.hyperparameters),
        "Tags": [TAG],
        **request,
    }


def _gigabytes(run: CloudRun) -> int:
    """What a run's photos take on a machine's disk; those of P2 and P3 hold what is asked for."""
    channels = (run.facts.get(name) or {} for name in PHOTO_CHANNELS)
    total: int = sum(channel.get("bytes", 0) for channel in channels)
    return math.ceil(total * 2 / 1e9)


def _channel(name: str, uri: str) -> dict[str, Any]:
    return {
        "ChannelName": name,
        "ContentType": _CONTENT_TYPES[name],
        "DataSource": {
            "S3DataSource": {
                "S3DataType": "S3Prefix",
                "S3Uri": uri,
                "S3DataDistributionType": "FullyReplicated",
            }
        },
    }


def create_training_job(session: AwsSession, request: Mapping[str, Any]) -> None:
    """Starts a job; one of this name that is there already is this very one.

    The name has random digits, so nobody else can have taken it: the answer to an earlier attempt
    was lost, or the program ended before it could note it.

    Raises:
        CloudError: AWS refuses.
    """
    try:
        with as_cloud_errors("starting the training job"):
            session.client("sagemaker").create_training_job(**request)
    except CloudError as error:
        if error.code != "ResourceInUse":
            raise
        found = _describe(session, request["TrainingJobName"])
        if found["OutputDataConfig"]["S3OutputPath"] != request["OutputDataConfig"]["S3OutputPath"]:
            raise


def describe_training_job(session: AwsSession, name: str) -> JobStatus | None:
    """What AWS says of a job; None if it knows none of that name.

    Raises:
        CloudError: it cannot be asked.
    """
    try:
        answer = _describe(session, name)
    except CloudError as error:
        if is_missing(error):
            return None
        raise
    return _status(answer)


def training_job_details(session: AwsSession, name: str) -> dict[str, Any] | None:
    """All AWS says of a job, as boto3 has it; None if it knows none of that name."""
    try:
        return _describe(session, name)
    except CloudError as error:
        if is_missing(error):
            return None
        raise


def stop_training_job(session: AwsSession, name: str) -> None:
    """Asks a job to stop; what it has found so far is kept. One that is over is left alone.

    Raises:
        CloudError: it could not be asked: it may go on, and cost.
    """
    try:
        with as_cloud_errors("stopping the training job"):
            session.client("sagemaker").stop_training_job(TrainingJobName=name)
    except CloudError as error:
        if is_missing(error):
            return
        if error.code != "ValidationException":
            raise
        status = describe_training_job(session, name)
        if status is not None and not status.is_over:
            raise


def _describe(session: AwsSession, name: str) -> dict[str, Any]:
    with as_cloud_errors("asking after the training job"):
        answer: dict[str, Any] = session.client("sagemaker").describe_training_job(
            TrainingJobName=name
        )
    return answer


def _status(answer: Mapping[str, Any]) -> JobStatus:
    started, ended = answer.get("TrainingStartTime"), answer.get("TrainingEndTime")
    running = answer.get("TrainingTimeInSeconds")
    if running is None and started is not None and ended is not None:
        running = round((ended - started).total_seconds())
    return JobStatus(
        status=answer["TrainingJobStatus"],
        detail=answer.get("SecondaryStatus", ""),
        transitions=tuple(
            Transition(
                item["Status"],
                item["StartTime"].timestamp(),
                item["EndTime"].timestamp() if item.get("EndTime") else None,
                item.get("StatusMessage", ""),
            )
            for item in answer.get("SecondaryStatusTransitions", ())
        ),
        billable=answer.get("BillableTimeInSeconds"),
        running=running,
        failure=answer.get("FailureReason", ""),
        artefact=answer.get("ModelArtifacts", {}).get("S3ModelArtifacts", ""),
        metrics={
            item["MetricName"]: float(item["Value"])
            for item in answer.get("FinalMetricDataList", ())
            # Too few validation photos for a batch: the algorithm has no figure, and says NaN.
            if math.isfinite(item["Value"])
        },
    )


@dataclass(frozen=True, slots=True)
class _Failure:
    """What a FailureReason means in which AWS says something."""

    says: re.Pattern[str]
    message: str
    hint: str


_FAILURES: Final = (
    _Failure(
        re.compile("CapacityError|Unable to provision"),
        "AWS had no machine of this type free, and gave up waiting.",
        "Start it again later, or choose another instance type. Nothing was charged.",
    ),
    _Failure(
        re.compile("PermanentRedirect"),
        "The photos lie in a bucket of another region.",
        "Choose a bucket in the region of the job.",
    ),
    _Failure(
        re.compile("AccessDenied|not authorized"),
        "SageMaker's role may not do what the job needs.",
        "Give it the policy to copy.",
    ),
    _Failure(
        re.compile("out of memory|cudaMalloc|OutOfMemory", re.IGNORECASE),
        "The machine's GPU had too little memory for this.",
        "Choose a smaller batch, a smaller net or smaller faces, or a larger machine.",
    ),
    _Failure(
        re.compile("no GPU|needs? an? .*GPU|GPU .*(required|not (found|available))", re.IGNORECASE),
        "The machine has no GPU, which this algorithm needs.",
        "Choose one of ml.g4dn or ml.g5.",
    ),
)
#: A sentence of this program's own script, in what the container says of it.
_OWN_WORDS: Final = re.compile(r"Emotion Desktop: ([^\n\"]+)")


def failure_in_words(reason: str) -> tuple[str, str]:
    """Why a job failed, as message and hint, from AWS's FailureReason; its words are kept."""
    text = redact(reason)
    _log.warning("a job failed at AWS: %s", text or "no reason was given")
    own = _OWN_WORDS.search(text)
    if own is not None:
        return own[1].strip(), "Its log may say more."
    said = text.removeprefix("ClientError: ").removeprefix("AlgorithmError: ")
    for failure in _FAILURES:
        if failure.says.search(text):
            return failure.message, f"{failure.hint} AWS says: {said}"
    return f"The job failed: {said or 'AWS does not say why'}", "Its log may say more."
