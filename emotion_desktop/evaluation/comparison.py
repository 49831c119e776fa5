"""Several models on the same photos: all figures, and the photos behind each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from emotion_desktop.domain.comparison import ComparisonScores, ModelScores, PastEvaluation
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.prediction import Prediction
from emotion_desktop.domain.sample import Sample
from emotion_desktop.domain.scores import Scores
from emotion_desktop.evaluation.calibration import calibration_curve
from emotion_desktop.evaluation.groups import PhotoAttributes, group_scores
from emotion_desktop.evaluation.labelled_predictions import (
    Floats,
    Indices,
    PredictionTable,
    labelled_prediction,
    restricted_to,
    tabulate,
)
from emotion_desktop.evaluation.metrics import scored_emotions, scores_of
from emotion_desktop.evaluation.paired import paired_differences
from emotion_desktop.evaluation.resampling import DRAWS, resample


@dataclass(frozen=True)
class ModelPredictions:
    """A model and its predictions for every photo; see ModelScores for the rest."""

    name: str
    reference: str
    labels: tuple[str, ...]
    predictions: Sequence[Prediction]
    calibrated: bool = True
    speed: float | None = None
    cost: float = 0.0


@dataclass(frozen=True)
class Comparison:
    """What came of it.

    Attributes:
        scores: all figures.
        samples: the photos that were scored.
        predictions: per model, those for each of them.
        truth: (photos,) what each shows, as an index into ``scores.emotions``.
        predicted: (models, photos) the label predicted; one past the emotions' end for none.
        confidence: (models, photos) of the label predicted; NaN for none.
        facts: what else is known of the labelled set, as names and texts.
        earlier: what was scored on the set before, the newest first.
    """

    scores: ComparisonScores
    samples: tuple[Sample, ...]
    predictions: tuple[tuple[Prediction, ...], ...]
    truth: Indices
    predicted: Indices
    confidence: Floats
    facts: tuple[tuple[str, str], ...] = ()
    earlier: tuple[PastEvaluation, ...] = ()

    def matrix(self, rows: int | None, columns: int) -> Indices:
        """Counts of photos by two predictions: (emotions + 1, emotions + 1), none last.

        Args:
            rows: a model; None for the labels, whose last row is empty.
            columns: a model.
        """
        size = len(self.scores.emotions) + 1
        cells = self._predicted_by(rows) * size + self.predicted[columns]
        return np.bincount(cells, minlength=size * size).reshape(size, size)

    def cell(self, rows: int | None, columns: int, row: int, column: int) -> Indices:
        """The photos in a cell of that matrix, those the columns' model is most sure of first."""
        inside = (self._predicted_by(rows) == row) & (self.predicted[columns] == column)
        found = np.flatnonzero(inside)
        return found[np.argsort(-np.nan_to_num(self.confidence[columns, found]), kind="stable")]

    def differing(self, first: int, second: int) -> Indices:
        """The photos for which two models predict different labels, the surest of both first."""
        found = np.flatnonzero(self.predicted[first] != self.predicted[second])
        sure = np.nan_to_num(self.confidence[[first, second]][:, found]).min(axis=0)
        return found[np.argsort(-sure, kind="stable")]

    @cached_property
    def all_wrong(self) -> Indices:
        """The photos that every model gets wrong, those they are most sure of first."""
        found = np.flatnonzero((self.predicted != self.truth).all(axis=0))
        sure = np.nan_to_num(self.confidence[:, found]).mean(axis=0)
        return found[np.argsort(-sure, kind="stable")]

    def _predicted_by(self, model: int | None) -> Indices:
        return self.truth if model is None else np.asarray(self.predicted[model])


