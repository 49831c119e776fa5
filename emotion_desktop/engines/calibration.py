"""From logits to the probabilities that are shown."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.model import Calibration

Floats = npt.NDArray[np.float32] | npt.NDArray[np.float64]


def calibrate(logits: Floats, calibration: Calibration) -> npt.NDArray[np.float64]:
    """softmax((z + bias) / temperature), row by row.

    Args:
        logits: (photos, labels).

    Returns:
        (photos, labels) float64; rows add up to 1.
    """
    shifted = (logits.astype(np.float64) + np.array(calibration.bias)) / calibration.temperature
    shifted -= shifted.max(axis=1, keepdims=True)
    powers = np.exp(shifted)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
