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
from emotion_desktop.evaluation.answers import (
    Floats,
    Indices,
    Table,
    among,
    answer_of,
    tabulate,
)
from emotion_desktop.evaluation.calibration import calibration_curve
from emotion_desktop.evaluation.groups import Trait, group_scores
from emotion_desktop.evaluation.metrics import judged_emotions, scores_of
from emotion_desktop.evaluation.paired import paired_differences
from emotion_desktop.evaluation.resampling import DRAWS, resample


@dataclass(frozen=True)
class Entrant:
    """A model and what it said of every photo; see ModelScores for the rest."""

    name: str
    reference: str
    labels: tuple[str, ...]
    results: Sequence[Prediction]
    calibrated: bool = True
    speed: float | None = None
    cost: float = 0.0


@dataclass(frozen=True)
class Comparison:
    """What came of it.

    Attributes:
        scores: all figures.
        samples: the photos that were scored.
        results: per model, what it said of each of them.
        truth: (photos,) what each shows, as an index into ``scores.emotions``.
        named: (models, photos) what was answered; one past the emotions' end for no answer.
        confidence: (models, photos) of the emotion named; NaN for no answer.
        facts: what else is known of the labelled set, as names and texts.
        earlier: what was scored on the set before, the newest first.
    """

    scores: ComparisonScores
    samples: tuple[Sample, ...]
    results: tuple[tuple[Prediction, ...], ...]
    truth: Indices
    named: Indices
    confidence: Floats
    facts: tuple[tuple[str, str], ...] = ()
    earlier: tuple[PastEvaluation, ...] = ()

    def matrix(self, rows: int | None, columns: int) -> Indices:
        """Counts of photos by two answers: (emotions + 1, emotions + 1), no answer last.

        Args:
            rows: a model; None for the labels, whose last row is empty.
            columns: a model.
        """
        size = len(self.scores.emotions) + 1
        cells = self._said_by(rows) * size + self.named[columns]
        return np.bincount(cells, minlength=size * size).reshape(size, size)

    def cell(self, rows: int | None, columns: int, row: int, column: int) -> Indices:
        """The photos in a cell of that matrix, those the columns' model is most sure of first."""
        inside = (self._said_by(rows) == row) & (self.named[columns] == column)
        found = np.flatnonzero(inside)
        return found[np.argsort(-np.nan_to_num(self.confidence[columns, found]), kind="stable")]

    def differing(self, first: int, second: int) -> Indices:
        """The photos on which two models answer differently, the surest of both first."""
        found = np.flatnonzero(self.named[first] != self.named[second])
        sure = np.nan_to_num(self.confidence[[first, second]][:, found]).min(axis=0)
        return found[np.argsort(-sure, kind="stable")]

    @cached_property
    def all_wrong(self) -> Indices:
        """The photos that every model gets wrong, those they are most sure of first."""
        found = np.flatnonzero((self.named != self.truth).all(axis=0))
        sure = np.nan_to_num(self.confidence[:, found]).mean(axis=0)
        return found[np.argsort(-sure, kind="stable")]

    def _said_by(self, model: int | None) -> Indices:
        return self.truth if model is None else np.asarray(self.named[model])


def compare(
    entrants: Sequence[Entrant],
    samples: Sequence[Sample],
    *,
    data: str,
    left_out: Mapping[str, int],
    traits: Sequence[Trait] | None = None,
    seed: int = 0,
    draws: int = DRAWS,
) -> Comparison:
    """Scores models on the photos whose emotion all of them know.

    Args:
        samples: labelled photos; the results of each entrant are in their order.
        data: the labelled set, for people.
        left_out: why photos of the set are not among them, and how many.
        traits: what is known of each photo, for scores on parts of them.

    Raises:
        DataError: the models have fewer than two emotions in common, or no photo shows one.
    """
    emotions = _scored_emotions(entrants, samples)
    kept = [row for row, sample in enumerate(samples) if sample.emotion in emotions]
    if not kept:
        raise DataError(
            "There are no labelled photos to score the models on.",
            "Choose photos with labels: a CSV table, or a folder with a sub-folder per emotion.",
        )
    scored = tuple(samples[row] for row in kept)
    results = tuple(tuple(entrant.results[row] for row in kept) for entrant in entrants)
    tables = [_tabulate(scored, said, emotions) for said in results]
    judged = judged_emotions(tables[0])
    intervals = resample(tables, judged, seed, draws)
    left_out = {**left_out, "unshared_emotion": len(samples) - len(kept)}
    left_out = {reason: count for reason, count in left_out.items() if count}
    scores = [
        scores_of(table, left_out, accuracy, mean_recall)
        for table, accuracy, mean_recall in zip(
            tables, intervals.accuracy, intervals.mean_recall, strict=True
        )
    ]
    named = np.stack([table.named for table in tables])
    truth = tables[0].truth
    figures = ComparisonScores(
        data=data,
        emotions=emotions,
        unshared=_unshared(entrants, emotions),
        models=tuple(
            _model(entrant, table, one)
            for entrant, table, one in zip(entrants, tables, scores, strict=True)
        ),
        pairs=paired_differences(tables, scores, intervals),
        groups=group_scores(tables, [traits[row] for row in kept]) if traits else (),
        left_out=left_out,
        photos=len(kept),
        persons=tables[0].persons,
        all_wrong=int((named != truth).all(axis=0).sum()),
    )
    confidence = np.stack([table.confidence for table in tables])
    return Comparison(figures, scored, results, truth, named, confidence)


def _scored_emotions(entrants: Sequence[Entrant], samples: Sequence[Sample]) -> tuple[str, ...]:
    """What all models know. A model alone has to answer for every emotion the photos show: for
    its user those it cannot name are sorted wrongly."""
    if len(entrants) == 1:
        wanted = {*entrants[0].labels, *(sample.emotion for sample in samples)}
        return tuple(emotion for emotion in EMOTIONS if emotion in wanted)
    emotions = tuple(e for e in EMOTIONS if all(e in entrant.labels for entrant in entrants))
    if len(emotions) < 2:
        raise DataError(
            "These models have fewer than two emotions in common: there is nothing to compare.",
            "Choose models that name the same emotions.",
        )
    return emotions


def _unshared(entrants: Sequence[Entrant], emotions: tuple[str, ...]) -> tuple[str, ...]:
    known = {label for entrant in entrants for label in entrant.labels}
    return tuple(emotion for emotion in EMOTIONS if emotion in known - set(emotions))


def _tabulate(
    samples: Sequence[Sample], results: Sequence[Prediction], emotions: tuple[str, ...]
) -> Table:
    answers = [
        among(answer_of(sample, result), emotions)
        for sample, result in zip(samples, results, strict=True)
    ]
    return tabulate(answers, emotions)


def _model(entrant: Entrant, table: Table, scores: Scores) -> ModelScores:
    answered = table.named < len(table.labels)
    return ModelScores(
        name=entrant.name,
        reference=entrant.reference,
        labels=entrant.labels,
        scores=scores,
        curve=calibration_curve(table),
        answered=float(np.mean(answered)),
        right_of_answered=float(np.mean(table.correct[answered])) if answered.any() else None,
        calibrated=entrant.calibrated,
        speed=entrant.speed,
        cost=entrant.cost,
    )
