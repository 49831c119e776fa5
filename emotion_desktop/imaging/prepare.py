"""From a file to what a net sees, in one step: used by training and by classification."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from emotion_desktop.domain.geometry import Box, Face, Frame
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.imaging.crop import frame_face, frame_whole, prepare
from emotion_desktop.imaging.decode import Picture, Pixels, decode
from emotion_desktop.imaging.faces import NEEDED_SIDE, FaceFinder

#: Goes up with every change of decode, face finder or crop: answers from before are no longer
#: those that would be given now.
LOOKS_VERSION: Final = 3


class FaceMode(str, Enum):
    """What is taken as a face."""

    FIND = "find"  # what the finder finds; nothing else
    FIND_OR_WHOLE = "find-or-whole"  # the whole picture where none is found
    WHOLE = "whole"  # every picture is a face; the finder is not asked


@dataclass(frozen=True, slots=True)
class PreparedFace:
    """One face, as the net sees it: its box, its frame and the pixels of it.

    ``close_up`` is the face as whoever looks closely sees it, where that was asked for.
    """

    box: Box
    frame: Frame
    pixels: Pixels
    close_up: Pixels | None = None


def look_at(
    source: Path | bytes,
    finder: FaceFinder,
    preprocessing: Preprocessing,
    faces: FaceMode,
    close_up: Preprocessing | None = None,
) -> tuple[Picture, list[PreparedFace]]:
    """Decodes a picture and prepares each of its faces, largest first.

    Args:
        close_up: how faces are prepared once more, if they are.

    Raises:
        UnreadablePictureError: the picture could not be decoded.
    """
    # Twice the net's side keeps the resize that follows free of aliasing.
    largest = max(need.size for need in (preprocessing, close_up) if need is not None)
    picture = decode(source, at_least=largest * 2 if faces is FaceMode.WHOLE else NEEDED_SIDE)
    found = () if faces is FaceMode.WHOLE else finder.find(picture)

    def frame(face: Face | None, need: Preprocessing) -> Frame:
        return frame_face(face, need.crop, need.extent) if face else frame_whole(picture)

    def look(face: Face | None) -> PreparedFace:
        own = frame(face, preprocessing)
        close = prepare(picture, frame(face, close_up), close_up) if close_up else None
        box = face.box if face else Box(0, 0, picture.width, picture.height)
        return PreparedFace(box, own, prepare(picture, own, preprocessing), close)

    looks = [look(face) for face in found]
    if not looks and faces is not FaceMode.FIND:
        looks = [look(None)]
    return picture, looks
