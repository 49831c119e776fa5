"""The self-test of a finished model: a known photo of each emotion through the real classification.

A net may train well and predict nonsense, because what it is shown in use is not what it was shown
in training (vladmandic/human, issue 15). Here that ends the training with a sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.domain.errors import AppError
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.engines.classifier import Classifier
from emotion_desktop.engines.experts import ensemble_logits
from emotion_desktop.engines.pipeline import predict
from emotion_desktop.imaging.faces import make_face_finder
from emotion_desktop.imaging.prepare import FaceMode
from emotion_desktop.training.data.training_data import Example
from emotion_desktop.training.fit.trainer import net_logits

#: Probabilities may differ by so much between training and use.
_TOLERANCE: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Trial:
    """The finished model's prediction for a photo that shows an emotion."""

    emotion: str
    named: str
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {"named": self.named, "confidence": self.confidence}


def self_test(classifier: Classifier, model: Any, examples: Sequence[Example]) -> list[Trial]:
    """Classifies a photo of each emotion from its file, as the user will.

    Of the examples of an emotion the first is taken that the trained net names right, else the
    first. Files that are gone or changed since training looked at them prove nothing: they are
    passed over.

    Args:
        model: the trained net, which saw the same faces in training.

    Raises:
        AppError: in use the model predicts otherwise than in training.
    """
    examples = [example for example in examples if _is_there(example)]
    if not examples:
        return []
    labels = classifier.card.labels
    faces = np.stack([example.face for example in examples])
    logits: npt.NDArray[Any] = net_logits(model, faces)
    if classifier.card.experts is not None:
        seen = np.stack([e.expert_features for e in examples if e.expert_features is not None])
        logits = logits + ensemble_logits(classifier.card.experts, seen)
    expected = calibrate(logits, classifier.card.calibration)
    named = [labels[number] for number in expected.argmax(axis=1)]
    chosen: dict[str, int] = {}
    # Backwards, those that are named right last: the first of them stays.
    for right in (False, True):
        for number in reversed(range(len(examples))):
            if (named[number] == examples[number].emotion) is right:
                chosen[examples[number].emotion] = number
    numbers = list(chosen.values())
    paths = [examples[number].path for number in numbers]
    predictions = [
        r for batch in predict(paths, classifier, make_face_finder(), FaceMode.FIND) for r in batch
    ]
    trials = []
    for number, prediction in zip(numbers, predictions, strict=True):
        if not prediction.faces:
            raise _otherwise(f"it finds no face in {examples[number].path.name}")
        face = prediction.faces[0]
        found = np.array([face.probabilities[label] for label in labels])
        if not np.abs(found - expected[number]).max() <= _TOLERANCE:
            raise _otherwise(f"{examples[number].path.name} is named {face.emotion}")
        trials.append(Trial(examples[number].emotion, face.emotion, face.confidence))
    return trials


def self_test_sentence(trials: Sequence[Trial]) -> str:
    """The outcome in a sentence."""
    if not trials:
        return "Self-test: left out, as no photo for it is there any more as training saw it."
    missed = [trial.emotion for trial in trials if trial.named != trial.emotion]
    right = len(trials) - len(missed)
    tail = f" Missed: {', '.join(missed)}." if missed else ""
    return f"Self-test: {right} of {len(trials)} emotions named right on a known photo each.{tail}"


def _is_there(example: Example) -> bool:
    try:
        return digest(example.path.read_bytes()) == example.digest
    except OSError:
        return False


def _otherwise(what: str) -> AppError:
    return AppError(
        f"The finished model does not answer as it did in training: {what}.",
        "Train again; if that does not help, send us the log.",
    )
