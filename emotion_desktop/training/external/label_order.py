"""Which emotions the classes of a net are, by what it says of labelled photos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.emotions import EMOTIONS

#: So many photos that nobody has seen are added to those of each emotion: one photo that is named
#: alike is no proof.
_PRIOR_PHOTOS: Final = 2.0
#: Where photos say nothing, the order that was given stands.
_GIVEN_BONUS: Final = 1e-6


def likeliest_order(
    raw: npt.NDArray[np.floating[Any]], truth: Sequence[str], given: Sequence[str]
) -> tuple[str, ...]:
    """The emotions of a net's classes with which most of every emotion's photos are named right.

    It is the assignment of classes to emotions whose shares add up to most (Kuhn 1955).

    Args:
        raw: logits or probabilities, (photos, classes).
        truth: the emotion that each photo shows.
        given: the order that is believed in.
    """
    from scipy.optimize import linear_sum_assignment

    classes = raw.shape[1]
    predicted = raw.argmax(axis=1)
    shown = np.array([EMOTIONS.index(emotion) for emotion in truth], np.intp)
    named = np.zeros((classes, len(EMOTIONS)))
    np.add.at(named, (predicted, shown), 1.0)
    shares = named / (np.bincount(shown, minlength=len(EMOTIONS)) + _PRIOR_PHOTOS)
    for number, emotion in enumerate(given):
        shares[number, EMOTIONS.index(emotion)] += _GIVEN_BONUS
    _, order = linear_sum_assignment(shares, maximize=True)
    return tuple(EMOTIONS[index] for index in order)
