"""Decoded pixels: as a PNG, whether they have colour, and with heat laid over them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from emotion_desktop.imaging.decode import Pixels, decode

Floats = npt.NDArray[np.float64]
#: Whether there is colour is seen in few pixels: so many along the shorter side.
_COLOUR_SIDE: Final = 16
#: From this mean of |R - G| + |G - B| on a picture has colour, levels of 0–255. Of 2,000 faces
#: 1,807 had 0, 191 more than 8, and 2 lay in between.
_LEAST_COLOUR: Final = 4.0


def encode_png(pixels: Pixels) -> bytes:
    """A PNG of (height, width, 3) RGB pixels, or of (height, width, 1) or (height, width) greys."""
    # OpenCV takes blue, green and red, in that order.
    coloured = pixels.ndim == 3 and pixels.shape[2] == 3
    shown = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR) if coloured else pixels
    return cv2.imencode(".png", shown)[1].tobytes()


def is_grey(source: Path | bytes) -> bool:
    """True for a picture without colour, however it is stored.

    Raises:
        UnreadablePictureError: it could not be decoded.
    """
    pixels = decode(source, at_least=_COLOUR_SIDE).pixels.astype(np.int16)
    return bool(np.abs(np.diff(pixels, axis=2)).sum(axis=2).mean() < _LEAST_COLOUR)


def overlay_heat(face: Pixels, heat: Floats) -> Pixels:
    """The face with warm colours where the heat is; the warmer, the brighter as well.

    Args:
        face: (height, width, 1 or 3) uint8.
        heat: (rows, columns), 0 to 1; it is scaled to the face.

    Returns:
        (height, width, 3) uint8, RGB.
    """
    height, width = face.shape[:2]
    grey = face[..., 0] if face.shape[2] == 1 else cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)
    large = cv2.resize(np.clip(heat, 0, 1), (width, height), interpolation=cv2.INTER_CUBIC)
    large = np.clip(large, 0, 1)
    warm = cv2.applyColorMap((large * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)[..., ::-1]
    share = (0.15 + 0.6 * large)[..., None]
    mixed = np.repeat(grey[..., None], 3, axis=2) * (1 - share) + warm * share
    return np.ascontiguousarray(np.clip(mixed, 0, 255).astype(np.uint8))


def normalise_heat(heat: Floats) -> Floats:
    """Heat from 0 to 1: what speaks against is nothing, the warmest place is 1."""
    positive = np.maximum(heat, 0)
    top = float(positive.max())
    return np.asarray(positive / top if top > 0 else positive)
