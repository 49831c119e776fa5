"""What other models say of the faces in the gallery, and how far they disagree; no Qt in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from emotion_desktop.domain.geometry import Box
from emotion_desktop.domain.prediction import FacePrediction, Prediction
from emotion_desktop.ui.gallery.entries import Entry

#: Two boxes are of the same face from this share of their union on.
_SAME: Final = 0.2


class Opinions:
    """Predictions of further models, by the model's name."""

    def __init__(self) -> None:
        self._by_model: dict[str, dict[str, Prediction]] = {}

    def add(self, model: str, predictions: Iterable[Prediction]) -> None:
        """Adds what a model says of photos."""
        known = self._by_model.setdefault(model, {})
        known.update((prediction.path, prediction) for prediction in predictions)

    def copy(self) -> Opinions:
        """The same predictions, by themselves."""
        other = Opinions()
        other.update(self)
        return other

    def update(self, other: Opinions) -> None:
        """Adds all that others know."""
        for model, known in other._by_model.items():
            self._by_model.setdefault(model, {}).update(known)

    def clear(self) -> None:
        """Forgets everything."""
        self._by_model.clear()

    def __bool__(self) -> bool:
        return bool(self._by_model)

    def for_entry(self, entry: Entry) -> dict[str, FacePrediction | None]:
        """What each model says of an entry's face; None where it found none there."""
        found: dict[str, FacePrediction | None] = {}
        for model, known in self._by_model.items():
            prediction = known.get(entry.prediction.path)
            if prediction is not None and entry.face is not None:
                found[model] = _same_face(entry.face.box, prediction.faces)
        return found

    def differs(self, entry: Entry) -> bool:
        """Whether a model names another emotion for an entry's face, or finds no face there."""
        own = entry.face
        return own is not None and any(
            face is None or face.emotion != own.emotion for face in self.for_entry(entry).values()
        )

    def disagreement(self, entry: Entry) -> float:
        """How far the models are apart on an entry's face, 0 to 1: the mean of half the sum of
        differences between their shares (total variation distance); -1 where nobody else was
        asked. A model that finds no face there is as far apart as can be."""
        others = self.for_entry(entry)
        if not others or entry.face is None:
            return -1.0
        gaps = [_distance(entry.face, face) for face in others.values()]
        return sum(gaps) / len(gaps)


def _same_face(box: Box, faces: Iterable[FacePrediction]) -> FacePrediction | None:
    best = max(faces, key=lambda face: _overlap(box, face.box), default=None)
    return best if best is not None and _overlap(box, best.box) >= _SAME else None


def _overlap(a: Box, b: Box) -> float:
    """The shared part of two boxes, by what both cover."""
    across = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    down = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    if across <= 0 or down <= 0:
        return 0.0
    shared = across * down
    return shared / (a.width * a.height + b.width * b.height - shared)


def _distance(one: FacePrediction, other: FacePrediction | None) -> float:
    if other is None:
        return 1.0
    common = [emotion for emotion in one.probabilities if emotion in other.probabilities]
    first, second = (_among(face, common) for face in (one, other))
    return sum(abs(a - b) for a, b in zip(first, second, strict=True)) / 2


def _among(face: FacePrediction, emotions: list[str]) -> list[float]:
    """The shares of some emotions, brought to a sum of 1."""
    shares = [face.probabilities[emotion] for emotion in emotions]
    total = sum(shares)
    return [share / total for share in shares] if total > 0 else shares
