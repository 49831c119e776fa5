"""What photos teach, and how often they are drawn: votes as targets, and shares of sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.sample import Sample
from emotion_desktop.domain.votes import vote_shares
from emotion_desktop.training.data.part import Part
from emotion_desktop.training.recipe.recipe import Recipe


def with_targets(
    part: Part, samples: Sequence[Sample], recipe: Recipe, wanted: Mapping[str, float]
) -> Part:
    """A training part with the votes for its photos, where the recipe uses them, and the draws of
    its sources.

    Args:
        samples: of its photos that have a face.
        wanted: see source_draws.

    Raises:
        UsageError: see source_draws.
    """
    return replace(
        part,
        votes=target_shares(samples) if recipe.targets == "votes" else None,
        draws=source_draws([s.source for s in samples], recipe.source_power, wanted),
    )


def target_shares(samples: Sequence[Sample]) -> npt.NDArray[np.float32] | None:
    """(photos, EMOTIONS): the share of each emotion in the votes for a photo; 1 for its label where
    no votes are known, or none are for the label. None where no votes are known at all.

    Raises:
        ValueError: a sample has no emotion.
    """
    if not any(sample.votes for sample in samples):
        return None
    rows = np.zeros((len(samples), len(EMOTIONS)), np.float32)
    for row, sample in zip(rows, samples, strict=True):
        label = EMOTIONS.index(sample.emotion or "")
        shares = vote_shares(dict(sample.votes))
        if shares is not None and shares[label]:
            row[:] = shares
        else:
            row[label] = 1
    return rows


def source_draws(
    sources: Sequence[str], power: float, wanted: Mapping[str, float]
) -> npt.NDArray[np.float64] | None:
    """(photos,) how often each photo is drawn against the others; None for all alike.

    Args:
        sources: where each photo comes from.
        power: a source is drawn in proportion to its count to this power: 1 as many photos as it
            has, 0 as many as the others.
        wanted: the share of each source, in any unit; they take the place of the power. Empty for
            no shares.

    Raises:
        UsageError: a share is wanted of a source that has no photos, or for some sources only.
    """
    names, number = np.unique(np.array(sources, dtype=object).astype(str), return_inverse=True)
    counts = np.bincount(number).astype(np.float64)
    if wanted:
        if set(wanted) != set(names.tolist()):
            there = ", ".join(f"“{name}”" for name in names.tolist())
            raise UsageError(
                "Shares must be said for each source of the training photos, and no other.",
                f"There are: {there}.",
            )
        masses = np.array([wanted[name] for name in names.tolist()])
    elif len(names) < 2 or power == 1:
        return None
    else:
        masses = counts**power
    return np.asarray((masses / counts)[number] * (len(number) / masses.sum()))
