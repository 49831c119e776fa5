"""What the catalogue knows of a photo's file: read once, when it is imported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.files.picture_problem import PictureProblem
from emotion_desktop.imaging.copy_signature import (
    SIGNATURE_SIDE_NEEDED,
    CopySignature,
    copy_signature,
)
from emotion_desktop.imaging.decode import decode, read_bytes
from emotion_desktop.workspace.files.file_stamp import Stamp, stamp_of


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What a file holds.

    Attributes:
        digest: None where the file cannot be read at all.
        width, height: of the upright picture, pixels; None where it is no picture.
        problem: why it cannot be used as a picture.
        signature: None where it is no picture.
    """

    stamp: Stamp
    digest: bytes | None = None
    width: int | None = None
    height: int | None = None
    problem: PictureProblem | None = None
    signature: CopySignature | None = None


def facts_of(path: Path) -> FileFacts:
    """Reads a photo. Nothing is raised: what is wrong with it is one of its facts."""
    # Before its content: a change in between is noticed the next time.
    stamp = stamp_of(path) or Stamp(0, 0)
    try:
        data = read_bytes(path)
    except UnreadablePictureError as error:
        return FileFacts(stamp, problem=PictureProblem.from_error(error))
    hashed = digest(data)
    try:
        picture = decode(data, at_least=SIGNATURE_SIDE_NEEDED)
    except UnreadablePictureError as error:
        return FileFacts(stamp, hashed, problem=PictureProblem.from_error(error))
    return FileFacts(stamp, hashed, picture.width, picture.height, None, copy_signature(picture))
