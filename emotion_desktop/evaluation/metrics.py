"""Scores of a model's answers on photos with known labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.scores import TOO_FEW, EmotionScore, Interval, Scores
from emotion_desktop.evaluation.intervals import Floats, bootstrap, wilson

#: Draws of the bootstrap: Efron and Tibshirani 1993 advise 1,000 or more for percentiles.
DRAWS: Final = 2000
_BINS: Final = 15

_Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said of one photo whose emotion is known.

    ``probabilities`` are calibrated ones by emotion, or None where the model gave no answer (no
    face was found, or the photo could not be read): such a photo is missed.
    """

    truth: str
    person: str
    probabilities: Mapping[str, float] | None


def score(
    answers: Sequence[Answer],
    labels_of_model: Sequence[str],
    left_out: Mapping[str, int],
    seed: int = 0,
    draws: int = DRAWS,
) -> Scores:
    """Scores answers.

    Emotions the model has no label for are scored all the same (their recall is 0): for the user
    they are photos sorted wrongly.

    Args:
        labels_of_model: the emotions the model can name.
        left_out: why photos of the source were not scored, and how many; kept in the scores.
        seed: of the bootstrap.
        draws: of the bootstrap.

    Raises:
        DataError: there is nothing to score.
        ValueError: a truth is none of the eight emotions, or an answer names an emotion that is
            not among the model's labels.
    """
    if not answers:
        raise DataError(
            "There are no labelled photos to score the model on.",
            "Choose photos with labels: a CSV table, or a folder with a sub-folder per emotion.",
        )
    labels = _labels(answers, labels_of_model)
    truth = np.array([labels.index(answer.truth) for answer in answers])
    named = np.array([_named(answer, labels) for answer in answers])
    counts = np.bincount(truth, minlength=len(labels))
    judged = np.flatnonzero(counts >= TOO_FEW)
    groups, interval_by = _groups(answers)
    accuracy_interval, mean_recall_interval = _intervals(
        truth, named, judged, groups, seed=seed, draws=draws
    )
    confusion, per_emotion, macro_f1 = _by_emotion(truth, named, labels, judged)
    recalls = [row.recall for row in per_emotion if row.recall is not None and not row.too_few]
    return Scores(
        photos=len(answers),
        persons=len({answer.person for answer in answers}),
        interval_by=interval_by,
        accuracy=float(np.mean(truth == named)),
        accuracy_interval=accuracy_interval,
        mean_recall=float(np.mean(recalls)) if recalls else None,
        mean_recall_interval=mean_recall_interval,
        mean_recall_over=tuple(labels[index] for index in judged),
        macro_f1=macro_f1,
        baseline=float(counts.max() / len(answers)),
        calibration_error=_calibration_error(answers, truth == named),
        unanswered=int(np.sum(named == len(labels))),
        labels=labels,
        confusion=confusion,
        per_emotion=per_emotion,
        left_out=dict(left_out),
    )


def _labels(answers: Sequence[Answer], labels_of_model: Sequence[str]) -> tuple[str, ...]:
    known = set(labels_of_model)
    truths = {answer.truth for answer in answers}
    if not truths <= set(EMOTIONS):
        raise ValueError(f"not one of the eight emotions: {sorted(truths - set(EMOTIONS))}")
    for answer in answers:
        if answer.probabilities is not None and not known.issuperset(answer.probabilities):
            raise ValueError(f"not among the model's labels: {sorted(answer.probabilities)}")
    return tuple(emotion for emotion in EMOTIONS if emotion in known | truths)


def _named(answer: Answer, labels: Sequence[str]) -> int:
    """The emotion named, as an index into the labels; one past their end for no answer."""
    if not answer.probabilities:
        return len(labels)
    return labels.index(max(answer.probabilities, key=answer.probabilities.__getitem__))


