"""Pictures that lie in S3 already: which objects a transform would be given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from emotion_desktop.aws.s3.bucket import Bucket, parse_address
from emotion_desktop.domain.files.picture_formats import JPEG, PNG

if TYPE_CHECKING:
    from emotion_desktop.aws.session import AwsSession

#: What SageMaker's image classification reads.
_PICTURES: Final = (*JPEG.suffixes, *PNG.suffixes)


@dataclass(frozen=True, slots=True)
class S3Source:
    """What lies under an address.

    Attributes:
        address: as the job is given it; with a slash where it is a folder, so that no folder whose
            name begins the same is taken along.
        pictures: how many there are.
        others: the keys of everything else, on which the job would fail.
    """

    address: str
    pictures: int
    others: tuple[str, ...]


def look_at_source(session: AwsSession, source: str) -> S3Source:
    """Lists what lies under an address.

    Raises:
        CloudError: it cannot be listed.
        UsageError: it is no address.
    """
    address = parse_address(source)
    bucket = Bucket(session.client("s3"), address.bucket)
    keys = [item.key for item in bucket.objects(address.key)]
    folder = f"{address.key.rstrip('/')}/"
    if address.key and any(key.startswith(folder) for key in keys):
        keys = [key for key in keys if key.startswith(folder)]
        source = f"s3://{address.bucket}/{folder}"
    others = [key for key in keys if PurePosixPath(key).suffix.lower() not in _PICTURES]
    return S3Source(source, len(keys) - len(others), tuple(others))
