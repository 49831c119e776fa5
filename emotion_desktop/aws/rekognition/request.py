"""What of a photo is sent: an upright JPEG without its metadata, and large enough."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.geometry import Box
from emotion_desktop.domain.rekognition import LEAST_SIDE
from emotion_desktop.imaging.decode import Picture, Pixels, decode

#: Longer sides are scaled down to this, pixels: faces stay large enough, uploads small.
_LONGEST: Final = 1920
#: A picture that is too small is brought to this shorter side, and gets this margin of its side
#: around it: a face that fills its picture to the edge is easily missed.
_ENLARGED: Final = 160
_MARGIN: Final = 0.25
_QUALITY: Final = 92
#: Brought to a height that the service takes, a longer strip has more pixels than a JPEG can.
_MOST_STRETCHED: Final = 100
#: Bytes that one request may hold are 5 MB.
_MOST_BYTES: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class Request:
    """A picture to send, and how to get from it back to the photo.

    Attributes:
        size: width and height of the upright photo, pixels.
        shown: width and height of the picture that is sent.
        offset: where the photo begins in it, across and down.
        scale: its pixels per pixel of the photo.
    """

    data: bytes
    size: tuple[int, int]
    shown: tuple[int, int]
    offset: tuple[float, float]
    scale: float

    def box(self, left: float, top: float, width: float, height: float) -> Box:
        """A box of the service, in shares of the picture, in pixels of the photo."""
        x0 = (left * self.shown[0] - self.offset[0]) / self.scale
        y0 = (top * self.shown[1] - self.offset[1]) / self.scale
        x1 = x0 + width * self.shown[0] / self.scale
        y1 = y0 + height * self.shown[1] / self.scale
        x0, x1 = (min(max(x, 0.0), float(self.size[0])) for x in (x0, x1))
        y0, y1 = (min(max(y, 0.0), float(self.size[1])) for y in (y0, y1))
        return Box(round(x0), round(y0), round(x1 - x0), round(y1 - y0))


def make_request(photo: Path | bytes) -> Request:
    """Prepares a photo.

    Raises:
        UnreadablePictureError: it could not be decoded, or cannot be sent for its shape.
    """
    picture = decode(photo, at_least=LEAST_SIDE)
    if max(picture.width, picture.height) > _MOST_STRETCHED * min(picture.width, picture.height):
        raise UnreadablePictureError(
            "The picture is too long and narrow to be sent.", "Cut the face out of it."
        )
    if max(picture.width, picture.height) > max(picture.pixels.shape[:2]):
        picture = decode(photo, at_least=min(_LONGEST, picture.width, picture.height))
    side = min(picture.width, picture.height)
    return _enlarged(picture) if side < LEAST_SIDE else _fitting(picture)


def whole(size: tuple[int, int]) -> Request:
    """The request for a photo that the service fetches itself, as it is: nothing is sent of it."""
    return Request(b"", size, size, (0.0, 0.0), 1.0)


def too_small(size: tuple[int, int]) -> bool:
    """Whether a photo of this size must be enlarged to be taken."""
    return min(size) < LEAST_SIDE


def _fitting(picture: Picture) -> Request:
    # Not so far that the shorter side of a long strip becomes too short.
    factor = min(1.0, _LONGEST / max(picture.width, picture.height))
    factor = max(factor, LEAST_SIDE / min(picture.width, picture.height))
    shown = round(picture.width * factor), round(picture.height * factor)
    pixels = cv2.resize(picture.pixels, shown, interpolation=cv2.INTER_AREA)
    return Request(_jpeg(pixels), (picture.width, picture.height), shown, (0.0, 0.0), factor)


def _enlarged(picture: Picture) -> Request:
    factor = _ENLARGED / min(picture.width, picture.height)
    inside = round(picture.width * factor), round(picture.height * factor)
    across, down = (round(side * _MARGIN) for side in inside)
    pixels = cv2.resize(picture.pixels, inside, interpolation=cv2.INTER_CUBIC)
    framed = cv2.copyMakeBorder(pixels, down, down, across, across, cv2.BORDER_REPLICATE)
    shown = inside[0] + 2 * across, inside[1] + 2 * down
    size = picture.width, picture.height
    return Request(_jpeg(framed), size, shown, (float(across), float(down)), factor)


def _jpeg(pixels: Pixels) -> bytes:
    quality = _QUALITY
    while True:
        _, data = cv2.imencode(
            ".jpg", np.ascontiguousarray(pixels[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, quality]
        )
        if len(data) <= _MOST_BYTES or quality <= 40:
            return bytes(data.tobytes())
        quality -= 12
