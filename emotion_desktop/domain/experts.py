"""Expert features of a face, and the ensemble that turns them into logits.

Expert features are, in this order: 52 blendshapes, the penultimate features ("embeddings") of nets
that others trained, and the log-probabilities that those nets give.
"""

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
#: The nets that others trained: the labels of each, in its own order.
EXPERTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "face_api": (
        "neutral", "happiness", "sadness", "anger", "fear", "disgust", "surprise",
    ),
    "py_feat": (
        "anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral",
    ),
})  # fmt: skip
#: What people call them.
EXPERT_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {"face_api": "face-api", "py_feat": "py-feat"}
)
#: Length of the penultimate features of each expert.
EMBEDDING_SIZES: Final[Mapping[str, int]] = MappingProxyType({"face_api": 256, "py_feat": 128})
#: The parts of the expert features: blendshapes, and what each expert says.
BLENDSHAPE_PART: Final = "blendshapes"
EXPERT_PARTS: Final = frozenset({BLENDSHAPE_PART, *EXPERTS})
_SIDES: Final = ("left ", "right ")


def _slices(start: int, lengths: Mapping[str, int]) -> Mapping[str, slice]:
    places = {}
    for name, length in lengths.items():
        places[name] = slice(start, start + length)
        start += length
    return MappingProxyType(places)


#: Where, among the expert features, the embedding of each expert is; the blendshapes come first.
EMBEDDING_SLICES: Final = _slices(len(BLENDSHAPES), EMBEDDING_SIZES)
#: How many of the features, the first ones, the regression takes: blendshapes and embeddings.
REGRESSION_FEATURES: Final = len(BLENDSHAPES) + sum(EMBEDDING_SIZES.values())
#: Where the log-probabilities of each expert are, after all that.
LOG_PROBABILITY_SLICES: Final = _slices(
    REGRESSION_FEATURES, {name: len(named) for name, named in EXPERTS.items()}
)
#: Length of a face's expert features.
EXPERT_FEATURES: Final = REGRESSION_FEATURES + sum(map(len, EXPERTS.values()))
#: The regression's log-probabilities are cut off here. It is too sure on photos of another source
#: than it was fitted on, and must not outvote all others there. (Mean recall over seven emotions of
#: 68 posed photos of another source: 3 points more than without a bound; in three folds by person
#: of the shared data it stays the same.)
MIN_LOG_PROBABILITY: Final = -2.5


def mirrored_blendshapes() -> tuple[int, ...]:
    """Of each blendshape its number in a mirrored face."""
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
    """What expert features add to a net's logits: a product of experts (Hinton 2002).

    The sum of ``regression_weight`` times the log-probabilities, at least MIN_LOG_PROBABILITY, of a
    logistic regression on blendshapes and embeddings, and of the experts' own log-probabilities.

    Attributes:
        means: one per feature.
        weights: a row per feature, a column per label. The regression's logits are
            ``(features - means) @ weights + bias`` over the first REGRESSION_FEATURES of them; what
            the experts add is the same over the others, without bias.
        bias: one per label.
        regression_weight: 0 leaves the regression out.
    """

    means: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]
    regression_weight: float

    def __post_init__(self) -> None:
        rows = [self.means, *self.weights, self.bias, (self.regression_weight,)]
        if len(self.means) != EXPERT_FEATURES or len(self.weights) != EXPERT_FEATURES:
            raise ValueError("the expert features are not those that are known")
        if any(len(row) != len(self.bias) for row in self.weights):
            raise ValueError("the ensemble does not fit the labels")
        for value in (value for row in rows for value in row):
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not abs(value) <= 1e4:  # nan is not
                raise ValueError("the ensemble's weights are not numbers")

    @property
    def parts(self) -> frozenset[str]:
        """The parts of the expert features that it takes: BLENDSHAPE_PART, and names of EXPERTS."""
        heard = {
            name
            for name, places in LOG_PROBABILITY_SLICES.items()
            if any(any(row) for row in self.weights[places])
        }
        return frozenset(EXPERT_PARTS if self.regression_weight else heard)

    def to_dict(self) -> dict[str, Any]:
        """JSON values; from_dict reads them back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ExpertEnsemble:
        """Reads what to_dict wrote, in bundles of formats below 6 too.

        Raises:
            ValueError: it is not that.
        """
        try:
            weight = data["share"] if "share" in data else data["regression_weight"]
            return cls(
                tuple(data["means"]),
                tuple(tuple(row) for row in data["weights"]),
                tuple(data["bias"]),
                weight,
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"the ensemble has another form ({error})") from None

    def strongest_blendshapes(self, features: Sequence[float], label: int, most: int) -> list[str]:
        """Names of the blendshapes that add most to a label's logit; left and right are one.

        Args:
            features: a face's expert features.
        """
        added: dict[str, float] = {}
        # Blendshapes come first; the dimensions of embeddings have no names.
        for name, value, mean, row in zip(
            BLENDSHAPES, features, self.means, self.weights, strict=False
        ):
            # Only what sets a label apart from the others counts.
            weight = row[label] - sum(row) / len(row)
            both = name.removeprefix("left ").removeprefix("right ")
            added[both] = added.get(both, 0.0) + weight * (value - mean)
        strongest = sorted(added, key=lambda name: -added[name])[:most]
        return [name for name in strongest if added[name] > 0]
