"""Intervals of the scores of one or several models, all from the same draws of persons.

Because every draw is scored for all models, differences between two models get intervals of
their own: a draw that is hard for one is mostly hard for the other (paired bootstrap; Efron and
Tibshirani 1993, "An introduction to the bootstrap").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.scores import Interval
from emotion_desktop.evaluation.intervals import bootstrap
from emotion_desktop.evaluation.labelled_predictions import Floats, Indices, PredictionTable

#: Draws of the bootstrap: Efron and Tibshirani 1993 advise 1,000 or more for percentiles.
DRAWS: Final = 2000


@dataclass(frozen=True, slots=True)
class Resampled:
    """95 % intervals. Those of mean recalls are None where no emotion has enough photos.

    Attributes:
        accuracy, mean_recall: per model.
        accuracy_difference, mean_recall_difference: the first model's less the second's, for each
            pair in the order of itertools.combinations.
    """

    accuracy: tuple[Interval, ...]
    mean_recall: tuple[Interval | None, ...]
    accuracy_difference: tuple[Interval, ...]
    mean_recall_difference: tuple[Interval | None, ...]


def resample(
    tables: Sequence[PredictionTable], scored: Indices, seed: int = 0, draws: int = DRAWS
) -> Resampled:
    """Draws persons with replacement and scores every draw.

    Args:
        tables: of models that answered the same photos; same labels.
        scored: the emotions that mean recalls are made of, indices into the labels.
    """
    models, first = len(tables), tables[0]
    pairs = list(combinations(range(models), 2))
    number = int(np.max(first.groups)) + 1

    def per_group(which: npt.NDArray[np.bool_]) -> Floats:
        return np.bincount(first.groups[which], minlength=number).astype(np.float64)

    shown = [first.truth == emotion for emotion in scored]
    columns = [per_group(np.ones(len(first.truth), dtype=bool)), *map(per_group, shown)]
    for table in tables:
        columns.append(per_group(table.correct))
        columns += [per_group(of_emotion & table.correct) for of_emotion in shown]

    def statistics(sums: Floats) -> Floats:
        # (draws, models + 1, emotions + 1): totals first, then each model's hits.
        counts = sums.reshape(len(sums), models + 1, len(scored) + 1)
        photos, hits = counts[:, :1], counts[:, 1:]
        accuracy = hits[:, :, 0] / photos[:, :, 0]
        # An emotion that is absent from a draw is not in that draw's mean.
        recalls = np.divide(
            hits[:, :, 1:],
            photos[:, :, 1:],
            out=np.zeros_like(hits[:, :, 1:]),
            where=photos[:, :, 1:] > 0,
        )
        present = (photos[:, :, 1:] > 0).sum(axis=2)
        total = recalls.sum(axis=2)
        mean = np.where(present > 0, total / np.maximum(present, 1), np.nan)
        parts = [accuracy, *([mean] if len(scored) else [])]
        if pairs:
            a, b = np.array(pairs).T
            parts += [part[:, a] - part[:, b] for part in list(parts)]
        return np.concatenate(parts, axis=1)

    found = iter(bootstrap(np.stack(columns, axis=1), statistics, draws, seed))

    def intervals(count: int) -> tuple[Interval, ...]:
        return tuple(next(found) for _ in range(count))

    def recall_intervals(count: int) -> tuple[Interval | None, ...]:
        return intervals(count) if len(scored) else (None,) * count

    return Resampled(
        intervals(models),
        recall_intervals(models),
        intervals(len(pairs)),
        recall_intervals(len(pairs)),
    )
