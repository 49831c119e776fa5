"""A photo in a few dozen bytes by which its copies are known: saved again, scaled, mirrored, turned
a little, cropped, lit otherwise or blurred.

A code has two parts, the photo's largest face, level and cut out, and the whole picture; the first
stands a crop and a turn, the second a face that is not found again. Each part is made of the
lowest frequencies of a small grey picture whose contrast is evened out, so that neither light nor
sharpness matters. Mirroring turns the sign of the frequencies that are odd across, and of no other:
two codes are compared with each other and with the other's mirror image at once (copy_match).

What can be drawn from a code is a blur of some 7 by 7 pixels; nobody is recognised by it.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.geometry import Face
from emotion_desktop.domain.model import DEFAULT_CROP
from emotion_desktop.imaging.crop import cut, frame_face, frame_whole
from emotion_desktop.imaging.decode import Picture, Pixels

#: Side of the small grey picture, and of the square of a face in face sizes.
SIDE: Final = 32
_EXTENT: Final = 2.0
#: Contrast is evened out over this standard deviation, pixels of the small picture.
_REACH: Final = 5.8
#: Noise of so many grey levels is not made contrast.
_NOISE: Final = 3.0
#: A picture whose grey levels spread less shows nothing; its part matches none.
_FLAT: Final = 2.0
#: Frequencies down and across add up to less than this; below, a row per frequency down.
_FREQUENCIES: Final = 12
#: Mean and standard deviation of the coefficients of 9,542 level faces of the public set
#: muxspace/facial_expressions. Taken off and divided by, they leave what tells faces apart.
_MEAN: Final = (
    *(0.64, 0.00, -0.82, 0.00, -0.38, 0.00, -2.01, 0.00, 0.80, 0.00, -0.56, 0.00),
    *(0.04, 0.00, -1.00, 0.00, 2.22, 0.00, -0.83, 0.00, 0.13, 0.00, -0.33),
    *(-2.16, 0.00, -0.40, 0.00, 1.16, 0.00, 0.84, 0.00, -0.47, 0.00),
    *(0.96, 0.00, 0.36, 0.00, -2.24, 0.00, 0.72, 0.00, -0.45),
    *(5.68, 0.00, -2.20, 0.00, -2.47, 0.00, 0.73, 0.00),
    *(2.49, 0.00, -0.73, 0.00, -0.30, 0.00, -0.26),
    *(-0.83, 0.00, -0.27, 0.00, 0.65, 0.00),
    *(-2.31, 0.00, 1.32, 0.00, 0.14),
    *(-0.60, 0.00, -0.04, 0.00),
    *(0.43, 0.00, -0.35),
    *(-0.81, 0.00),
    *(0.44,),
)
_SPREAD: Final = (
    *(1.02, 1.19, 2.05, 2.14, 2.77, 1.97, 1.64, 1.66, 1.18, 1.03, 0.93, 0.75),
    *(0.65, 0.52, 1.14, 1.37, 1.49, 1.10, 1.26, 0.91, 0.83, 0.68, 0.54),
    *(1.40, 0.80, 1.56, 1.15, 2.35, 1.53, 1.43, 1.35, 1.04, 0.95),
    *(1.64, 0.97, 1.46, 1.05, 1.58, 0.97, 1.26, 0.99, 0.97),
    *(1.98, 0.94, 1.69, 0.93, 1.40, 0.87, 0.99, 0.69),
    *(1.87, 0.85, 1.55, 0.79, 1.32, 0.78, 0.84),
    *(2.06, 0.77, 1.63, 0.82, 1.18, 0.80),
    *(1.53, 0.60, 1.24, 0.71, 1.08),
    *(1.34, 0.52, 1.26, 0.64),
    *(1.41, 0.46, 1.32),
    *(1.21, 0.43),
    *(1.19,),
)
#: A coefficient is kept in half a byte, in steps of half a standard deviation.
STEP: Final = 0.5
PART_BYTES: Final = (len(_MEAN) + 1) // 2
#: Length of a code: the face's part, then the whole picture's.
CODE_BYTES: Final = 2 * PART_BYTES


def _frequencies() -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    rows = range(_FREQUENCIES)
    pairs = [(down, across) for down in rows for across in range(_FREQUENCIES - down)]
    return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])


#: (coefficients,) frequencies down and across, in the order of a part. The first is the mean grey
#: level, which says nothing.
DOWN, ACROSS = _frequencies()


def copy_code(picture: Picture, face: Face | None) -> bytes:
    """The code of a photo, CODE_BYTES long.

    Args:
        picture: decoded as for finding faces.
        face: the largest one in it; None where there is none: that part then matches none.
    """
    whole = _part(cut(picture, frame_whole(picture), SIDE, 1), whole=True)
    if face is None:
        return bytes(PART_BYTES) + whole
    frame = frame_face(face, DEFAULT_CROP, _EXTENT)
    return _part(cut(picture, frame, SIDE, 1), whole=False) + whole


def face_mean() -> npt.NDArray[np.float64]:
    """(coefficients,) what is taken off those of faces."""
    return np.array(_MEAN)


def spread() -> npt.NDArray[np.float64]:
    """(coefficients,) what they are divided by."""
    return np.array(_SPREAD)


def _part(grey: Pixels, *, whole: bool) -> bytes:
    pixels = grey.reshape(SIDE, SIDE).astype(np.float32)
    if pixels.std() < _FLAT:
        return bytes(PART_BYTES)
    waves = cv2.dct(_evened_out(pixels) * _window())[DOWN, ACROSS]
    # A whole picture may show anything: there is no mean to take off.
    standard = (waves - (0 if whole else face_mean())) / spread()
    standard[0] = 0
    halves = np.zeros(2 * PART_BYTES, np.uint8)
    halves[: len(standard)] = np.clip(np.rint(standard / STEP), -7, 7) + 8
    return (halves[::2] << 4 | halves[1::2]).tobytes()


@cache
def _window() -> npt.NDArray[np.float32]:
    """What stands at the border counts less: a crop or a turn changes it."""
    away = (np.arange(SIDE) - (SIDE - 1) / 2) / (SIDE / 2)
    return np.exp(-(away[:, None] ** 2) - away[None] ** 2).astype(np.float32)


def _evened_out(pixels: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """A picture whose brightness and contrast are the same everywhere."""

    def smooth(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        return np.asarray(
            cv2.GaussianBlur(values, (0, 0), _REACH, borderType=cv2.BORDER_REFLECT), np.float32
        )

    detail = pixels - smooth(pixels)
    return np.asarray(detail / (np.sqrt(smooth(detail * detail)) + _NOISE), np.float32)
