"""A photo in a few hundred bytes: enough to tell copies, and how colourful it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from emotion_desktop.imaging.decode import Picture

#: Side of the small picture. At 16 pixels different portraits pass for copies, at 64 true copies
#: that were saved again at another size do not any more.
SIDE: Final = 24
#: A JPEG decoded at this shorter side is as good as a full one for it.
SIGNATURE_SIDE_NEEDED: Final = 2 * SIDE
#: The names of the colour figures, in order; all in levels of 255.
COLOUR: Final = (
    *("saturation mean", "saturation spread"),
    *("red-green mean", "red-green spread"),
    *("yellow-blue mean", "yellow-blue spread"),
)


@dataclass(frozen=True, slots=True)
class CopySignature:
    """The small picture, grey, row by row, and the figures named in COLOUR."""

    small: bytes
    colour: bytes


def copy_signature(picture: Picture) -> CopySignature:
    """A picture's signature: all of it, squeezed into a square."""
    tiny = cv2.resize(picture.pixels, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    small = cv2.cvtColor(tiny, cv2.COLOR_RGB2GRAY)
    red, green, blue = tiny.reshape(-1, 3).astype(np.float32).T
    highest, lowest = np.maximum(np.maximum(red, green), blue), np.minimum(red, green)
    saturation = highest - np.minimum(lowest, blue)
    opponents = (saturation, red - green, (red + green) / 2 - blue)
    figures = [figure for values in opponents for figure in (values.mean(), values.std())]
    return CopySignature(small.tobytes(), np.array(figures, "<f4").tobytes())


def unpack_small(signatures: list[bytes]) -> npt.NDArray[np.uint8]:
    """(photos, SIDE * SIDE) grey levels."""
    return np.frombuffer(b"".join(signatures), np.uint8).reshape(-1, SIDE * SIDE)


def unpack_colour(signatures: list[bytes]) -> npt.NDArray[np.float32]:
    """(photos, figures) in the order of COLOUR."""
    return np.frombuffer(b"".join(signatures), "<f4").reshape(-1, len(COLOUR))
