"""A bucket of S3: listing it, reading and writing small objects, deleting; big ones: transfers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from emotion_desktop.aws.errors import as_cloud_errors
from emotion_desktop.domain.errors import CloudError, UsageError
from emotion_desktop.domain.s3 import S3_SCHEME, is_s3_address

#: So many objects one request may delete.
_DELETED_AT_ONCE: Final = 1000
_BUCKET_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class S3Address:
    """``s3://bucket/key``; the key may be a prefix, and empty."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True, slots=True)
class S3Object:
    """An object as it is listed. ``modified`` is in seconds since the epoch."""

    key: str
    size: int
    etag: str
    modified: float


@dataclass(frozen=True, slots=True)
class UnfinishedUpload:
    """An upload in parts that was begun and not ended; its parts are stored, and paid for."""

    key: str
    id: str
    size: int


def parse_address(text: str) -> S3Address:
    """Reads ``s3://bucket/prefix``.

    Raises:
        UsageError: it is not that.
    """
    bucket, _, key = text.removeprefix(S3_SCHEME).partition("/")
    if not is_s3_address(text) or not _BUCKET_NAME.fullmatch(bucket):
        raise UsageError(f"“{text}” is no address in S3.", "Write it like s3://bucket/folder.")
    return S3Address(bucket, key)


class Bucket:
    """One bucket.

    Args:
        client: boto3's S3 client, in any region.
        owner: the account it must belong to, so that nothing is sent into a stranger's bucket;
            empty for any.
    """

    def __init__(self, client: Any, name: str, owner: str = "") -> None:
        self.client = client
        self.name = name
        self.owner = {"ExpectedBucketOwner": owner} if owner else {}

    def objects(self, prefix: str = "") -> Iterator[S3Object]:
        """All objects under a prefix, by key, page by page. "Folders" are left out.

        Raises:
            CloudError: the bucket cannot be listed.
        """
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=prefix, **self.owner
        )
        with as_cloud_errors(f"listing s3://{self.name}/{prefix}"):
            for page in pages:
                for item in page.get("Contents", ()):
                    if not item["Key"].endswith("/"):
                        yield S3Object(
                            item["Key"],
                            int(item["Size"]),
                            item["ETag"].strip('"'),
                            item["LastModified"].timestamp(),
                        )

    def size_of(self, key: str) -> int | None:
        """An object's size in bytes; None if it is not there.

        Raises:
            CloudError: it cannot be told.
        """
        found = self.find(key)
        return None if found is None else found.size

    def find(self, key: str) -> S3Object | None:
        """An object as it is now; None if it is not there.

        Raises:
            CloudError: it cannot be told.
        """
        try:
            with as_cloud_errors(f"looking for {key}"):
                head = self.client.head_object(Bucket=self.name, Key=key, **self.owner)
        except CloudError as error:
            if error.code in ("404", "NoSuchKey", "NotFound"):
                return None
            raise
        return S3Object(
            key,
            int(head["ContentLength"]),
            head["ETag"].strip('"'),
            head["LastModified"].timestamp(),
        )

    def read(self, key: str, limit: int) -> bytes:
        """A small object's content.

        Raises:
            CloudError: it is not there, cannot be read, or is larger than ``limit`` bytes.
        """
        with as_cloud_errors(f"reading {key}"):
            body = self.client.get_object(Bucket=self.name, Key=key, **self.owner)["Body"]
            with closing(body):
                data: bytes = body.read(limit + 1)
        if len(data) > limit:
            raise CloudError(
                f"{key} is larger than it can sensibly be.", "Check that it is the right one."
            )
        return data

    def write(self, key: str, data: bytes) -> None:
        """Writes a small object, replacing one of the same key.

        Raises:
            CloudError: it cannot be written.
        """
        with as_cloud_errors(f"writing {key}"):
            self.client.put_object(Bucket=self.name, Key=key, Body=data, **self.owner)

    def delete(self, keys: Iterable[str]) -> int:
        """Deletes objects; one that is gone already counts. Returns how many.

        Raises:
            CloudError: one could not be deleted; those before it are gone.
        """
        wanted = list(keys)
        for begin in range(0, len(wanted), _DELETED_AT_ONCE):
            some = wanted[begin : begin + _DELETED_AT_ONCE]
            with as_cloud_errors(f"deleting from {self.name}"):
                response = self.client.delete_objects(
                    Bucket=self.name,
                    Delete={"Objects": [{"Key": key} for key in some], "Quiet": True},
                    **self.owner,
                )
            for error in response.get("Errors", ()):
                raise CloudError(
                    f"{error.get('Key', 'An object')} was not deleted ({error.get('Code')}).",
                    "Your account may lack the permission s3:DeleteObject.",
                )
        return len(wanted)

    def unfinished(self, prefix: str = "") -> list[UnfinishedUpload]:
        """Uploads in parts under a prefix that were never ended, with the size they have so far.

        Raises:
            CloudError: they cannot be listed.
        """
        pages = self.client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self.name, Prefix=prefix, **self.owner
        )
        with as_cloud_errors(f"listing unfinished uploads in {self.name}"):
            return [
                UnfinishedUpload(
                    item["Key"],
                    item["UploadId"],
                    sum(int(part["Size"]) for part in self.parts(item["Key"], item["UploadId"])),
                )
                for page in pages
                for item in page.get("Uploads", ())
            ]

    def parts(self, key: str, upload: str) -> list[dict[str, Any]]:
        """The parts that an unfinished upload has: PartNumber, Size, ETag."""
        with as_cloud_errors(f"looking at the unfinished upload of {key}"):
            pages = self.client.get_paginator("list_parts").paginate(
                Bucket=self.name, Key=key, UploadId=upload, **self.owner
            )
            return [part for page in pages for part in page.get("Parts", ())]

    def abandon(self, upload: UnfinishedUpload) -> None:
        """Deletes the parts of an unfinished upload.

        Raises:
            CloudError: it could not be done.
        """
        with as_cloud_errors(f"giving up the upload of {upload.key}"):
            self.client.abort_multipart_upload(
                Bucket=self.name, Key=upload.key, UploadId=upload.id, **self.owner
            )
