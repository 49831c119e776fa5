"""Splitting by person: nobody a model is judged on may have been seen while it was trained.

scikit-learn's StratifiedGroupKFold keeps groups whole as well, but makes folds of one size only and
may leave a fold without any photo of a rare emotion. Here a greedy in the manner of Sechidis et al.
2011 ("On the stratification of multi-label data") hands out persons instead of photos: those who
hold the largest share of some emotion come first, and each goes to the part that comes nearest to
its fractions by it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError, UsageError
from emotion_desktop.domain.sample import Sample
from emotion_desktop.domain.split import Split

_Floats = npt.NDArray[np.float64]
Fractions = tuple[float, float, float]


def split_by_person(samples: Sequence[Sample], fractions: Fractions, seed: int) -> Split:
    """Splits labelled photos into training, validation and test, persons kept whole.

    Every emotion is in each part in the part's fraction as nearly as its persons allow, and in each
    part at all where there are as many persons with it as parts. The outcome depends on the
    samples, the fractions and the seed alone, not on the samples' order.

    Args:
        fractions: share of the photos for training, validation and test; they add up to 1.
            A part of fraction 0 is empty.
        seed: decides among persons that would do equally well.

    Raises:
        DataError: there are fewer persons than parts.
        UsageError: the fractions are not three shares that add up to 1, or training gets none.
        ValueError: a sample has no emotion.
    """
    return split_by_group(samples, [s.person for s in samples], fractions, seed)


def split_by_group(
    samples: Sequence[Sample],
    groups: Sequence[str],
    fractions: Fractions,
    seed: int,
    unit: str = "person",
) -> Split:
    """Splits as split_by_person does, with other groups kept whole than persons.

    Args:
        groups: for each sample the name of what it must stay with: its person, a name of its own
            where photos are split one by one, or that of all persons whose photos are copies of
            one another.
        unit: what the groups keep whole, one of domain.split.SPLIT_UNITS.
    """
    shares = np.array(fractions, dtype=float)
    whole = shares.shape == (3,) and abs(shares.sum() - 1) < 1e-6  # NaN fails this, too
    if not whole or shares.min() < 0 or shares[0] == 0:
        raise UsageError(
            "The shares of training, validation and test do not add up to the whole.",
            "Give three shares such as 0.7, 0.15 and 0.15; only training cannot be 0.",
        )
    names = sorted(set(groups))
    used = np.flatnonzero(shares)
    if len(names) < len(used):
        noun = unit if len(names) == 1 else f"{unit}s"
        raise DataError(
            f"The photos show {len(names)} {noun}, too few to split them into "
            f"{len(used)} parts without a {unit} in two of them.",
            "Add photos of other people; persons are told apart by the file names "
            "(Anna_0001.jpg, Anna_0002.jpg).",
        )
    counts = _count_table(samples, groups, names)
    part_of = dict(zip(names, used[_assign(counts, shares[used], seed)], strict=True))
    ordered = sorted(
        zip(samples, groups, strict=True), key=lambda pair: (str(pair[0].path), pair[0].emotion)
    )
    training, validation, test = (
        tuple(sample for sample, group in ordered if part_of[group] == part) for part in range(3)
    )
    return Split(training, validation, test, fractions, seed, unit)


def _count_table(samples: Sequence[Sample], groups: Sequence[str], names: Sequence[str]) -> _Floats:
    """(groups, emotions + 1): photos of each group by emotion; the last column is their sum."""
    row = {name: index for index, name in enumerate(names)}
    counts = np.zeros((len(names), len(EMOTIONS) + 1))
    for sample, group in zip(samples, groups, strict=True):
        if sample.emotion is None:
            raise ValueError(f"{sample.path} has no emotion")
        counts[row[group], EMOTIONS.index(sample.emotion)] += 1
    counts[:, -1] = counts.sum(axis=1)
    return counts[:, counts.sum(axis=0) > 0]


def _assign(counts: _Floats, shares: _Floats, seed: int) -> npt.NDArray[np.intp]:
    """The part, an index into ``shares``, of each person."""
    totals = counts.sum(axis=0)
    # Shares of each emotion's photos, so that one photo of fear weighs as many of happiness.
    weights = counts / totals
    missing = np.repeat(shares[:, None], counts.shape[1], axis=1)
    waiting = (counts > 0).sum(axis=0)
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(counts))
    order = shuffled[np.argsort(-weights[shuffled].max(axis=1), kind="stable")]
    part_of = np.empty(len(counts), dtype=np.intp)
    lacking = np.ones(missing.shape, dtype=bool)
    for person in order:
        has = counts[person] > 0
        # How much the person brings down the sum of missing^2 / share, a chi-square distance to
        # what the parts should have. Dividing by the share makes a small part's needs count.
        weight = weights[person]
        gain = ((2 * missing - weight) * weight).sum(axis=1) / shares
        # So few persons with an emotion are left that a part without it must have this one.
        due = has & (waiting <= lacking.sum(axis=0)) & (waiting > 0)
        urgent = (lacking & due).sum(axis=1)
        best = np.lexsort((gain, urgent))[-1]
        part_of[person] = best
        missing[best] -= weight
        lacking[best] &= ~has
        waiting -= has
    return part_of
