"""What a model says of itself: labels, preprocessing, calibration, where it comes from.

Every value checks itself when it is made, so that a bundle with a nonsensical description cannot
be loaded (ValueError says what is wrong).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any, Final

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.experts import ExpertEnsemble
from emotion_desktop.domain.scores import Scores

#: ``eyes``: turned upright by the eyes and scaled by eyes and mouth; ``box``: the finder's box.
CROPS: Final = ("eyes", "box")
#: What is believed of models that do not say: faces are cut as for this program's own. Both crops
#: show about as much of a face at these sides (face sizes, see imaging.crop).
DEFAULT_CROP: Final = "eyes"
#: The forms in which models trained here can leave as plain files, with their titles.
PLAIN_FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "keras": "Keras",
        "savedmodel": "TensorFlow SavedModel",
        "tflite": "LiteRT",
        "onnx": "ONNX",
    }
)
DEFAULT_EXTENTS: Final[Mapping[str, float]] = MappingProxyType({"eyes": 2.2, "box": 1.1})
#: Side of their pictures, pixels.
DEFAULT_SIZE: Final = 224
#: Every number of a description is far smaller; nan is not.
_LARGEST: Final = 1e300


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _number(value: Any, name: str) -> float:
    known = isinstance(value, int | float) and not isinstance(value, bool)
    # Whole numbers of JSON may be larger than any float, which isfinite cannot take.
    _require(known and abs(value) <= _LARGEST, f"{name} is not a number")
    return float(value)


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """What a picture must go through before the net sees it.

    Attributes:
        size: side of the net's square input, pixels.
        channels: 1 (grey) or 3 (RGB).
        crop: how the square around a face is laid, one of CROPS.
        extent: the square's side, in face sizes (see imaging.crop for what a face size is).
        scale: what the net takes; only ``uint8`` (0–255) exists, rescaling is inside the net.
    """

    size: int
    channels: int
    crop: str
    extent: float
    scale: str = "uint8"

    def __post_init__(self) -> None:
        _require(isinstance(self.size, int) and 8 <= self.size <= 1024, "size is not in 8–1024")
        known = type(self.channels) is int and self.channels in (1, 3)  # True equals 1
        _require(known, "channels is neither 1 nor 3")
        _require(self.crop in CROPS, "crop is not a known way to crop")
        _require(0.5 <= _number(self.extent, "extent") <= 10, "extent is not in 0.5–10")
        _require(self.scale == "uint8", "scale is not uint8")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Turns a net's logits z into probabilities: softmax((z + bias) / temperature).

    The bias is the logit adjustment -tau * log(prior) of Menon et al. 2021 ("Long-tail learning
    via logit adjustment"), the temperature that of Guo et al. 2017 ("On calibration of modern
    neural networks"); both are chosen on validation persons.
    """

    temperature: float
    bias: tuple[float, ...]

    def __post_init__(self) -> None:
        _require(0.01 <= _number(self.temperature, "temperature") <= 100, "temperature is off")
        for value in self.bias:
            _require(abs(_number(value, "bias")) <= 100, "bias is off")

    @classmethod
    def none(cls, labels: int) -> Calibration:
        """That of a model whose probabilities are taken as it gives them."""
        return cls(1.0, (0.0,) * labels)

    @property
    def is_fitted(self) -> bool:
        """False where nothing was chosen on photos: confidence is the model's own then."""
        return self.temperature != 1 or any(self.bias)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a model comes from. All of it is text and figures for people to read."""

    created: str
    program: str
    recipe: Mapping[str, Any]
    data: Mapping[str, Any]
    split: Mapping[str, Any]
    versions: Mapping[str, str]
    notes: str = ""

    def __post_init__(self) -> None:
        for name in ("created", "program", "notes"):
            _require(isinstance(getattr(self, name), str), f"{name} is not text")
        for name in ("recipe", "data", "split", "versions"):
            _require(isinstance(getattr(self, name), Mapping), f"{name} is not a table")


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The description inside a bundle."""

    name: str
    labels: tuple[str, ...]
    preprocessing: Preprocessing
    calibration: Calibration
    provenance: Provenance
    scores: Scores | None = field(default=None)
    #: What expert features add to the net's logits; None for a net alone.
    experts: ExpertEnsemble | None = field(default=None)

    def __post_init__(self) -> None:
        _require(isinstance(self.name, str) and 0 < len(self.name) <= 100, "name is off")
        _require(2 <= len(self.labels) <= len(EMOTIONS), "there are too few or too many labels")
        _require(set(self.labels) <= set(EMOTIONS), "a label is not one of the emotions")
        _require(len(set(self.labels)) == len(self.labels), "a label stands twice")
        _require(len(self.calibration.bias) == len(self.labels), "bias does not fit the labels")
        fits = self.experts is None or len(self.experts.bias) == len(self.labels)
        _require(fits, "the ensemble does not fit the labels")

    def to_dict(self) -> dict[str, Any]:
        """JSON values; from_dict reads them back."""
        return {
            "name": self.name,
            "labels": list(self.labels),
            "preprocessing": asdict(self.preprocessing),
            "calibration": {
                "temperature": self.calibration.temperature,
                "bias": list(self.calibration.bias),
            },
            "provenance": asdict(self.provenance),
            "scores": self.scores.to_dict() if self.scores else None,
            "experts": self.experts.to_dict() if self.experts else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ModelCard:
        """Reads a description.

        Raises:
            ValueError: something in it is missing, unknown or out of range.
        """
        try:
            calibration = data["calibration"]
            experts = data.get("experts") or data.get("signals")  # formats below 6 say “signals”
            return cls(
                name=data["name"],
                labels=tuple(data["labels"]),
                preprocessing=Preprocessing(**data["preprocessing"]),
                calibration=Calibration(
                    temperature=calibration["temperature"], bias=tuple(calibration["bias"])
                ),
                provenance=Provenance(**data["provenance"]),
                scores=Scores.from_dict(data["scores"]) if data.get("scores") else None,
                experts=ExpertEnsemble.from_dict(experts) if experts else None,
            )
        except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise ValueError(f"the description does not have the expected form ({error})") from None
