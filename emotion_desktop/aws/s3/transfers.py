"""Big files to and from S3: in parts, in parallel, and taken up again where they were left.

boto3's own transfer manager begins anew whenever a program was closed or a laptop lid shut.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from emotion_desktop.aws.errors import as_cloud_errors
from emotion_desktop.aws.s3.bucket import Bucket, S3Object
from emotion_desktop.domain.errors import CancelledError, CloudError, NetworkError
from emotion_desktop.workspace.files.atomic import cannot_write

Report = Callable[[int], None]
Stop = Callable[[], bool]
Wait = Callable[[float], object]

#: S3 takes no smaller part but the last one, and no more than so many of them.
_PART: Final = 5 << 20
_MAX_PARTS: Final = 10_000
_THREADS: Final = 4
_CHUNK: Final = 1 << 18
#: So often in a row a download may break off without a byte having come.
_PATIENCE: Final = 6


def upload(
    bucket: Bucket,
    source: Path,
    key: str,
    *,
    report: Report = lambda _: None,
    stop: Stop = lambda: False,
    part_bytes: int = _PART,
    content_named: bool = False,
) -> None:
    """Uploads a file; parts that an earlier attempt left are not sent again.

    Args:
        report: called with the bytes that are there so far, on this thread.
        stop: once it returns True nothing new is sent, and CancelledError is raised.
        content_named: the key names exactly this content (by a hash, say): then an earlier
            part of the right size is taken for right. Else its ETag must be the part's MD5, which
            it is not in buckets encrypted with keys of one's own.

    Raises:
        CancelledError: ``stop`` said so; what was sent stays for the next attempt.
        NetworkError: AWS cannot be reached; what was sent stays.
        CloudError: S3 refuses.
        AppError: the file cannot be read.
    """
    try:
        size = source.stat().st_size
        if size <= part_bytes:
            if stop():
                raise CancelledError
            bucket.write(key, source.read_bytes())
            report(size)
            return
        _Upload(bucket, source, key, size, max(part_bytes, math.ceil(size / _MAX_PARTS))).run(
            report, stop, content_named
        )
    except OSError as error:
        raise CloudError(
            f"{source.name} cannot be read ({error.strerror or type(error).__name__}).",
            "Check that it is still there and that you may read it.",
        ) from None


class _Upload:
    def __init__(self, bucket: Bucket, source: Path, key: str, size: int, part: int) -> None:
        self._bucket = bucket
        self._source = source
        self._key = key
        self._size = size
        self._part = part

    def run(self, report: Report, stop: Stop, content_named: bool) -> None:
        upload_id, done = self._resumable(content_named)
        count = math.ceil(self._size / self._part)
        missing = iter([number for number in range(1, count + 1) if number not in done])
        report(sum(self._length(number) for number in done))
        running: set[Future[tuple[int, str]]] = set()
        with ThreadPoolExecutor(_THREADS, thread_name_prefix="upload") as pool:
            try:
                while True:
                    for number in missing if not stop() else ():
                        running.add(pool.submit(self._send, upload_id, number))
                        if len(running) == _THREADS:
                            break
                    if not running:
                        break
                    over, running = wait(running, return_when=FIRST_COMPLETED)
                    for future in over:
                        number, etag = future.result()
                        done[number] = etag
                    report(sum(self._length(number) for number in done))
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
        if len(done) < count:
            raise CancelledError
        self._finish(upload_id, done)

    def _length(self, number: int) -> int:
        return min(self._part, self._size - (number - 1) * self._part)

    def _read(self, number: int) -> bytes:
        with self._source.open("rb") as file:
            file.seek((number - 1) * self._part)
            return file.read(self._part)

    def _resumable(self, content_named: bool) -> tuple[str, dict[int, str]]:
        """An earlier attempt's upload and those of its parts that are right; or a new one."""
        for earlier in self._bucket.unfinished(self._key):
            if earlier.key == self._key:
                found = self._bucket.parts(self._key, earlier.id)
                return earlier.id, {
                    int(part["PartNumber"]): part["ETag"]
                    for part in found
                    if self._is_right(part, content_named)
                }
        with as_cloud_errors(f"starting the upload of {self._source.name}"):
            response = self._bucket.client.create_multipart_upload(
                Bucket=self._bucket.name, Key=self._key, **self._bucket.owner
            )
        return response["UploadId"], {}

    def _is_right(self, part: dict[str, Any], content_named: bool) -> bool:
        number = int(part["PartNumber"])
        if (number - 1) * self._part >= self._size or part["Size"] != self._length(number):
            return False
        if content_named:
            return True
        md5 = hashlib.md5(self._read(number), usedforsecurity=False).hexdigest()
        return bool(part["ETag"].strip('"') == md5)

    def _send(self, upload_id: str, number: int) -> tuple[int, str]:
        data = self._read(number)
        with as_cloud_errors(f"uploading {self._source.name}"):
            response = self._bucket.client.upload_part(
                Bucket=self._bucket.name,
                Key=self._key,
                UploadId=upload_id,
                PartNumber=number,
                Body=data,
                **self._bucket.owner,
            )
        return number, response["ETag"]

    def _finish(self, upload_id: str, done: dict[int, str]) -> None:
        parts = [{"PartNumber": number, "ETag": etag} for number, etag in sorted(done.items())]
        try:
            with as_cloud_errors(f"finishing the upload of {self._source.name}"):
                self._bucket.client.complete_multipart_upload(
                    Bucket=self._bucket.name,
                    Key=self._key,
                    UploadId=upload_id,
                    MultipartUpload={"Parts": parts},
                    **self._bucket.owner,
                )
        except CloudError as error:
            # The answer to the first attempt may have been lost, and the second finds it done.
            if error.code != "NoSuchUpload" or self._bucket.size_of(self._key) != self._size:
                raise