def _groups(answers: Sequence[Answer]) -> tuple[_Indices, str]:
    """What the bootstrap draws: for each answer the index of its group, and the groups' name.

    Photos, where each shows another person, or all show the same one and no draw would differ.
    """
    index: dict[str, int] = {}
    persons = np.array([index.setdefault(answer.person, len(index)) for answer in answers])
    if len(index) in (1, len(answers)):
        return np.arange(len(answers)), "photo"
    return persons, "person"


def _intervals(
    truth: _Indices, named: _Indices, judged: _Indices, groups: _Indices, *, seed: int, draws: int
) -> tuple[Interval, Interval | None]:
    """Of the accuracy, and of the mean recall over the emotions in ``judged`` if there are any."""
    correct = truth == named
    number = int(groups.max()) + 1

    def per_group(which: npt.NDArray[np.bool_]) -> Floats:
        return np.bincount(groups[which], minlength=number).astype(np.float64)

    everything = np.ones(len(truth), dtype=bool)
    columns = [per_group(everything), per_group(correct)]
    columns += [per_group(truth == emotion) for emotion in judged]
    columns += [per_group((truth == emotion) & correct) for emotion in judged]

    def statistics(sums: Floats) -> Floats:
        accuracy = sums[:, 1] / sums[:, 0]
        photos, hits = np.split(sums[:, 2:], 2, axis=1)
        # An emotion that is absent from a draw is not in that draw's mean.
        recalls = np.divide(hits, photos, out=np.zeros_like(hits), where=photos > 0)
        present = (photos > 0).sum(axis=1)
        missing = np.full(len(sums), np.nan)
        mean = np.divide(recalls.sum(axis=1), present, out=missing, where=present > 0)
        return np.stack([accuracy, mean], axis=1)

    if not len(judged):
        only = bootstrap(np.stack(columns, axis=1), lambda s: statistics(s)[:, :1], draws, seed)
        return only[0], None
    both = bootstrap(np.stack(columns, axis=1), statistics, draws, seed)
    return both[0], both[1]


def _by_emotion(
    truth: _Indices, named: _Indices, labels: tuple[str, ...], judged: _Indices
) -> tuple[tuple[tuple[int, ...], ...], tuple[EmotionScore, ...], float | None]:
    """The confusion matrix, a score for each emotion, and macro F1 over those in ``judged``."""
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    indices = range(len(labels))
    # The row of those that truly are "no answer" is empty: a photo always has a truth.
    matrix = confusion_matrix(truth, named, labels=[*indices, len(labels)])[:-1]
    precision, recall, f1, counts = precision_recall_fscore_support(
        truth, named, labels=list(indices), zero_division=0
    )
    per_emotion = tuple(
        EmotionScore(
            emotion=labels[i],
            count=int(counts[i]),
            recall=float(recall[i]) if counts[i] else None,
            recall_interval=wilson(int(matrix[i, i]), int(counts[i])) if counts[i] else None,
            precision=float(precision[i]) if matrix[:, i].any() else None,
            too_few=bool(counts[i] < TOO_FEW),
        )
        for i in indices
    )
    confusion = tuple(tuple(int(cell) for cell in row) for row in matrix)
    return confusion, per_emotion, float(np.mean(f1[judged])) if len(judged) else None


def _calibration_error(answers: Sequence[Answer], correct: npt.NDArray[np.bool_]) -> float | None:
    """Mean gap between confidence and share right, over bins and weighted by their photos.

    Expected calibration error with 15 bins of equal width (Naeini et al. 2015, "Obtaining well
    calibrated probabilities using Bayesian binning"). None where nothing was answered.
    """
    answered = [
        (max(answer.probabilities.values()), right)
        for answer, right in zip(answers, correct, strict=True)
        if answer.probabilities
    ]
    if not answered:
        return None
    confidence, right = np.array(answered, dtype=np.float64).T
    bins = np.clip(np.ceil(confidence * _BINS).astype(int) - 1, 0, _BINS - 1)
    # |mean confidence - share right| times the bin's photos is the difference of the sums.
    gaps = np.bincount(bins, confidence - right, minlength=_BINS)
    return float(np.abs(gaps).sum() / len(answered))
