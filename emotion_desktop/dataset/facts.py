"""What the catalogue knows of a photo's file: read once, when it is imported."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from emotion_desktop.dataset.fingerprint import digest
from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.imaging.decode import decode, read_bytes
from emotion_desktop.imaging.sketch import NEEDED, Sketch, sketch


@dataclass(frozen=True, slots=True)
class Stamp:
    """Size in bytes and time of change in nanoseconds: while they hold, so do the facts."""

    size: int
    modified: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file holds.

    Attributes:
        digest: None where the file cannot be read at all.
        width, height: of the upright picture, pixels; None where it is no picture.
        problem: why it cannot be used as a picture.
        sketch: None where it is no picture.
    """

    stamp: Stamp
    digest: bytes | None = None
    width: int | None = None
    height: int | None = None
    problem: str | None = None
    sketch: Sketch | None = None


def stamp_of(path: Path) -> Stamp | None:
    """The stamp of a file as it is now; None where there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - thousands at once: twice as fast
    except (OSError, ValueError):
        return None
    return Stamp(status.st_size, status.st_mtime_ns)


def facts_of(path: Path) -> Facts:
    """Reads a photo. Nothing is raised: what is wrong with it is one of its facts."""
    # Before its content: a change in between is noticed the next time.
    stamp = stamp_of(path) or Stamp(0, 0)
    try:
        data = read_bytes(path)
    except UnreadablePictureError as error:
        return Facts(stamp, problem=str(error))
    hashed = digest(data)
    try:
        picture = decode(data, at_least=NEEDED)
    except UnreadablePictureError as error:
        return Facts(stamp, hashed, problem=str(error))
    return Facts(stamp, hashed, picture.width, picture.height, None, sketch(picture))
