"""Showing on a face where a net looked."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from emotion_desktop.imaging.decode import Pixels

Floats = npt.NDArray[np.float64]


def overlay(face: Pixels, heat: Floats) -> Pixels:
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


def scaled(heat: Floats) -> Floats:
    """Heat from 0 to 1: what speaks against is nothing, the warmest place is 1."""
    positive = np.maximum(heat, 0)
    top = float(positive.max())
    return np.asarray(positive / top if top > 0 else positive)
