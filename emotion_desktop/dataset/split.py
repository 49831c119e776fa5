"""Splitting by person: nobody a model is judged on may have been seen while it was trained.

scikit-learn's StratifiedGroupKFold keeps groups whole as well, but makes folds of one size only and
may leave a fold without any photo of a rare emotion. Here a greedy in the manner of Sechidis et al.
2011 ("On the stratification of multi-label data") hands out persons instead of photos: those who
hold the largest share of some emotion come first, and each goes to the part that comes nearest to
its fractions by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError, UsageError
from emotion_desktop.domain.sample import Sample

PARTS: Final = ("training", "validation", "test")

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Split:
    """Three sets of photos with no person in common. Each is sorted by path."""

    training: tuple[Sample, ...]
    validation: tuple[Sample, ...]
    test: tuple[Sample, ...]
    fractions: tuple[float, float, float]
    seed: int

    def to_dict(self) -> dict[str, Any]:
        """JSON values: how it was made, and photos, persons and emotions of each part."""
        return {
            "by": "person",
            "seed": self.seed,
            "fractions": list(self.fractions),
            "parts": {name: _counts(getattr(self, name)) for name in PARTS},
        }

    def report(self) -> str:
        """The same counts as a table for people: a line per emotion, a column per part."""
        parts = [_counts(getattr(self, name)) for name in PARTS]
        rows = [(what, [part[what] for part in parts]) for what in ("photos", "persons")]
        rows += [(emotion, [part["emotions"][emotion] for part in parts]) for emotion in EMOTIONS]
        lines = ["".join([" " * 12, *(f"{name:>12}" for name in PARTS)])]
        lines += [
            "".join([f"{what:<12}", *(f"{count:>12,}" for count in counts)])
            for what, counts in rows
            if any(counts)
        ]
        return "\n".join(lines)


def _counts(samples: Iterable[Sample]) -> dict[str, Any]:
    samples = tuple(samples)
    emotions = Counter(sample.emotion for sample in samples)
    return {
        "photos": len(samples),
        "persons": len({sample.person for sample in samples}),
        "emotions": {emotion: emotions[emotion] for emotion in EMOTIONS},
    }


def split_by_person(
    samples: Sequence[Sample], fractions: tuple[float, float, float], seed: int
) -> Split:
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
    shares = np.array(fractions, dtype=float)
    whole = shares.shape == (3,) and abs(shares.sum() - 1) < 1e-6  # NaN fails this, too
    if not whole or shares.min() < 0 or shares[0] == 0:
        raise UsageError(
            "The shares of training, validation and test do not add up to the whole.",
            "Give three shares such as 0.7, 0.15 and 0.15; only training cannot be 0.",
        )
    persons = sorted({sample.person for sample in samples})
    used = np.flatnonzero(shares)
    if len(persons) < len(used):
        raise DataError(
            f"The photos show {len(persons)} "
            f"{'person' if len(persons) == 1 else 'persons'}, too few to split them into "
            f"{len(used)} parts without a person in two of them.",
            "Add photos of other people; persons are told apart by the file names "
            "(Anna_0001.jpg, Anna_0002.jpg).",
        )
    counts = _count_table(samples, persons)
    part_of = dict(zip(persons, used[_assign(counts, shares[used], seed)], strict=True))
    ordered = sorted(samples, key=lambda sample: (sample.path, sample.emotion or ""))
    training, validation, test = (
        tuple(sample for sample in ordered if part_of[sample.person] == part) for part in range(3)
    )
    return Split(training, validation, test, fractions, seed)


def _count_table(samples: Iterable[Sample], persons: Sequence[str]) -> _Floats:
    """(persons, emotions + 1): photos of each person by emotion; the last column is their sum."""
    row = {person: index for index, person in enumerate(persons)}
    counts = np.zeros((len(persons), len(EMOTIONS) + 1))
    for sample in samples:
        if sample.emotion is None:
            raise ValueError(f"{sample.path} has no emotion")
        counts[row[sample.person], EMOTIONS.index(sample.emotion)] += 1
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
