"""Small pictures for the screen."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from emotion_desktop.domain.geometry import Box
from emotion_desktop.imaging.decode import Pixels, decode

#: A tile shows this much around a face, in box sides.
_SURROUNDINGS = 1.5


def thumbnail(path: Path, size: int, box: Box | None = None) -> Pixels:
    """A square picture of a face with its surroundings, or of the whole photo's middle.

    Args:
        size: side in pixels.
        box: the face, in pixels of the upright picture; None for the whole photo.

    Returns:
        (size, size, 3) uint8, RGB.

    Raises:
        UnreadablePictureError: the picture could not be decoded.
    """
    # A face may fill a small part of the photo: then nearly all of its pixels are needed.
    picture = decode(path, at_least=size if box is None else size * 3)
    width, height = picture.width, picture.height
    if box is None:
        side = float(min(width, height))
        x, y = (width - side) / 2, (height - side) / 2
    else:
        side = min(max(box.width, box.height) * _SURROUNDINGS, float(min(width, height)))
        x = min(max(0.0, box.x + box.width / 2 - side / 2), width - side)
        y = min(max(0.0, box.y + box.height / 2 - side / 2), height - side)
    across, down = picture.scale
    x0, y0 = int(x * across), int(y * down)
    x1, y1 = max(x0 + 1, round((x + side) * across)), max(y0 + 1, round((y + side) * down))
    part = picture.pixels[y0:y1, x0:x1]
    way = cv2.INTER_AREA if part.shape[0] > size else cv2.INTER_CUBIC
    return np.ascontiguousarray(cv2.resize(part, (size, size), interpolation=way))


def fit(path: Path, longest: int) -> tuple[Pixels, tuple[int, int]]:
    """The whole photo, its longer side at most ``longest`` pixels, and its full (width, height).

    Raises:
        UnreadablePictureError: the picture could not be decoded.
    """
    picture = decode(path, at_least=longest)
    height, width = picture.pixels.shape[:2]
    factor = min(1.0, longest / max(width, height))
    new = (max(1, round(width * factor)), max(1, round(height * factor)))
    pixels = cv2.resize(picture.pixels, new, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(pixels), (picture.width, picture.height)