def download(
    bucket: Bucket,
    key: str,
    target: Path,
    *,
    report: Callable[[int, int], None] = lambda _, __: None,
    stop: Stop = lambda: False,
    pause: Wait = lambda _: None,
    limit: int | None = None,
) -> None:
    """Downloads an object; a part that an earlier attempt left is not fetched again.

    A connection that breaks off in the middle is taken up again from there.

    Args:
        target: the file to write; it is in place, whole, at the end. A part lies beside it.
        report: called with the bytes that are there, and all of them.
        stop: once it returns True nothing more is fetched, and CancelledError is raised.
        pause: waits between attempts, seconds.
        limit: a larger object is refused before a byte is fetched.

    Raises:
        CancelledError: ``stop`` said so; what came stays for the next attempt.
        NetworkError: AWS cannot be reached; what came stays.
        CloudError: the object is not there, too large, or may not be read.
        AppError: the file cannot be written.
    """
    found = bucket.find(key)
    if found is None:
        raise CloudError(
            f"s3://{bucket.name}/{key} is not there.", "It may have been deleted.", code="NoSuchKey"
        )
    if limit is not None and found.size > limit:
        raise CloudError(
            f"{key} is larger than it can sensibly be ({found.size:,} bytes).",
            "Check that it is the right one.",
        )
    # The part is named after the content: a part of something else is never gone on with.
    name = hashlib.blake2b(f"{key} {found.etag}".encode(), digest_size=8).hexdigest()
    part = target.with_name(f".{target.name[:40]}-{name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.touch()
        _fetch(bucket, found, part, report=report, stop=stop, pause=pause)
        part.replace(target)
    except OSError as error:
        raise cannot_write(target, error) from None


def _fetch(
    bucket: Bucket,
    wanted: S3Object,
    part: Path,
    *,
    report: Callable[[int, int], None],
    stop: Stop,
    pause: Wait,
) -> None:
    failures = 0
    have = part.stat().st_size
    while True:
        report(have, wanted.size)
        if have >= wanted.size:
            return
        try:
            with part.open("ab") as file:
                for data in _stream(bucket, wanted, have):
                    if stop():
                        raise CancelledError
                    file.write(data)
                    have += len(data)
                    failures = 0
                    report(have, wanted.size)
        except NetworkError:
            failures += 1
            if failures >= _PATIENCE:
                raise
            pause(min(2.0**failures, 30.0))
        if stop():
            raise CancelledError


def _stream(bucket: Bucket, wanted: S3Object, begin: int) -> Iterator[bytes]:
    with as_cloud_errors(f"downloading {wanted.key}"):
        response = bucket.client.get_object(
            Bucket=bucket.name,
            Key=wanted.key,
            Range=f"bytes={begin}-",
            IfMatch=wanted.etag,
            **bucket.owner,
        )
        with closing(response["Body"]) as body:
            yield from body.iter_chunks(_CHUNK)
