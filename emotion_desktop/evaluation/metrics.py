"""Scores of a model's predictions on photos with known labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.scores import TOO_FEW, EmotionScore, Interval, Scores, wilson_interval
from emotion_desktop.evaluation.calibration import calibration_error
from emotion_desktop.evaluation.labelled_predictions import (
    Indices,
    LabelledPrediction,
    PredictionTable,
    tabulate,
)
from emotion_desktop.evaluation.resampling import DRAWS, resample

__all__ = ["LabelledPrediction", "score", "scored_emotions", "scores_of"]


def score(
    predictions: Sequence[LabelledPrediction],
    labels_of_model: Sequence[str],
    left_out: Mapping[str, int],
    seed: int = 0,
    draws: int = DRAWS,
) -> Scores:
    """Scores predictions.

    Emotions the model has no label for are scored all the same (their recall is 0): for the user
    they are photos sorted wrongly.

    Args:
        labels_of_model: the emotions the model can name.
        left_out: why photos of the source were not scored, and how many; kept in the scores.
        seed: of the bootstrap.
        draws: of the bootstrap.

    Raises:
        DataError: there is nothing to score.
        ValueError: a truth is none of the emotions, or a prediction names an emotion that is
            not among the model's labels.
    """
    if not predictions:
        raise DataError(
            "There are no labelled photos to score the model on.",
            "Choose photos with labels: a CSV table, or a folder with a sub-folder per emotion.",
        )
    table = tabulate(predictions, labels_of_model)
    intervals = resample([table], scored_emotions(table), seed, draws)
    return scores_of(table, left_out, intervals.accuracy[0], intervals.mean_recall[0])


def scored_emotions(table: PredictionTable) -> Indices:
    """The emotions with enough photos to score, as indices into the labels."""
    counts = np.bincount(table.truth, minlength=len(table.labels))
    return np.flatnonzero(counts >= TOO_FEW)


def scores_of(
    table: PredictionTable,
    left_out: Mapping[str, int],
    accuracy_interval: Interval,
    mean_recall_interval: Interval | None,
) -> Scores:
    """Scores of predictions whose intervals are known."""
    counts = np.bincount(table.truth, minlength=len(table.labels))
    scored = scored_emotions(table)
    confusion, per_emotion, macro_f1 = _by_emotion(table, scored)
    recalls = [row.recall for row in per_emotion if row.recall is not None and not row.too_few]
    return Scores(
        photos=len(table.truth),
        persons=table.persons,
        interval_by=table.interval_by,
        accuracy=float(np.mean(table.correct)),
        accuracy_interval=accuracy_interval,
        mean_recall=float(np.mean(recalls)) if recalls else None,
        mean_recall_interval=mean_recall_interval,
        mean_recall_over=tuple(table.labels[index] for index in scored),
        macro_f1=macro_f1,
        baseline=float(np.max(counts) / len(table.truth)),
        calibration_error=calibration_error(table),
        unanswered=int(np.sum(table.predicted == len(table.labels))),
        labels=table.labels,
        confusion=confusion,
        per_emotion=per_emotion,
        left_out=dict(left_out),
    )


def _by_emotion(
    table: PredictionTable, scored: Indices
) -> tuple[tuple[tuple[int, ...], ...], tuple[EmotionScore, ...], float | None]:
    """The confusion matrix, a score for each emotion, and macro F1 over those in ``scored``."""
    size = len(table.labels) + 1
    cells = np.bincount(table.truth * size + table.predicted, minlength=size * size)
    # The row of a true "no prediction" is empty: a photo always has a truth.
    matrix = cells.reshape(size, size)[:-1]
    counts, named, hits = matrix.sum(axis=1), matrix.sum(axis=0)[:-1], np.diag(matrix)
    f1 = 2 * hits / np.maximum(counts + named, 1)
    per_emotion = tuple(
        EmotionScore(
            emotion=label,
            count=int(count),
            recall=float(hit / count) if count else None,
            recall_interval=wilson_interval(int(hit), int(count)) if count else None,
            precision=float(hit / times) if times else None,
            too_few=bool(count < TOO_FEW),
        )
        for label, count, times, hit in zip(table.labels, counts, named, hits, strict=True)
    )
    confusion = tuple(tuple(int(cell) for cell in row) for row in matrix)
    return confusion, per_emotion, float(np.mean(f1[scored])) if len(scored) else None
