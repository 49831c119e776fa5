"""Where a classifier looks, found by covering: works with every engine.

Zeiler and Fergus 2014, "Visualizing and understanding convolutional networks": a part of the face
is covered, and what the named emotion loses by it is that part's heat.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.engines.classifier import Classifier

#: Places of the cover along a side, and its side as a share of the face's.
_STEPS: Final = 10
_COVER: Final = 0.22


def occlusion(
    classifier: Classifier, face: npt.NDArray[np.uint8], label: int
) -> npt.NDArray[np.float64]:
    """The heat of every part of a face.

    Args:
        face: (size, size, channels) as the net sees it.
        label: the emotion's number among the card's labels.

    Returns:
        (10, 10) what the emotion's probability loses by covering there; negative where it gains.
    """
    size = face.shape[0]
    cover = max(2, round(size * _COVER))
    middles = np.linspace(cover / 2, size - cover / 2, _STEPS)
    colour = face.mean(axis=(0, 1)).astype(np.uint8)
    covered = np.repeat(face[None], _STEPS * _STEPS + 1, axis=0)
    for number in range(_STEPS * _STEPS):
        row, column = (round(middles[n] - cover / 2) for n in divmod(number, _STEPS))
        covered[number, row : row + cover, column : column + cover] = colour
    card = classifier.card
    shares = calibrate(classifier.logits(covered), card.calibration)[:, label]
    return np.asarray(shares[-1] - shares[:-1]).reshape(_STEPS, _STEPS)
