"""What this program put into a bucket: listed, and deleted. Nothing else is touched."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from emotion_desktop.aws.errors import as_cloud_errors
from emotion_desktop.aws.s3.bucket import Bucket, UnfinishedUpload
from emotion_desktop.aws.s3.buckets import PREFIX
from emotion_desktop.aws.session import AwsSession
from emotion_desktop.domain.errors import CloudError


@dataclass(frozen=True, slots=True)
class Leftover:
    """Things that belong together.

    Attributes:
        title: what it is: a run's name, the photos of a training, an unfinished upload, a model.
        kind: ``run``, ``photos``, ``unfinished`` or ``model``.
    """

    title: str
    kind: str
    bytes: int
    keys: tuple[str, ...] = ()
    uploads: tuple[UnfinishedUpload, ...] = ()


def leftovers(session: AwsSession, bucket: Bucket) -> list[Leftover]:
    """What lies under the program's own prefix, and its models at SageMaker; the largest first.

    Raises:
        CloudError: the bucket cannot be listed.
    """
    groups: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for item in bucket.objects(f"{PREFIX}/"):
        groups.setdefault(_group(item.key), []).append((item.key, item.size))
    found = [
        Leftover(title, kind, sum(size for _, size in items), tuple(key for key, _ in items))
        for (kind, title), items in groups.items()
    ]
    found += [
        Leftover(upload.key.rpartition("/")[2], "unfinished", upload.size, uploads=(upload,))
        for upload in bucket.unfinished(f"{PREFIX}/")
    ]
    found += [Leftover(name, "model", 0) for name in _models(session)]
    return sorted(found, key=lambda item: (-item.bytes, item.title))


def remove(session: AwsSession, bucket: Bucket, items: Sequence[Leftover]) -> None:
    """Deletes what leftovers named, and nothing else.

    Raises:
        CloudError: something could not be deleted; what came before it is gone.
        ValueError: it is not under the program's own prefix.
    """
    keys = [key for item in items for key in item.keys]
    uploads = [upload for item in items for upload in item.uploads]
    _check(keys)
    _check(upload.key for upload in uploads)
    bucket.delete(keys)
    for upload in uploads:
        bucket.abandon(upload)
    for item in items:
        if item.kind == "model":
            _remove_model(session, item.title)


def _check(keys: Iterable[str]) -> None:
    for key in keys:
        if not key.startswith(f"{PREFIX}/"):
            raise ValueError(f"{key} is not this program's")


def _group(key: str) -> tuple[str, str]:
    parts = key.split("/")
    if len(parts) > 3 and parts[1] in ("runs", "transforms"):
        return "run", parts[2]
    if len(parts) > 3 and parts[1] == "data":
        return "photos", f"{parts[3].rpartition('.')[0]} {parts[2][:8]}"
    return "photos", "other files"


def _models(session: AwsSession) -> list[str]:
    """Models at SageMaker that a batch transform left: they cost nothing, but are litter."""
    client = session.client("sagemaker")
    try:
        with as_cloud_errors("listing the models"):
            pages = client.get_paginator("list_models").paginate(NameContains=PREFIX)
            return [
                item["ModelName"]
                for page in pages
                for item in page["Models"]
                if item["ModelName"].startswith(f"{PREFIX}-")
            ]
    except CloudError:
        return []  # who may not list them has none of this program's


def _remove_model(session: AwsSession, name: str) -> None:
    with as_cloud_errors(f"deleting the model {name}"):
        session.client("sagemaker").delete_model(ModelName=name)
