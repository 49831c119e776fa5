"""From a file to what a net sees, in one step: used by training and by classification."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.imaging.crop import frame_face, frame_whole, prepare
from emotion_desktop.imaging.decode import Picture, Pixels, decode
from emotion_desktop.imaging.faces import NEEDED_SIDE, FaceFinder

#: Goes up with every change of decode, face finder or crop: answers from before are no longer
#: those that would be given now.
LOOKS_VERSION: Final = 2


class Faces(str, Enum):
    """What is taken as a face."""

    FIND = "find"  # what the finder finds; nothing else
    FIND_OR_WHOLE = "find-or-whole"  # the whole picture where none is found
    WHOLE = "whole"  # every picture is a face; the finder is not asked


@dataclass(frozen=True, slots=True)
class Look:
    """One face, as the net sees it: its box, its frame and the pixels of it."""

    box: Box
    frame: Frame
    pixels: Pixels


def look_at(
    source: Path | bytes, finder: FaceFinder, preprocessing: Preprocessing, faces: Faces
) -> tuple[Picture, list[Look]]:
    """Decodes a picture and prepares each of its faces, largest first.

    Raises:
        UnreadablePictureError: the picture could not be decoded.
    """
    # Twice the net's side keeps the resize that follows free of aliasing.
    needed = preprocessing.size * 2 if faces is Faces.WHOLE else NEEDED_SIDE
    picture = decode(source, at_least=needed)
    found = () if faces is Faces.WHOLE else finder.find(picture)
    places = [
        (face.box, frame_face(face, preprocessing.crop, preprocessing.extent)) for face in found
    ]
    if not places and faces is not Faces.FIND:
        places = [(Box(0, 0, picture.width, picture.height), frame_whole(picture))]
    return picture, [
        Look(box, frame, prepare(picture, frame, preprocessing)) for box, frame in places
    ]
