"""Models that were made elsewhere: what their files say, and what has to be asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from emotion_desktop.domain.emotions import EMOTIONS, parse_emotion
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.model import DEFAULT_CROP, Preprocessing

#: How pixels are scaled before a net sees them, with titles.
SCALINGS: Final = MappingProxyType(
    {
        "0-1": "0 to 1",
        "-1-1": "−1 to 1",
        "0-255": "0 to 255, as they are",
        "imagenet": "ImageNet's mean and deviation",
    }
)
#: ImageNet's mean and standard deviation of red, green and blue, of pixels from 0 to 1.
_MEAN: Final = (0.485, 0.456, 0.406)
_DEVIATION: Final = (0.229, 0.224, 0.225)


class Output(str, Enum):
    """What the numbers are that a net gives, by its last operation."""

    #: Of a softmax, or of a sigmoid for each class: they lie from 0 to 1, and add up to about 1
    #: where the classes exclude each other.
    PROBABILITIES = "probabilities"
    LOGITS = "logits"
    #: Another operation: what it gives for pictures must show it.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ExternalModel:
    """What the files of a model say.

    Attributes:
        kind: ``keras``, ``savedmodel``, ``litert`` or ``onnx``.
        classes: how many it tells apart.
        size: side of its square pictures, pixels; None where it takes any.
        channels: 1 or 3.
        whole: it takes whole numbers from 0 to 255, so there is nothing to scale.
        labels: the emotions of its classes, where a file beside it names them.
    """

    kind: str
    classes: int
    size: int | None
    channels: int
    whole: bool = False
    labels: Sequence[str] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)

    @property
    def scalings(self) -> tuple[str, ...]:
        """Those that can be meant: ImageNet's is for colour."""
        if self.whole:
            return ("0-255",)
        return tuple(name for name in SCALINGS if name != "imagenet" or self.channels == 3)


@dataclass(frozen=True, slots=True)
class ExternalModelOptions:
    """What a user says of a model: its files leave it open.

    Attributes:
        labels: the emotions of its classes, in their order; empty: those that its files say.
        scaling: one of SCALINGS; empty to find out on photos.
        size: side of its pictures in pixels, for a model that does not say.
        crop: see domain.model.Preprocessing.
        extent: the same; None: the usual one of that crop.
        reversed_colours: blue comes first.
        photos: labelled ones to check it on.
        reading: how these are to be read, as ReadingOptions.to_dict says it; None as it suits.
    """

    labels: Sequence[str]
    scaling: str = ""
    size: int | None = None
    crop: str = DEFAULT_CROP
    extent: float | None = None
    reversed_colours: bool = False
    photos: Path | None = None
    reading: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "labels": list(self.labels),
            "scaling": self.scaling,
            "size": self.size,
            "crop": self.crop,
            "extent": self.extent,
            "reversed_colours": self.reversed_colours,
            "photos": str(self.photos.absolute()) if self.photos else None,
            "reading": dict(self.reading) if self.reading else None,
        }

    @staticmethod
    def from_dict(given: Mapping[str, Any]) -> ExternalModelOptions:
        """Reads what to_dict made."""
        photos = given.get("photos")
        return ExternalModelOptions(
            **{
                **given,
                "labels": tuple(given["labels"]),
                "photos": None if photos is None else Path(photos),
            }
        )


def parse_labels(text: str) -> tuple[str, ...]:
    """Reads ``anger,contempt,…``; other spellings of the emotions will do.

    Raises:
        UsageError: a word is no emotion, or one stands twice.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    labels = [parse_emotion(word) for word in words]
    unknown = [word for word, label in zip(words, labels, strict=True) if label is None]
    if unknown or len(set(labels)) < len(labels) or len(labels) < 2:
        what = f"“{unknown[0]}” is none of the emotions" if unknown else "A label stands twice"
        what = "At least two labels are needed" if len(labels) < 2 else what
        raise UsageError(
            f"{what}.", f"Write them in the order of the model's classes: {','.join(EMOTIONS)}."
        )
    return tuple(label for label in labels if label is not None)


@dataclass(frozen=True, slots=True)
class ExternalInput:
    """What a picture goes through before an external net sees it.

    Attributes:
        scaling: one of SCALINGS.
        reversed_colours: blue comes first, as OpenCV reads pictures.
    """

    preprocessing: Preprocessing
    scaling: str
    reversed_colours: bool = False

    def __post_init__(self) -> None:
        if self.scaling not in SCALINGS:
            raise ValueError(f"{self.scaling} is none of {', '.join(SCALINGS)}")

    def linear(self) -> tuple[list[list[float]], list[float]]:
        """Scaling and order of colours as one linear map of the channels of a pixel, 0–255.

        Returns:
            Kernel [from][to] and bias [to].
        """
        channels = self.preprocessing.channels
        factors, offsets = _scales(self.scaling, channels)
        order = list(reversed(range(channels))) if self.reversed_colours else range(channels)
        kernel = [[0.0] * channels for _ in range(channels)]
        for to, taken in enumerate(order):
            kernel[taken][to] = factors[to]
        return kernel, list(offsets)


def best_scaling(found: Mapping[str, Mapping[str, float]], among: Sequence[str]) -> str:
    """The scaling with which photos were named best, by mean recall, then accuracy."""
    return max(among, key=lambda name: (found[name]["mean_recall"], found[name]["accuracy"]))


def _scales(scaling: str, channels: int) -> tuple[Sequence[float], Sequence[float]]:
    if scaling == "imagenet":
        return (
            [1 / (255 * deviation) for deviation in _DEVIATION[:channels]],
            [-m / d for m, d in zip(_MEAN[:channels], _DEVIATION[:channels], strict=True)],
        )
    ranges = {"0-1": (1 / 255, 0.0), "-1-1": (1 / 127.5, -1.0), "0-255": (1.0, 0.0)}
    factor, offset = ranges[scaling]
    return [factor] * channels, [offset] * channels
