"""Predictions on photos with known labels, as values and as the arrays that scores are made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.prediction import Prediction
from emotion_desktop.domain.sample import Sample

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class LabelledPrediction:
    """A model's prediction for one photo whose emotion is known.

    ``probabilities`` are by emotion, or None where there is no prediction (no face was found, the
    photo could not be read, or the service named none of the emotions): such a photo is missed.
    """

    truth: str
    person: str
    probabilities: Mapping[str, float] | None


def labelled_prediction(sample: Sample, prediction: Prediction) -> LabelledPrediction:
    """The prediction for a labelled photo: of several faces that of the largest."""
    assert sample.emotion is not None
    face = prediction.faces[0] if prediction.faces else None
    named = face is not None and face.outranked_by is None
    return LabelledPrediction(
        sample.emotion, sample.person, face.probabilities if face and named else None
    )


def restricted_to(prediction: LabelledPrediction, emotions: Collection[str]) -> LabelledPrediction:
    """The prediction as it would be if no other emotions could be named.

    The probabilities of those that stay are scaled up, so that the sum is what it was.
    """
    if prediction.probabilities is None or set(prediction.probabilities) <= set(emotions):
        return prediction
    kept = {e: p for e, p in prediction.probabilities.items() if e in emotions}
    rest = sum(kept.values())
    if rest <= 0:
        return replace(prediction, probabilities=None)
    factor = sum(prediction.probabilities.values()) / rest
    return replace(prediction, probabilities={e: p * factor for e, p in kept.items()})


@dataclass(frozen=True)
class PredictionTable:
    """Predictions of one model as arrays, a row per photo.

    Attributes:
        labels: the emotions that are scored, in the order of EMOTIONS.
        truth: (photos,) what each shows, as an index into the labels.
        predicted: (photos,) the label predicted; one past the labels' end for no prediction.
        confidence: (photos,) of the label predicted; NaN for no prediction.
        groups: (photos,) what the bootstrap draws: the number of each photo's person, or of the
            photo itself where persons cannot be drawn.
        interval_by: "person" or "photo".
        persons: how many there are.
    """

    labels: tuple[str, ...]
    truth: Indices
    predicted: Indices
    confidence: Floats
    groups: Indices
    interval_by: str
    persons: int

    @property
    def correct(self) -> npt.NDArray[np.bool_]:
        """(photos,) whether the prediction is right."""
        return np.asarray(self.truth == self.predicted)


def tabulate(
    predictions: Sequence[LabelledPrediction], labels_of_model: Sequence[str]
) -> PredictionTable:
    """Makes arrays of predictions.

    Args:
        labels_of_model: the emotions the model can name. Those the photos show are scored as well.

    Raises:
        ValueError: a truth is none of the emotions, or a prediction names an emotion that is
            not among the model's labels.
    """
    labels = _labels(predictions, labels_of_model)
    groups, interval_by = _groups(predictions)
    predicted, confidence = (
        np.full(len(predictions), len(labels)),
        np.full(len(predictions), np.nan),
    )
    number = {label: i for i, label in enumerate(labels)}
    for row, prediction in enumerate(predictions):
        if prediction.probabilities:
            best = max(prediction.probabilities, key=prediction.probabilities.__getitem__)
            predicted[row], confidence[row] = number[best], prediction.probabilities[best]
    return PredictionTable(
        labels=labels,
        truth=np.array([number[prediction.truth] for prediction in predictions], dtype=np.intp),
        predicted=predicted.astype(np.intp),
        confidence=confidence,
        groups=groups,
        interval_by=interval_by,
        persons=len({prediction.person for prediction in predictions}),
    )


def _labels(
    predictions: Sequence[LabelledPrediction], labels_of_model: Sequence[str]
) -> tuple[str, ...]:
    known = set(labels_of_model)
    truths = {prediction.truth for prediction in predictions}
    if not truths <= set(EMOTIONS):
        raise ValueError(f"not one of the emotions: {sorted(truths - set(EMOTIONS))}")
    for prediction in predictions:
        if prediction.probabilities is not None and not known.issuperset(prediction.probabilities):
            raise ValueError(f"not among the model's labels: {sorted(prediction.probabilities)}")
    return tuple(emotion for emotion in EMOTIONS if emotion in known | truths)


def _groups(predictions: Sequence[LabelledPrediction]) -> tuple[Indices, str]:
    """Photos, where each shows another person, or all show the same one and no draw would
    differ."""
    index: dict[str, int] = {}
    persons = np.array(
        [index.setdefault(prediction.person, len(index)) for prediction in predictions]
    )
    if len(index) in (1, len(predictions)):
        return np.arange(len(predictions)), "photo"
    return persons, "person"
