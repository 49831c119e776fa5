"""From logits to the probabilities that are shown."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.model import Calibration

Floats = npt.NDArray[np.float32] | npt.NDArray[np.float64]
#: Probabilities of 0 are taken for this one, so that their logarithm is finite.
_LEAST: Final = 1e-30


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


def logits_from_probabilities(probabilities: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Logits of a model or service that gives probabilities only.

    A softmax loses nothing of logits but a constant, which no softmax after it would see.

    Args:
        probabilities: (photos, labels).

    Returns:
        (photos, labels).
    """
    return np.asarray(np.log(np.maximum(np.asarray(probabilities, np.float64), _LEAST)))
