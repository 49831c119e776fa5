"""What a close look at a face tells beside a net's own answer, and what that says of its emotion:
52 movements of the face, and what nets that others trained see in it and think of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Final

#: What MediaPipe's blendshape net names, in its order, in words; the first is a face at rest.
#: (Left and right are the person's own.)
BLENDSHAPES: Final = (
    "face at rest",
    "left brow down", "right brow down", "inner brows up", "left outer brow up",
    "right outer brow up", "cheeks puffed", "left cheek raised", "right cheek raised",
    "left eye closed", "right eye closed", "left eye looks down", "right eye looks down",
    "left eye looks in", "right eye looks in", "left eye looks out", "right eye looks out",
    "left eye looks up", "right eye looks up", "left eye squints", "right eye squints",
    "left eye wide", "right eye wide", "jaw forward", "jaw to the left", "jaw open",
    "jaw to the right", "lips closed over an open jaw", "left mouth corner dimpled",
    "right mouth corner dimpled", "left mouth corner down", "right mouth corner down",
    "lips funnelled", "mouth to the left", "left lower lip down", "right lower lip down",
    "left lips pressed", "right lips pressed", "lips puckered", "mouth to the right",
    "lower lip rolled in", "upper lip rolled in", "lower lip shrugged", "upper lip shrugged",
    "left mouth corner up", "right mouth corner up", "left mouth corner stretched",
    "right mouth corner stretched", "left upper lip up", "right upper lip up",
    "left nostril wrinkled", "right nostril wrinkled",
)  # fmt: skip
#: The nets that others trained, by the name of their share in a recipe: what each names, in its
#: order.
EXPERTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "face_api": (
        "neutral", "happiness", "sadness", "anger", "fear", "disgust", "surprise",
    ),
    "py_feat": (
        "anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral",
    ),
})  # fmt: skip
#: How many features of a face each of them sees before it names anything.
FEATURES: Final[Mapping[str, int]] = MappingProxyType({"face_api": 256, "py_feat": 128})
_SIDES: Final = ("left ", "right ")


def _places(start: int, lengths: Mapping[str, int]) -> Mapping[str, slice]:
    places = {}
    for name, length in lengths.items():
        places[name] = slice(start, start + length)
        start += length
    return MappingProxyType(places)


#: Where, among the signals, the features of each judge are; the movements are before them.
FEATURES_AT: Final = _places(len(BLENDSHAPES), FEATURES)
#: How many signals something is learnt from: movements and features.
LEARNT: Final = len(BLENDSHAPES) + sum(FEATURES.values())
#: Where the opinion of each judge is, after all that.
OPINIONS_AT: Final = _places(LEARNT, {name: len(named) for name, named in EXPERTS.items()})
#: How many signals there are.
SIGNALS: Final = LEARNT + sum(map(len, EXPERTS.values()))
#: The close look calls no emotion less likely than this (log-probability). What it learnt from one
#: source's photos it is too sure of on another's: it must not outvote all others there. (Mean
#: recall over seven emotions of 68 posed photos of another source: 3 points more than without a
#: bound; in three folds by person of the shared data it stays the same.)
LEAST_LIKELY: Final = -2.5


def mirrored() -> tuple[int, ...]:
    """The number, in a mirrored face, of each movement."""
    places = {name: number for number, name in enumerate(BLENDSHAPES)}

    def swapped(name: str) -> str:
        for one, other in (_SIDES, _SIDES[::-1]):
            if name.startswith(one):
                return other + name.removeprefix(one)
        for one, other in (("to the left", "to the right"), ("to the right", "to the left")):
            if name.endswith(one):
                return name.removesuffix(one) + other
        return name

    return tuple(places[swapped(name)] for name in BLENDSHAPES)


@dataclass(frozen=True, slots=True)
class ExpertEnsemble:
    """What signals add to a net's logits.

    ``share`` times the log-probabilities, LEAST_LIKELY at least, of a logistic regression on the
    signals that something is learnt from; and what the judges think.

    Attributes:
        means: one per signal.
        weights: a row per signal, a column per label; the logits of the regression are
            ``(signals - means) @ weights + bias`` over the first LEARNT signals, and what the
            judges think is the same over the others, without bias.
        bias: one per label.
        share: of the regression; 0 does not hear it.
    """

    means: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]
    share: float

    def __post_init__(self) -> None:
        rows = [self.means, *self.weights, self.bias, (self.share,)]
        if len(self.means) != SIGNALS or len(self.weights) != SIGNALS:
            raise ValueError("the signals are not those that are known")
        if any(len(row) != len(self.bias) for row in self.weights):
            raise ValueError("the signals do not fit the labels")
        for value in (value for row in rows for value in row):
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not abs(value) <= 1e4:  # nan is not
                raise ValueError("what the signals say is not in numbers")

    def to_dict(self) -> dict[str, Any]:
        """JSON values; from_dict reads them back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ExpertEnsemble:
        """Reads what to_dict wrote.

        Raises:
            ValueError: it is not that.
        """
        try:
            return cls(
                tuple(data["means"]),
                tuple(tuple(row) for row in data["weights"]),
                tuple(data["bias"]),
                data["share"],
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"what the signals say has another form ({error})") from None

    def spoke_for(self, signals: Sequence[float], label: int, most: int) -> list[str]:
        """The movements that spoke loudest for a label, in words; both sides are one."""
        said: dict[str, float] = {}
        # Movements come first; what other nets see has no words.
        for name, value, mean, row in zip(
            BLENDSHAPES, signals, self.means, self.weights, strict=False
        ):
            # The voice of a label counts against that of all others.
            weight = row[label] - sum(row) / len(row)
            both = name.removeprefix("left ").removeprefix("right ")
            said[both] = said.get(both, 0.0) + weight * (value - mean)
        loudest = sorted(said, key=lambda name: -said[name])[:most]
        return [name for name in loudest if said[name] > 0]
