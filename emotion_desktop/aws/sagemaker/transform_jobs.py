"""SageMaker's batch transform: a trained model answers for everything under a prefix of S3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from emotion_desktop.aws.errors import NAME_TAKEN, as_cloud_errors, is_missing
from emotion_desktop.aws.regions import image_uri
from emotion_desktop.aws.s3.buckets import PREFIX
from emotion_desktop.aws.sagemaker.training_jobs import TAG
from emotion_desktop.aws.session import AwsSession
from emotion_desktop.domain.errors import CloudError
from emotion_desktop.domain.sagemaker import JobStatus, TransformRequest, Transition

#: The largest picture that is sent to the model at once, megabytes.
_PAYLOAD_MB: Final = 6


def transform_prefix(name: str) -> str:
    """Under which everything of a run lies in its bucket."""
    return f"{PREFIX}/transforms/{name}"


def input_prefix(run: str) -> str:
    """Under which the pictures lie that a run has sent."""
    return f"{transform_prefix(run)}/input/"


def predictions_prefix(run: str) -> str:
    """Under which a job puts its answers."""
    return f"{transform_prefix(run)}/answers/"


def model_name(run: str) -> str:
    """What the model of a run is called at SageMaker while the run lasts."""
    return f"{PREFIX}-{run}"[:63].rstrip("-")


def create_model(session: AwsSession, run: str, request: TransformRequest) -> None:
    """Makes the model that a transform needs; one of this name that is there is this very one.

    Raises:
        CloudError: AWS refuses.
    """
    try:
        with as_cloud_errors("making the model at SageMaker"):
            session.client("sagemaker").create_model(
                ModelName=model_name(run),
                PrimaryContainer={
                    "Image": image_uri(session.region),
                    "ModelDataUrl": request.artefact,
                },
                ExecutionRoleArn=request.role,
                Tags=[TAG],
            )
    except CloudError as error:
        if error.code != NAME_TAKEN:
            raise


def delete_model(session: AwsSession, run: str) -> None:
    """Deletes that model again; one that is gone is no trouble.

    Raises:
        CloudError: it cannot be deleted.
    """
    try:
        with as_cloud_errors("deleting the model at SageMaker"):
            session.client("sagemaker").delete_model(ModelName=model_name(run))
    except CloudError as error:
        if not is_missing(error):
            raise


def create_transform_job(
    session: AwsSession, run: str, request: TransformRequest, source: str
) -> None:
    """Starts a job; one of this name that is there already is this very one.

    Args:
        source: the address of the pictures.

    Raises:
        CloudError: AWS refuses.
    """
    body = {
        "TransformJobName": run,
        "ModelName": model_name(run),
        "MaxPayloadInMB": _PAYLOAD_MB,
        "BatchStrategy": "SingleRecord",
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": source}},
            "ContentType": "application/x-image",
        },
        "TransformOutput": {
            "S3OutputPath": f"s3://{request.bucket}/{predictions_prefix(run)}".rstrip("/")
        },
        "TransformResources": {
            "InstanceType": request.machines.kind,
            "InstanceCount": request.machines.count,
        },
        "Tags": [TAG],
    }
    try:
        with as_cloud_errors("starting the transform job"):
            session.client("sagemaker").create_transform_job(**body)
    except CloudError as error:
        if error.code != "ResourceInUse":
            raise


def describe_transform_job(session: AwsSession, name: str) -> JobStatus | None:
    """What AWS says of a job; None if it knows none of that name.

    Raises:
        CloudError: it cannot be asked.
    """
    try:
        with as_cloud_errors("asking after the transform job"):
            answer: Mapping[str, Any] = session.client("sagemaker").describe_transform_job(
                TransformJobName=name
            )
    except CloudError as error:
        if is_missing(error):
            return None
        raise
    begun, started, ended = (
        answer[key].timestamp() if answer.get(key) else None
        for key in ("CreationTime", "TransformStartTime", "TransformEndTime")
    )
    steps = []
    if begun is not None:
        steps.append(Transition("Starting", begun, started))
    if started is not None:
        steps.append(Transition("Transforming", started, ended))
    status = answer["TransformJobStatus"]
    if ended is not None:
        steps.append(Transition(status, ended))
    running = round(ended - started) if started is not None and ended is not None else None
    return JobStatus(
        status=status,
        detail=steps[-1].status if steps else status,
        transitions=tuple(steps),
        billable=running,
        running=running,
        failure=answer.get("FailureReason", ""),
    )


def stop_transform_job(session: AwsSession, name: str) -> None:
    """Asks a job to stop. One that is over is left alone.

    Raises:
        CloudError: it could not be asked: it may go on, and cost.
    """
    try:
        with as_cloud_errors("stopping the transform job"):
            session.client("sagemaker").stop_transform_job(TransformJobName=name)
    except CloudError as error:
        if is_missing(error):
            return
        if error.code != "ValidationException":
            raise
        status = describe_transform_job(session, name)
        if status is not None and not status.is_over:
            raise
