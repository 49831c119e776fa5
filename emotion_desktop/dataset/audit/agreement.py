"""How far people agree who vote on the same photos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.votes import FEWEST, OTHER_ANSWERS, Votes

#: What votes are for, in the order of the columns of vote_table.
ANSWERS: Final = (*EMOTIONS, *OTHER_ANSWERS)
#: Above the first, Krippendorff (2004) calls data reliable; above the second, good enough for
#: tentative conclusions.
_RELIABLE: Final = 0.8
_TENTATIVE: Final = 0.667


def vote_table(votes: Sequence[Votes]) -> npt.NDArray[np.float64]:
    """(photos, ANSWERS): how many people gave which answer."""
    return np.array(
        [[photo.get(answer, 0.0) for answer in ANSWERS] for photo in votes], np.float64
    ).reshape(-1, len(ANSWERS))


def krippendorff_alpha(counts: npt.NDArray[np.float64]) -> float | None:
    """Krippendorff's alpha for names of classes: 1 where all agree, 0 where they agree as if by
    chance, below 0 where they agree less often.

    None where nobody voted twice on a photo, or all votes are for one answer.

    Args:
        counts: (photos, answers) how many people gave which answer.
    """
    people = counts.sum(axis=1)
    counts, people = counts[people >= FEWEST], people[people >= FEWEST]
    answers = counts.sum(axis=0)
    total = people.sum()
    expected = total**2 - (answers**2).sum()
    if expected <= 0:
        return None
    differing = (people**2 - (counts**2).sum(axis=1)) / (people - 1)
    return float(1 - (total - 1) * differing.sum() / expected)


def alpha_of_emotions(counts: npt.NDArray[np.float64]) -> dict[str, float]:
    """Alpha of each emotion that anybody voted for, against all other answers as one.

    Args:
        counts: as vote_table makes them.
    """
    found = {}
    for column, emotion in enumerate(EMOTIONS):
        named = counts[:, column]
        alpha = krippendorff_alpha(np.column_stack([named, counts.sum(axis=1) - named]))
        if alpha is not None and named.any():
            found[emotion] = alpha
    return found


def alpha_in_words(alpha: float) -> str:
    """How far an alpha can be relied on: ``well``, ``fairly`` or ``poorly``, to follow “they
    agree”."""
    if alpha >= _RELIABLE:
        return "well"
    return "fairly" if alpha >= _TENTATIVE else "poorly"
