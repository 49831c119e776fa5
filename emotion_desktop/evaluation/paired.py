"""Two models on the same photos."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from emotion_desktop.domain.comparison import PairedDifference
from emotion_desktop.domain.scores import Scores
from emotion_desktop.evaluation.labelled_predictions import PredictionTable
from emotion_desktop.evaluation.resampling import Resampled


def paired_differences(
    tables: Sequence[PredictionTable], scores: Sequence[Scores], intervals: Resampled
) -> tuple[PairedDifference, ...]:
    """Every pair of models, in the order of itertools.combinations."""
    return tuple(
        _difference((i, j), number, tables, scores, intervals)
        for number, (i, j) in enumerate(combinations(range(len(tables)), 2))
    )


def mcnemar(only_first: int, only_second: int) -> float:
    """The p-value of McNemar's exact test (McNemar 1947), two-sided.

    Args:
        only_first, only_second: photos that only the one, or only the other, has right. If both
            models were equally good each of these would be like the toss of a coin.
    """
    count, fewer = only_first + only_second, min(only_first, only_second)
    # Whole numbers until the end: no sum of tiny floats.
    ways = tail = 1
    for hits in range(fewer):
        ways = ways * (count - hits) // (hits + 1)
        tail += ways
    return min(1.0, float(2 * tail / 2**count))


def cohens_kappa(first: PredictionTable, second: PredictionTable) -> float | None:
    """Agreement beyond chance of two models' answers (Cohen 1960); None where both always say
    the same one thing."""
    size = len(first.labels) + 1
    table = np.bincount(first.predicted * size + second.predicted, minlength=size * size)
    shares = table.reshape(size, size) / len(first.predicted)
    agreed = float(np.trace(shares))
    by_chance = float(shares.sum(axis=1) @ shares.sum(axis=0))
    return None if by_chance >= 1 - 1e-12 else (agreed - by_chance) / (1 - by_chance)


def _difference(
    models: tuple[int, int],
    number: int,
    tables: Sequence[PredictionTable],
    scores: Sequence[Scores],
    intervals: Resampled,
) -> PairedDifference:
    i, j = models
    first, second = tables[i], tables[j]
    only_first = int(np.sum(first.correct & ~second.correct))
    only_second = int(np.sum(second.correct & ~first.correct))
    recalls = scores[i].mean_recall, scores[j].mean_recall
    return PairedDifference(
        first=i,
        second=j,
        accuracy=scores[i].accuracy - scores[j].accuracy,
        accuracy_interval=intervals.accuracy_difference[number],
        mean_recall=None if recalls[0] is None or recalls[1] is None else recalls[0] - recalls[1],
        mean_recall_interval=intervals.mean_recall_difference[number],
        only_first=only_first,
        only_second=only_second,
        chance=mcnemar(only_first, only_second),
        agreement=float(np.mean(first.predicted == second.predicted)),
        kappa=cohens_kappa(first, second),
    )
