"""From a file to prepared faces, in one step: used by training and by classification."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from emotion_desktop.domain.geometry import FACE_FINDER, Box, Face, Frame
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.imaging.crop import frame_face, frame_whole, prepare
from emotion_desktop.imaging.decode import Picture, Pixels, decode
from emotion_desktop.imaging.faces import NEEDED_SIDE, FaceFinder


def _prepare_version(number: int, finder: str) -> int | str:
    # The first finder was no part of the version: what was kept with it is still good.
    return number if finder == "yunet-2023mar/1" else f"{number}/{finder}"


#: Goes up with every change of decode or crop, and is another one for another face finder:
#: predictions kept from before are no longer those that would be made now.
PREPARE_VERSION: Final[int | str] = _prepare_version(3, FACE_FINDER)


class FaceMode(str, Enum):
    """What is taken as a face."""

    FIND = "find"  # what the finder finds; nothing else
    FIND_OR_WHOLE = "find-or-whole"  # the whole picture where none is found
    WHOLE = "whole"  # every picture is a face; the finder is not asked


@dataclass(frozen=True, slots=True)
class PreparedFace:
    """One face as a net takes it.

    Attributes:
        box: of the face in the picture.
        frame: the square that was cut out.
        pixels: (size, size, channels) uint8.
        expert_pixels: the same face as the experts take it, where that was asked for.
    """

    box: Box
    frame: Frame
    pixels: Pixels
    expert_pixels: Pixels | None = None


def prepare_faces(
    source: Path | bytes,
    finder: FaceFinder,
    preprocessing: Preprocessing,
    faces: FaceMode,
    expert_preprocessing: Preprocessing | None = None,
) -> tuple[Picture, list[PreparedFace]]:
    """Decodes a picture and prepares each of its faces, largest first.

    Args:
        expert_preprocessing: fills ``expert_pixels`` as well.

    Raises:
        UnreadablePictureError: the picture could not be decoded.
    """
    # Twice the net's side keeps the resize that follows free of aliasing.
    both = [need for need in (preprocessing, expert_preprocessing) if need is not None]
    largest = max(need.size for need in both)
    picture = decode(source, at_least=largest * 2 if faces is FaceMode.WHOLE else NEEDED_SIDE)
    found = () if faces is FaceMode.WHOLE else finder.find(picture)

    def frame(face: Face | None, need: Preprocessing) -> Frame:
        return frame_face(face, need.crop, need.extent) if face else frame_whole(picture)

    def prepared(face: Face | None) -> PreparedFace:
        box = face.box if face else Box(0, 0, picture.width, picture.height)
        frames = [frame(face, need) for need in both]
        pixels = [prepare(picture, *pair) for pair in zip(frames, both, strict=True)]
        return PreparedFace(box, frames[0], *pixels)

    result = [prepared(face) for face in found]
    if not result and faces is not FaceMode.FIND:
        result = [prepared(None)]
    return picture, result
