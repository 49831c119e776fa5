"""Whether a picture has colour at all."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from emotion_desktop.imaging.decode import decode

#: A glance is enough: pixels of the shorter side.
_GLANCE: Final = 16
#: Mean difference between neighbouring channels, levels of 0–255. Of 2,000 faces 1,807 had none at
#: all, 191 more than 8, and 2 lay in between.
_LEAST: Final = 4.0


def is_grey(source: Path | bytes) -> bool:
    """True for a picture without colour, however it is stored.

    Raises:
        UnreadablePictureError: it could not be decoded.
    """
    pixels = decode(source, at_least=_GLANCE).pixels.astype(np.int16)
    return bool(np.abs(np.diff(pixels, axis=2)).mean() * 2 < _LEAST)
