"""What the catalogue knows of a photo's file: read once, when it is imported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.files.file_stamp import Stamp, stamp_of
from emotion_desktop.domain.files.picture_problem import PictureProblem
from emotion_desktop.imaging.copy_signature import (
    SIGNATURE_SIDE_NEEDED,
    CopySignature,
    copy_signature,
)
from emotion_desktop.imaging.decode import decode
from emotion_desktop.imaging.file_content import read_content


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
    try:
        content = read_content(path)
    except UnreadablePictureError as error:
        stamp = stamp_of(path) or Stamp(0, 0)
        return FileFacts(stamp, problem=PictureProblem.from_error(error))
    # One that was changed while it was read is read again the next time.
    stamp = content.stamp or Stamp(0, 0)
    hashed = digest(content.data)
    try:
        picture = decode(content.data, at_least=SIGNATURE_SIDE_NEEDED)
    except UnreadablePictureError as error:
        return FileFacts(stamp, hashed, problem=PictureProblem.from_error(error))
    return FileFacts(stamp, hashed, picture.width, picture.height, None, copy_signature(picture))
