"""Answers on photos with known labels, as values and as the arrays that scores are made of."""

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
class Answer:
    """What a model said of one photo whose emotion is known.

    ``probabilities`` are by emotion, or None where the model gave no answer (no face was found,
    the photo could not be read, or what was said is none of the emotions): such a photo is missed.
    """

    truth: str
    person: str
    probabilities: Mapping[str, float] | None


def answer_of(sample: Sample, result: Prediction) -> Answer:
    """What was said of a labelled photo: of several faces the largest is the one it is about."""
    assert sample.emotion is not None
    face = result.faces[0] if result.faces else None
    named = face is not None and face.outranked_by is None
    return Answer(sample.emotion, sample.person, face.probabilities if face and named else None)


def among(answer: Answer, emotions: Collection[str]) -> Answer:
    """The answer as it would be if no other emotions could be named.

    What others had is given to those that stay, in proportion, so that the sum is what it was.
    """
    if answer.probabilities is None or set(answer.probabilities) <= set(emotions):
        return answer
    kept = {e: p for e, p in answer.probabilities.items() if e in emotions}
    rest = sum(kept.values())
    if rest <= 0:
        return replace(answer, probabilities=None)
    factor = sum(answer.probabilities.values()) / rest
    return replace(answer, probabilities={e: p * factor for e, p in kept.items()})


@dataclass(frozen=True)
class Table:
    """Answers of one model as arrays, a row per photo.

    Attributes:
        labels: the emotions that are scored, in the order of EMOTIONS.
        truth: (photos,) what each shows, as an index into the labels.
        named: (photos,) what was answered; one past the labels' end for no answer.
        confidence: (photos,) of the emotion named; NaN for no answer.
        groups: (photos,) what the bootstrap draws: the number of each photo's person, or of the
            photo itself where persons cannot be drawn.
        interval_by: "person" or "photo".
        persons: how many there are.
    """

    labels: tuple[str, ...]
    truth: Indices
    named: Indices
    confidence: Floats
    groups: Indices
    interval_by: str
    persons: int

    @property
    def correct(self) -> npt.NDArray[np.bool_]:
        """(photos,) whether the answer is right."""
        return np.asarray(self.truth == self.named)


def tabulate(answers: Sequence[Answer], labels_of_model: Sequence[str]) -> Table:
    """Makes arrays of answers.

    Args:
        labels_of_model: the emotions the model can name. Those the photos show are scored as well.

    Raises:
        ValueError: a truth is none of the emotions, or an answer names an emotion that is
            not among the model's labels.
    """
    labels = _labels(answers, labels_of_model)
    groups, interval_by = _groups(answers)
    named, confidence = np.full(len(answers), len(labels)), np.full(len(answers), np.nan)
    number = {label: i for i, label in enumerate(labels)}
    for row, answer in enumerate(answers):
        if answer.probabilities:
            best = max(answer.probabilities, key=answer.probabilities.__getitem__)
            named[row], confidence[row] = number[best], answer.probabilities[best]
    return Table(
        labels=labels,
        truth=np.array([number[answer.truth] for answer in answers], dtype=np.intp),
        named=named.astype(np.intp),
        confidence=confidence,
        groups=groups,
        interval_by=interval_by,
        persons=len({answer.person for answer in answers}),
    )


def _labels(answers: Sequence[Answer], labels_of_model: Sequence[str]) -> tuple[str, ...]:
    known = set(labels_of_model)
    truths = {answer.truth for answer in answers}
    if not truths <= set(EMOTIONS):
        raise ValueError(f"not one of the emotions: {sorted(truths - set(EMOTIONS))}")
    for answer in answers:
        if answer.probabilities is not None and not known.issuperset(answer.probabilities):
            raise ValueError(f"not among the model's labels: {sorted(answer.probabilities)}")
    return tuple(emotion for emotion in EMOTIONS if emotion in known | truths)


def _groups(answers: Sequence[Answer]) -> tuple[Indices, str]:
    """Photos, where each shows another person, or all show the same one and no draw would
    differ."""
    index: dict[str, int] = {}
    persons = np.array([index.setdefault(answer.person, len(index)) for answer in answers])
    if len(index) in (1, len(answers)):
        return np.arange(len(answers)), "photo"
    return persons, "person"