def compare(
    models: Sequence[ModelPredictions],
    samples: Sequence[Sample],
    *,
    data: str,
    left_out: Mapping[str, int],
    attributes: Sequence[PhotoAttributes] | None = None,
    seed: int = 0,
    draws: int = DRAWS,
) -> Comparison:
    """Scores models on the photos whose emotion all of them know.

    Args:
        samples: labelled photos; the predictions of each model are in their order.
        data: the labelled set, for people.
        left_out: why photos of the set are not among them, and how many.
        attributes: what is known of each photo, for scores on parts of them.

    Raises:
        DataError: the models have fewer than two emotions in common, or no photo shows one.
    """
    emotions = _scored_emotions(models, samples)
    kept = [row for row, sample in enumerate(samples) if sample.emotion in emotions]
    if not kept:
        raise DataError(
            "There are no labelled photos to score the models on.",
            "Choose photos with labels: a CSV table, or a folder with a sub-folder per emotion.",
        )
    scored = tuple(samples[row] for row in kept)
    predictions = tuple(tuple(model.predictions[row] for row in kept) for model in models)
    tables = [_tabulate(scored, those, emotions) for those in predictions]
    scored_rows = scored_emotions(tables[0])
    intervals = resample(tables, scored_rows, seed, draws)
    left_out = {**left_out, "unshared_emotion": len(samples) - len(kept)}
    left_out = {reason: count for reason, count in left_out.items() if count}
    scores = [
        scores_of(table, left_out, accuracy, mean_recall)
        for table, accuracy, mean_recall in zip(
            tables, intervals.accuracy, intervals.mean_recall, strict=True
        )
    ]
    predicted = np.stack([table.predicted for table in tables])
    truth = tables[0].truth
    figures = ComparisonScores(
        data=data,
        emotions=emotions,
        unshared=_unshared(models, emotions),
        models=tuple(
            _model(model, table, one)
            for model, table, one in zip(models, tables, scores, strict=True)
        ),
        pairs=paired_differences(tables, scores, intervals),
        groups=group_scores(tables, [attributes[row] for row in kept]) if attributes else (),
        left_out=left_out,
        photos=len(kept),
        persons=tables[0].persons,
        all_wrong=int((predicted != truth).all(axis=0).sum()),
    )
    confidence = np.stack([table.confidence for table in tables])
    return Comparison(figures, scored, predictions, truth, predicted, confidence)


def _scored_emotions(
    models: Sequence[ModelPredictions], samples: Sequence[Sample]
) -> tuple[str, ...]:
    """What all models know. A model alone has to answer for every emotion the photos show: for
    its user those it cannot name are sorted wrongly."""
    if len(models) == 1:
        wanted = {*models[0].labels, *(sample.emotion for sample in samples)}
        return tuple(emotion for emotion in EMOTIONS if emotion in wanted)
    emotions = tuple(e for e in EMOTIONS if all(e in model.labels for model in models))
    if len(emotions) < 2:
        raise DataError(
            "These models have fewer than two emotions in common: there is nothing to compare.",
            "Choose models that name the same emotions.",
        )
    return emotions


def _unshared(models: Sequence[ModelPredictions], emotions: tuple[str, ...]) -> tuple[str, ...]:
    known = {label for model in models for label in model.labels}
    return tuple(emotion for emotion in EMOTIONS if emotion in known - set(emotions))


def _tabulate(
    samples: Sequence[Sample], results: Sequence[Prediction], emotions: tuple[str, ...]
) -> PredictionTable:
    answers = [
        restricted_to(labelled_prediction(sample, result), emotions)
        for sample, result in zip(samples, results, strict=True)
    ]
    return tabulate(answers, emotions)


def _model(model: ModelPredictions, table: PredictionTable, scores: Scores) -> ModelScores:
    answered = table.predicted < len(table.labels)
    return ModelScores(
        name=model.name,
        reference=model.reference,
        labels=model.labels,
        scores=scores,
        curve=calibration_curve(table),
        answered=float(np.mean(answered)),
        right_of_answered=float(np.mean(table.correct[answered])) if answered.any() else None,
        calibrated=model.calibrated,
        speed=model.speed,
        cost=model.cost,
    )
