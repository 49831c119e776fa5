"""What the program says about a photo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, Final, Protocol

from emotion_desktop.domain.files.model_files import MODEL_SUFFIX
from emotion_desktop.domain.geometry import Box, Frame

#: From this calibrated confidence on an emotion is named without "probably".
SURE_FROM: Final = 0.55


class PredictionSource(Protocol):
    """Whose predictions they are."""

    @property
    def model(self) -> str:
        """See Prediction."""

    @property
    def key(self) -> str:
        """Changes with anything its predictions depend on, but for the photos."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The emotions it can name."""

    @property
    def calibrated(self) -> bool:
        """See FacePrediction."""


class PhotoStatus(str, Enum):
    """How a photo fared."""

    OK = "ok"
    NO_FACE = "no_face"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class FacePrediction:
    """One face with its probabilities, in the model's label order.

    Attributes:
        calibrated: False where the probabilities are a service's or a model's own, never fitted
            on labelled photos: not ours to vouch for.
        other: what such a service says beyond the emotions (CONFUSED, say), 0 to 1 by its
            own words. What is said there is missing from the probabilities.
    """

    box: Box
    frame: Frame
    probabilities: Mapping[str, float]
    calibrated: bool = True
    other: Mapping[str, float] = field(default_factory=dict)

    @property
    def ranking(self) -> list[tuple[str, float]]:
        """(emotion, probability), most probable first; ties in the model's label order."""
        return sorted(self.probabilities.items(), key=lambda item: -item[1])

    @property
    def emotion(self) -> str:
        """The most probable emotion."""
        return max(self.probabilities, key=self.probabilities.__getitem__)

    @property
    def confidence(self) -> float:
        """The calibrated probability of the emotion named, 0 to 1."""
        return max(self.probabilities.values())

    @property
    def outranked_by(self) -> str | None:
        """What is said with more confidence than any of the emotions, if anything is."""
        first = max(self.other, key=self.other.__getitem__, default=None)
        return first if first is not None and self.other[first] > self.confidence else None

    @property
    def sure(self) -> bool:
        """False where only "probably" can be said."""
        return self.confidence >= SURE_FROM and self.outranked_by is None

    def to_dict(self) -> dict[str, Any]:
        """The face as it is written to JSON."""
        return {
            "box": self.box.to_list(),
            "emotion": self.emotion,
            "confidence": self.confidence,
            "sure": self.sure,
            "probabilities": dict(self.probabilities),
            **({} if self.calibrated else {"calibrated": False, "other": dict(self.other)}),
        }


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of one photo (or what is wrong with a folder that could not be read)."""

    path: str
    status: PhotoStatus
    faces: tuple[FacePrediction, ...] = ()
    error: str | None = None
    #: Width and height of the upright picture, pixels; zeros where it could not be read.
    size: tuple[int, int] = field(default=(0, 0))
    #: Of the file's content (see dataset.sources.files.fingerprint), where it is known.
    digest: bytes | None = field(default=None, compare=False)
    #: The model that says so: its bundle's path, or ``rekognition``; empty where none was asked.
    model: str = ""

    @property
    def model_name(self) -> str:
        """The model's name in the store, or its file's name without the ending."""
        return Path(self.model).stem if self.model.endswith(MODEL_SUFFIX) else self.model

    def to_dict(self) -> dict[str, Any]:
        """The photo as it is written to JSON."""
        return {
            "path": self.path,
            "status": self.status.value,
            "error": self.error,
            "faces": [face.to_dict() for face in self.faces],
            "model": self.model_name,
        }
