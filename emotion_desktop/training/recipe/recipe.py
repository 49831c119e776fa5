"""A recipe: everything that decides how a model is trained, as values.

Importable without TensorFlow, so that the window and the command line can list them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from types import MappingProxyType
from typing import Any, Final

from emotion_desktop.domain.experts import EXPERTS
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.training.recipe.architectures import ARCHITECTURES, BACKBONES
from emotion_desktop.training.recipe.augment import Augment
from emotion_desktop.training.recipe.schema import option, option_of

#: Options of earlier versions. Where they were 0 they changed nothing: such a run can go on.
_GONE: Final = ("movements", "opinion")
#: Options that had other names before: recipes that were kept, and users who type the old ones,
#: are still understood.
RENAMED: Final = MappingProxyType(
    {
        "teacher": "expert_net",
        "teacher_share": "expert_net_weight",
        "close_look": "regression_weight",
        "face_api": "face_api_weight",
        "py_feat": "py_feat_weight",
    }
)
BALANCING: Final = MappingProxyType(
    {
        "split": "As the split says",
        "none": "None",
        "weights": "Class weights",
        "sampling": "Balanced sampling",
    }
)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is trained.

    The fields' options say what each of them means. Besides:

    Attributes:
        title, summary: for people.
        crop, extent: see domain.model.Preprocessing.
        fractions: share of the photos for training, validation and test, for data that is not
            split yet.
    """

    name: str
    title: str
    summary: str
    net: str = option(
        "Architecture",
        "The net that learns; larger ones see more and take longer.",
        "net",
        choices={row.name: row.title for row in ARCHITECTURES.values()},
    )
    size: int = option(
        "Picture size",
        "Side of the square the net sees; twice the side takes four times as long.",
        "picture",
        low=32,
        high=260,
        unit="pixels",
    )
    channels: int = option(
        "Colour",
        "Grey keeps a net from learning the colours of a source instead of faces.",
        "picture",
        choices={1: "Grey", 3: "Colour"},
    )
    crop: str = option(
        "Crop",
        "How the square is laid: level with the eyes, or along the finder's box.",
        "picture",
        choices={"eyes": "Level with the eyes", "box": "The finder's box"},
    )
    extent: float = option(
        "Extent",
        "Side of the square in face sizes: more shows hair and chin, less shows detail.",
        "picture",
        low=0.8,
        high=4,
    )
    epochs: int = option(
        "Epochs", "How often the training photos are gone through.", "run", low=1, high=1000
    )
    batch: int = option(
        "Batch size",
        "Photos per step; larger batches need more memory.",
        "run",
        low=2,
        high=1024,
        unit="photos",
    )
    optimiser: str = option(
        "Optimiser",
        "How a step follows from the error.",
        "run",
        choices={"adam": "Adam", "adamw": "AdamW", "sgd": "SGD with momentum"},
    )
    learning_rate: float = option(
        "Learning rate",
        "Length of a step; too much diverges, too little never arrives.",
        "run",
        low=1e-6,
        high=1,
    )
    augment: Augment = field(default_factory=Augment)
    weights: str = option(
        "Start from",
        "ImageNet's weights know pictures already; Keras downloads them once.",
        "net",
        choices={"random": "Nothing learnt yet", "imagenet": "ImageNet's weights"},
        only_if=("net", BACKBONES),
        default="random",
    )
    trained: str = option(
        "What is trained",
        "The last layer alone takes minutes; all of it learns more.",
        "net",
        choices={"all": "The whole net", "head": "The last layer alone"},
        default="all",
    )
    width: int = option(
        "Width",
        "Filters of the first layer; the others are multiples of it.",
        "net",
        low=8,
        high=128,
        unit="filters",
        only_if=("net", ("residual", "wide")),
        default=24,
    )
    dropout: float = option(
        "Dropout",
        "Share of the features that a step leaves out, against learning by heart.",
        "net",
        low=0,
        high=0.8,
        default=0.0,
    )
    schedule: str = option(
        "Schedule",
        "Cosine lowers the learning rate towards the end.",
        "run",
        choices={"constant": "Constant", "cosine": "Cosine"},
        default="constant",
    )
    warm_up: int = option(
        "Warm-up",
        "Epochs in which the learning rate rises from 0.",
        "run",
        low=0,
        high=50,
        unit="epochs",
        only_if=("schedule", ("cosine",)),
        default=0,
    )
    weight_decay: float = option(
        "Weight decay",
        "Pulls weights towards 0 at every step, against learning by heart.",
        "run",
        low=0,
        high=0.5,
        only_if=("optimiser", ("adamw",)),
        default=0.0,
    )
    patience: int = option(
        "Early stopping",
        "Stops after so many epochs without a better one; 0 never stops.",
        "run",
        low=0,
        high=200,
        unit="epochs",
        default=0,
    )
    ema: float = option(
        "Averaging",
        "Keeps a running mean of the weights with this decay; 0 keeps the last ones.",
        "run",
        low=0,
        high=0.9999,
        default=0.0,
    )
    loss: str = option(
        "Loss",
        "Logit-adjusted trains for the balanced score where emotions differ in number.",
        "balance",
        choices={"cross-entropy": "Cross-entropy", "logit-adjusted": "Logit-adjusted"},
        default="cross-entropy",
    )
    logit_tau: float = option(
        "Adjustment",
        "How far the logit-adjusted loss goes: 1 is all the way to equal emotions.",
        "balance",
        low=0,
        high=2,
        only_if=("loss", ("logit-adjusted",)),
        default=1.0,
    )
    label_smoothing: float = option(
        "Label smoothing",
        "Share of each label spread over all emotions: labels may be wrong.",
        "balance",
        low=0,
        high=0.4,
        default=0.0,
    )
    targets: str = option(
        "Targets",
        "Where several people voted, the net may learn how many named each emotion.",
        "balance",
        choices={"votes": "Votes where they are known", "label": "Labels alone"},
        default="votes",
    )
    source_power: float = option(
        "Sources",
        "Of several sources, 0 draws as many photos of each, 1 as many as each has.",
        "balance",
        low=0,
        high=1,
        default=1.0,
    )
    balancing: str = option(
        "Balancing",
        "What is done about rare emotions.",
        "balance",
        choices=BALANCING,
        default="split",
    )
    power: float = option(
        "Balance",
        "0 makes all emotions count alike, 1 as often as they come.",
        "balance",
        low=0,
        high=1,
        only_if=("balancing", ("weights", "sampling")),
        default=0.5,
    )
    accuracy_allowed: float = option(
        "Accuracy given",
        "How much accuracy calibration may give for the balanced score; 0 gives none.",
        "balance",
        low=0,
        high=0.5,
        default=0.03,
    )
    mixup: float = option(
        "Mixup",
        "Mixes pairs of photos and of labels; 0 does not (Zhang et al. 2018).",
        "augment",
        low=0,
        high=2,
        default=0.0,
    )
    expert_net: str = option(
        "Expert net",
        "A net that others trained knows rare emotions from hundreds of photos.",
        "net",
        choices={"none": "None", "fer2013": "A net trained on FER2013"},
        default="none",
    )
    expert_net_weight: float = option(
        "Expert net's weight",
        "Weight of that net's log-probabilities beside our own logits.",
        "net",
        low=0,
        high=1,
        only_if=("expert_net", ("fer2013",)),
        default=0.0,
    )
    regression_weight: float = option(
        "Face movements' weight",
        "Weight of a regression on how the face moves (brow down, lip corner up) and on what "
        "other nets see in it.",
        "net",
        low=0,
        high=2,
        default=0.0,
    )
    face_api_weight: float = option(
        "face-api's weight",
        "Weight of face-api's net, trained on many other faces in colour; 0 leaves it out.",
        "net",
        low=0,
        high=1,
        default=0.0,
    )
    py_feat_weight: float = option(
        "py-feat's weight",
        "Weight of py-feat's net, trained on many small grey faces; 0 leaves it out.",
        "net",
        low=0,
        high=1,
        default=0.0,
    )
    precision: str = option(
        "Arithmetic",
        "16-bit numbers train the Notebook's net faster on processors made for them.",
        "run",
        choices={"full": "32 bits", "mixed": "16 bits if faster"},
        default="full",
    )
    fractions: tuple[float, float, float] = field(default=(0.70, 0.15, 0.15))

    def __post_init__(self) -> None:
        for item in fields(self):
            about = option_of(item)
            value = getattr(self, item.name)
            if about is not None and about.choices and value not in about.choices:
                raise ValueError(f"{value} is not one of {', '.join(map(str, about.choices))}")

    @property
    def expert_weights(self) -> Mapping[str, float]:
        """The weight of each expert's log-probabilities, where it has one."""
        weights = {name: float(getattr(self, f"{name}_weight")) for name in EXPERTS}
        return {name: weight for name, weight in weights.items() if weight}

    @property
    def uses_expert_features(self) -> bool:
        """Whether expert features of the faces are needed."""
        return bool(self.regression_weight or self.expert_weights)

    @property
    def preprocessing(self) -> Preprocessing:
        """What a picture goes through before this recipe's net sees it."""
        return Preprocessing(self.size, self.channels, self.crop, self.extent)

    def to_dict(self) -> dict[str, Any]:
        """JSON values, for a model's provenance; from_dict reads them back."""
        return {**asdict(self), "fractions": list(self.fractions)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Recipe:
        """Reads what to_dict wrote, in earlier versions too.

        Raises:
            ValueError: it is not that, or it asks for what is not measured any more.
        """
        try:
            if any(name in data and data[name] for name in _GONE):
                raise ValueError("it needs expert features of an earlier version")
            first, second, third = (float(share) for share in data["fractions"])
            kept = {n: v for n, v in with_current_names(data).items() if n not in _GONE}
            plain = {**kept, "augment": Augment(**data["augment"])}
            return cls(**{**plain, "fractions": (first, second, third)})
        except (KeyError, TypeError) as error:
            raise ValueError(f"this is no recipe ({error})") from None


def with_current_names(options: Mapping[str, Any]) -> dict[str, Any]:
    """Values by option, those of RENAMED under the names that they have now."""
    return {RENAMED.get(name, name): value for name, value in options.items()}
