"""S3 and CloudWatch as the stand-in's own jobs use them: through moto, off the record."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlparse

from botocore.exceptions import ClientError

from tests.stand_ins.aws.operations import RefusalError

GROUP = "/aws/sagemaker/TrainingJobs"


class Storage:
    """What jobs read and write. ``clients`` makes boto3 clients of a service in a region."""

    def __init__(self, clients: Any) -> None:
        self._clients = clients
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str = "us-east-1") -> Any:
        with self._lock:
            key = (service, region)
            if key not in self._made:
                self._made[key] = self._clients(service, region)
            return self._made[key]

    def region_of(self, uri: str) -> str | None:
        """The region of an address's bucket; None if there is no such bucket."""
        try:
            answer = self.client("s3").get_bucket_location(Bucket=urlparse(uri).netloc)
        except ClientError:
            return None
        return answer["LocationConstraint"] or "us-east-1"

    def keys(self, uri: str) -> list[str]:
        """The keys under an address."""
        place = urlparse(uri)
        pages = (
            self.client("s3")
            .get_paginator("list_objects_v2")
            .paginate(Bucket=place.netloc, Prefix=place.path.lstrip("/"))
        )
        return [
            item["Key"]
            for page in pages
            for item in page.get("Contents", ())
            if not item["Key"].endswith("/")
        ]

    def read(self, bucket: str, key: str) -> bytes:
        return self.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()

    def write(self, uri: str, data: bytes) -> None:
        place = urlparse(uri)
        self.client("s3").put_object(Bucket=place.netloc, Key=place.path.lstrip("/"), Body=data)

    def check_role(self, arn: str) -> None:
        """Refuses a role that is not there, or that SageMaker may not assume."""
        try:
            role = self.client("iam").get_role(RoleName=arn.rpartition("/")[2])["Role"]
            trusted = "sagemaker.amazonaws.com" in str(role["AssumeRolePolicyDocument"])
        except ClientError:
            trusted = False
        if not trusted:
            raise RefusalError(
                "ValidationException",
                f"Could not assume role {arn}. Please ensure that the role exists and allows "
                "principal 'sagemaker.amazonaws.com' to assume the role.",
            )


class LogStream:
    """A job's stream in CloudWatch, made with its first line."""

    def __init__(self, storage: Storage, region: str, name: str) -> None:
        self._logs = storage.client("logs", region)
        self._name = name
        self._made = False

    def say(self, line: str) -> None:
        if not self._made:
            there = self._logs.exceptions.ResourceAlreadyExistsException
            with suppress(there):
                self._logs.create_log_group(logGroupName=GROUP)
            with suppress(there):
                self._logs.create_log_stream(logGroupName=GROUP, logStreamName=self._name)
            self._made = True
        self._logs.put_log_events(
            logGroupName=GROUP,
            logStreamName=self._name,
            logEvents=[{"timestamp": int(time.time() * 1000), "message": line}],
        )
