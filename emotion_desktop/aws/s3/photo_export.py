"""Writing an exported data set to S3."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from emotion_desktop.aws.s3.bucket import Bucket, S3Address, parse_address
from emotion_desktop.aws.s3.transfers import upload
from emotion_desktop.aws.session import open_session
from emotion_desktop.dataset.sources.listing import MANIFEST
from emotion_desktop.domain.errors import CancelledError, UsageError

_THREADS = 8


def open_target(address: str, profile: str = "") -> tuple[Bucket, S3Address]:
    """The bucket and prefix to write to.

    Raises:
        UsageError: it is no such address, or there is a data set already.
        CloudError: AWS cannot be reached, or the bucket may not be looked at.
    """
    place = parse_address(address.rstrip("/"))
    bucket = Bucket(open_session(profile).client("s3"), place.bucket)
    if bucket.size_of(_key(place, MANIFEST)) is not None:
        raise UsageError(f"There is a data set under {place} already.", "Choose another prefix.")
    return bucket, place


def send_folder(
    folder: Path,
    bucket: Bucket,
    place: S3Address,
    *,
    report: Callable[[int, int], None] = lambda _, __: None,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Uploads all files of a folder; the manifest comes last, so that a set with one is whole.

    Files that an earlier attempt has sent, of the same size, are not sent again.

    Raises:
        CancelledError: ``stop`` said so; what was sent stays.
        CloudError: S3 refuses, or AWS cannot be reached; what was sent stays.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    there = {item.key: item.size for item in bucket.objects(_key(place, ""))}

    def send(path: Path) -> None:
        key = _key(place, path.relative_to(folder).as_posix())
        if not stop() and there.get(key) != path.stat().st_size:
            upload(bucket, path, key, stop=stop)

    with ThreadPoolExecutor(_THREADS, thread_name_prefix="upload") as pool:
        for done, _ in enumerate(pool.map(send, files), 1):
            report(done, len(files) + 1)
    if stop():
        raise CancelledError
    upload(bucket, folder / MANIFEST, _key(place, MANIFEST))
    report(len(files) + 1, len(files) + 1)
    return len(files) + 1


def _key(place: S3Address, name: str) -> str:
    return f"{place.key}/{name}" if place.key else name
