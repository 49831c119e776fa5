"""Recipes: everything that decides how a model is trained, as values.

Importable without TensorFlow, so that the window and the command line can list them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Final

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.model import Preprocessing

NETS: Final = ("notebook", "residual")
OPTIMISERS: Final = ("adam", "adamw")
SCHEDULES: Final = ("constant", "cosine")


@dataclass(frozen=True, slots=True)
class Augment:
    """How far training photos are changed at random; 0 leaves a thing alone.

    Attributes:
        flip: mirror every second photo.
        turn: largest angle either way, degrees.
        zoom: largest natural logarithm of the scale either way.
        stretch: the same for the ratio of width to height.
        shear: largest shift of a row per row either way.
        shift: largest shift either way, share of the side.
        blur: largest share of a blurred copy that is mixed in; half of the photos stay sharp.
        contrast: largest natural logarithm of the contrast's factor either way.
        brightness: largest change either way, of 255 levels.
        noise: largest standard deviation, of 255 levels; half of the photos stay clean.
        cutout: share of the photos in which a rectangle is painted over.
    """

    flip: bool = False
    turn: float = 0.0
    zoom: float = 0.0
    stretch: float = 0.0
    shear: float = 0.0
    shift: float = 0.0
    blur: float = 0.0
    contrast: float = 0.0
    brightness: float = 0.0
    noise: float = 0.0
    cutout: float = 0.0


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is trained.

    Attributes:
        title, summary: for people.
        net: one of NETS.
        width: filters of the residual net's first layer; the others are multiples of it.
        dropout: share of the last features dropped in training.
        size, channels, crop, extent: see domain.model.Preprocessing.
        epochs: as many passes of ``len(training) // batch`` steps.
        warm_up: epochs in which the cosine schedule's rate rises from 0.
        weight_decay: of AdamW; decoupled.
        label_smoothing: share of each target that is spread over all emotions.
        sampling_power: an emotion is drawn in proportion to its count to this power (0 draws all
            alike, 1 as they come); None: every photo once per epoch.
        ema: decay per step of the running mean of the weights that is kept; None keeps the last.
        mixup: parameter of the beta distribution (Zhang et al. 2018, "mixup"); 0: none.
        fractions: share of the photos for training, validation and test.
    """

    name: str
    title: str
    summary: str
    net: str
    size: int
    channels: int
    crop: str
    extent: float
    epochs: int
    batch: int
    optimiser: str
    learning_rate: float
    augment: Augment
    width: int = 0
    dropout: float = 0.0
    schedule: str = "constant"
    warm_up: int = 0
    weight_decay: float = 0.0
    label_smoothing: float = 0.0
    sampling_power: float | None = None
    ema: float | None = None
    mixup: float = 0.0
    fractions: tuple[float, float, float] = (0.70, 0.15, 0.15)

    def __post_init__(self) -> None:
        for value, known in (
            (self.net, NETS),
            (self.optimiser, OPTIMISERS),
            (self.schedule, SCHEDULES),
        ):
            if value not in known:
                raise ValueError(f"{value} is not one of {', '.join(known)}")

    @property
    def preprocessing(self) -> Preprocessing:
        """What a picture goes through before this recipe's net sees it."""
        return Preprocessing(self.size, self.channels, self.crop, self.extent)

    def to_dict(self) -> dict[str, Any]:
        """JSON values, for a model's provenance."""
        return {**asdict(self), "fractions": list(self.fractions)}


_NOTEBOOK: Final = Recipe(
    name="notebook",
    title="Notebook",
    summary="The net of the original notebooks, trained and tested honestly.",
    net="notebook",
    size=50,
    channels=3,
    crop="box",
    extent=1.1,
    epochs=12,
    batch=16,
    optimiser="adam",
    learning_rate=1e-3,
    augment=Augment(flip=True, zoom=0.2, shear=0.2),
)

_QUICK: Final = Recipe(
    name="quick",
    title="Quick",
    summary="A small residual net on grey faces with level eyes; rare emotions are shown more.",
    net="residual",
    width=24,
    dropout=0.3,
    # Grey: colour gives labels away where one source of a data set has one emotion.
    size=64,
    channels=1,
    crop="eyes",
    extent=2.2,
    epochs=45,
    batch=64,
    optimiser="adamw",
    learning_rate=3e-3,
    schedule="cosine",
    warm_up=2,
    weight_decay=1e-3,
    label_smoothing=0.1,
    sampling_power=0.5,
    ema=0.998,
    augment=Augment(
        flip=True,
        turn=15.0,
        zoom=0.15,
        stretch=0.06,
        shear=0.1,
        shift=0.08,
        blur=1.0,
        contrast=0.4,
        brightness=35.0,
        noise=6.0,
        cutout=0.5,
    ),
)

RECIPES: Final = MappingProxyType({recipe.name: recipe for recipe in (_NOTEBOOK, _QUICK)})


def recipe_named(name: str) -> Recipe:
    """The recipe of that name.

    Raises:
        UsageError: there is none.
    """
    try:
        return RECIPES[name]
    except KeyError:
        raise UsageError(
            f"There is no recipe “{name}”.", f"Choose one of: {', '.join(RECIPES)}."
        ) from None
