"""The recipes that come with the program, by name."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Final

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.training.recipe.augment import Augment
from emotion_desktop.training.recipe.recipe import Recipe

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
    precision="mixed",
)

_QUICK: Final = Recipe(
    name="quick",
    title="Quick",
    summary="A small net on grey faces; rare emotions are shown more often.",
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
    balancing="sampling",
    power=0.5,
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

_BEST: Final = replace(
    _QUICK,
    name="best",
    title="Best",
    summary="The small net on harder pictures, three nets of others, and the face's movements.",
    epochs=40,
    expert_net="fer2013",
    expert_net_weight=0.4,
    regression_weight=1.0,
    face_api_weight=0.6,
    py_feat_weight=0.3,
    fractions=(0.75, 0.125, 0.125),
    augment=replace(_QUICK.augment, coarse=0.5, gamma=0.4, shade=0.3),
)

RECIPES: Final = MappingProxyType({recipe.name: recipe for recipe in (_NOTEBOOK, _QUICK, _BEST)})


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
