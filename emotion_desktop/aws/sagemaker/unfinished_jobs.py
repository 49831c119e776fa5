"""What the account's jobs under way read from and write to, whoever started them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from emotion_desktop.aws.errors import as_cloud_errors
from emotion_desktop.aws.session import AwsSession
from emotion_desktop.domain.s3 import is_s3_address

#: What a job that is not over may be called.
_UNDER_WAY: Final = ("InProgress", "Stopping")


def addresses_in_use(session: AwsSession) -> set[str]:
    """The addresses in S3 that training and transform jobs under way need, in the session's region.

    Raises:
        CloudError: the jobs may not be listed or looked at.
    """
    client = session.client("sagemaker")
    found: set[str] = set()
    with as_cloud_errors("looking for jobs under way"):
        for name in _names(client, "list_training_jobs", "TrainingJob"):
            found |= _addresses(client.describe_training_job(TrainingJobName=name))
        for name in _names(client, "list_transform_jobs", "TransformJob"):
            job = client.describe_transform_job(TransformJobName=name)
            model = client.describe_model(ModelName=job["ModelName"])
            found |= _addresses(job) | _addresses(model) | {f"model:{job['ModelName']}"}
    return found


def _names(client: Any, operation: str, kind: str) -> Iterator[str]:
    for status in _UNDER_WAY:
        for page in client.get_paginator(operation).paginate(StatusEquals=status):
            for item in page[f"{kind}Summaries"]:
                yield item[f"{kind}Name"]


def _addresses(described: Any) -> set[str]:
    """Every address in S3 that stands anywhere in what AWS says of something."""
    if isinstance(described, str):
        address = described.strip('"')  # hyperparameters of containers are JSON
        return {address} if is_s3_address(address) else set()
    if isinstance(described, Mapping):
        described = described.values()
    elif not isinstance(described, list | tuple):
        return set()
    return set().union(*(_addresses(value) for value in described))
