"""Geometric augmentation: faces turned, scaled, stretched, sheared, mirrored, shifted at random.

All at once, in one resampling per face, by OpenCV: TensorFlow's own takes five times as long on a
processor, where the net waits for it.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from emotion_desktop.training.recipe.augment import Augment

#: Keeps these draws apart from all others that begin with the run's seed.
_STREAM: Final = 0x4D


def augment_geometry(
    faces: npt.NDArray[np.uint8], strengths: Augment, seed: int, step: int
) -> npt.NDArray[np.uint8]:
    """Transforms each face at random; the same seed and step give the same faces.

    What comes in from outside a picture looks like its edge.

    Args:
        faces: (photos, side, side, channels).
        seed: the run's.
        step: number of the step.
    """
    if not strengths.changes_geometry:
        return faces
    side = faces.shape[1]
    moved = np.empty_like(faces)
    matrices = _matrices(len(faces), side, strengths, np.random.default_rng([_STREAM, seed, step]))
    for face, matrix, result in zip(faces, matrices, moved, strict=True):
        cv2.warpAffine(
            face,
            matrix,
            (side, side),
            dst=result,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
    return moved


def _matrices(
    count: int, side: int, strengths: Augment, random: np.random.Generator
) -> npt.NDArray[np.float64]:
    """(count, 2, 3): each maps a point of the result to one of the source, about the centre."""

    def drawn(most: float) -> npt.NDArray[np.float64]:
        return random.uniform(-most, most, count)

    angle = drawn(math.radians(strengths.turn))
    scale, stretch = np.exp(drawn(strengths.zoom)), np.exp(drawn(strengths.stretch))
    shear = drawn(strengths.shear)
    right, down = drawn(strengths.shift) * side, drawn(strengths.shift) * side
    mirrored = random.random(count) < (0.5 if strengths.flip else 0.0)
    hand = np.where(mirrored, -1.0, 1.0)
    xx, xy = np.cos(angle) * scale * stretch * hand, (shear - np.sin(angle)) * scale
    yx, yy = np.sin(angle) * scale * hand, np.cos(angle) * scale / stretch
    centre = (side - 1) / 2
    x0 = centre + right - (xx + xy) * centre
    y0 = centre + down - (yx + yy) * centre
    return np.stack([np.stack([xx, xy, x0], 1), np.stack([yx, yy, y0], 1)], 1)
