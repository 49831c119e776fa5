"""The one face crop and the one preprocessing, for training, classification and display alike."""

from __future__ import annotations

import math

import cv2
import numpy as np

from emotion_desktop.domain.geometry import Face, Frame
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.imaging.decode import Picture, Pixels


def frame_face(face: Face, crop: str, extent: float) -> Frame:
    """Lays the square that is cut out around a face.

    Args:
        crop: ``eyes``: turned so that the eyes are level; a face size is the larger of the eyes'
            distance and 0.95 of the distance from the eyes' middle to the mouth's, so that a head
            turned aside keeps its scale. ``box``: upright; a face size is the longer side of the
            finder's box.
        extent: the square's side in face sizes.
    """
    if crop == "box":
        box = face.box
        side = max(box.width, box.height) * extent
        return Frame(box.x + box.width / 2, box.y + box.height / 2, side, side)
    left, right, _, mouth_left, mouth_right = (np.array(point) for point in face.landmarks)
    eyes, mouth = (left + right) / 2, (mouth_left + mouth_right) / 2
    across, down = right - left, mouth - eyes
    side = max(np.hypot(*across), 0.95 * np.hypot(*down), 1.0) * extent
    centre = 0.55 * eyes + 0.45 * mouth
    angle = math.degrees(math.atan2(across[1], across[0]))
    return Frame(float(centre[0]), float(centre[1]), float(side), float(side), angle)


def frame_whole(picture: Picture) -> Frame:
    """The frame of a whole picture that is taken as a face."""
    return Frame(picture.width / 2, picture.height / 2, picture.width, picture.height)


def cut(picture: Picture, frame: Frame, size: int, channels: int = 3) -> Pixels:
    """Cuts a frame out and scales it, without aliasing; outside the picture its edge goes on.

    Returns:
        (size, size, channels) uint8.
    """
    across, down = picture.scale
    pixels = picture.pixels
    out: Pixels
    if channels == 1:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    if frame == frame_whole(picture):
        shrinks = pixels.shape[0] >= size and pixels.shape[1] >= size
        out = cv2.resize(
            pixels, (size, size), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        )
    else:
        out = _warp(pixels, frame, (across, down), size)
    return out.reshape(size, size, channels)


def _warp(pixels: Pixels, frame: Frame, scale: tuple[float, float], size: int) -> Pixels:
    centre = np.array([frame.x * scale[0], frame.y * scale[1]])
    sides = np.array([frame.width * scale[0], frame.height * scale[1]])
    # Only the surroundings of the frame matter; cutting them out first spares shrinking the rest.
    reach = float(np.hypot(*sides)) / 2 + 2
    height, width = pixels.shape[:2]
    x0, x1 = _span(centre[0] - reach, centre[0] + reach, width)
    y0, y1 = _span(centre[1] - reach, centre[1] + reach, height)
    part = pixels[y0:y1, x0:x1]
    centre -= (x0, y0)
    ratio = size / float(sides.max())
    if ratio < 1:
        # Area averaging down to the final scale; what is left for the warp is turning.
        new_w = max(1, round(part.shape[1] * ratio))
        new_h = max(1, round(part.shape[0] * ratio))
        factor = np.array([new_w / part.shape[1], new_h / part.shape[0]])
        part = cv2.resize(part, (new_w, new_h), interpolation=cv2.INTER_AREA)
        centre, sides = centre * factor, sides * factor
    turn = math.radians(frame.angle)
    rotation = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    matrix = np.zeros((2, 3))
    matrix[:, :2] = rotation * (size / sides)[:, None]
    # Pixel centres lie at +0.5: without it the cut is shifted by up to half a pixel.
    matrix[:, 2] = size / 2 - 0.5 - matrix[:, :2] @ (centre - 0.5)
    out: Pixels = cv2.warpAffine(
        part, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return out


def _span(low: float, high: float, length: int) -> tuple[int, int]:
    """A range of pixels that is inside the picture and never empty."""
    start = min(max(0, math.floor(low)), length - 1)
    return start, max(start + 1, min(length, math.ceil(high)))


def prepare(picture: Picture, frame: Frame, preprocessing: Preprocessing) -> Pixels:
    """What the net sees of a face: (size, size, channels) uint8."""
    return cut(picture, frame, preprocessing.size, preprocessing.channels)
