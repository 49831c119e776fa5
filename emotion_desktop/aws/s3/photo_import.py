"""Photos in S3 as a source: a folder per class under a prefix, fetched into the workspace."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from emotion_desktop.aws.s3.bucket import Bucket, S3Object, parse_address
from emotion_desktop.aws.s3.transfers import download
from emotion_desktop.aws.session import open_session
from emotion_desktop.dataset.sources.import_plan import ImportPlan, own_folder
from emotion_desktop.dataset.sources.listing import Kind, Listed, Listing
from emotion_desktop.domain.emotions import parse_emotion
from emotion_desktop.domain.errors import CloudError, DataError, UnreadablePictureError
from emotion_desktop.domain.files.file_stamp import stamp_of
from emotion_desktop.domain.files.photo_files import is_photo_path
from emotion_desktop.imaging.file_content import MAX_BYTES


def open_bucket(address: str, workspace: Path, profile: str = "") -> ImportPlan:
    """Lists the photos under a prefix; each is fetched when it is imported, once.

    Args:
        address: ``s3://bucket/prefix``.
        workspace: the folder that they are fetched into.

    Raises:
        UsageError: it is no such address.
        CloudError: AWS cannot be reached, or the bucket may not be listed.
        DataError: there are no photos under the prefix.
    """
    place = parse_address(address.rstrip("/"))
    bucket = Bucket(open_session(profile).client("s3"), place.bucket)
    prefix = f"{place.key}/" if place.key else ""
    objects = [
        item
        for item in bucket.objects(prefix)
        if is_photo_path(PurePosixPath(item.key.removeprefix(prefix)))
    ]
    if not objects:
        raise DataError(
            f"There are no photos under {place}.",
            "Give the prefix that the folders of the emotions are in.",
        )
    folder = own_folder(workspace, str(place))
    found = {folder / _safe(item.key.removeprefix(prefix)): item for item in objects}
    listings, unlisted = _sort(found, folder)

    def fetch(target: Path) -> None:
        item = found[target]
        stamp = stamp_of(target)
        # Photos are replaced whole: one of this size that is not older is this one.
        if stamp is not None and stamp.size == item.size and stamp.modified / 1e9 >= item.modified:
            return
        try:
            download(bucket, item.key, target, limit=MAX_BYTES)
        except CloudError as error:
            if error.code in ("NoSuchKey", "AccessDenied", "403", "404"):
                raise UnreadablePictureError(error.message) from None
            raise

    return ImportPlan(
        kind=Kind.S3.value,
        location=str(place),
        title=str(place),
        listed=Listed(Kind.S3, folder, folder, listings, unlisted),
        settings={"copied": True, "profile": profile},
        put_photo=fetch,
        costly=True,
    )


def _sort(
    found: dict[Path, S3Object], folder: Path
) -> tuple[tuple[Listing, ...], tuple[Path, ...]]:
    """Photos in a folder of a class, and those that nothing is said of."""
    places = {path: path.relative_to(folder).parts[:-1] for path in found}
    depth = _class_depth(list(places.values()))
    listings, unlisted = [], []
    for path, parts in places.items():
        if len(parts) > depth:
            usage = "/".join(parts[:depth])
            listings.append(Listing(path, parts[depth], usage=usage))
        else:
            unlisted.append(path)
    return tuple(listings), tuple(unlisted)


def _class_depth(places: Sequence[tuple[str, ...]]) -> int:
    """How many folders lie above those named after emotions; 0 where none is."""
    for depth in range(2):
        if any(len(parts) > depth and parse_emotion(parts[depth]) for parts in places):
            return depth
    return 0


def _safe(key: str) -> Path:
    """A key as a path that stays where it belongs and that every system takes."""
    parts = ("".join("_" if c in '\\:*?"<>|' or c < " " else c for c in p) for p in key.split("/"))
    return Path(*(part if part.strip(". ") else f"_{part}" for part in parts))
