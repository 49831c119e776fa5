"""Pixels as a PNG, which loses nothing."""

from __future__ import annotations

import cv2

from emotion_desktop.imaging.decode import Pixels


def encode_png(pixels: Pixels) -> bytes:
    """A PNG of (height, width, 3) RGB pixels, or of (height, width, 1) or (height, width) greys."""
    # OpenCV takes blue, green and red, in that order.
    coloured = pixels.ndim == 3 and pixels.shape[2] == 3
    shown = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR) if coloured else pixels
    return cv2.imencode(".png", shown)[1].tobytes()
