"""Going on from a net that was trained before: that of any bundle which holds its Keras model."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.experts import EXPERTS
from emotion_desktop.engines.bundle import KERAS, Bundle
from emotion_desktop.training.recipe.recipe import Recipe, with_current_names


def recipe_for(bundle: Bundle, recipe: Recipe) -> Recipe:
    """The recipe with the preprocessing of the bundle's net, which knows faces in no other way.

    Raises:
        AppError: the bundle cannot be trained further.
    """
    if KERAS not in bundle.files:
        raise AppError(
            f"“{bundle.card.name}” cannot be trained further: it holds no Keras model.",
            "Start from another model, or from nothing learnt yet.",
        )
    need = bundle.card.preprocessing
    origin = with_current_names(bundle.card.provenance.recipe if bundle.card.experts else {})
    weights = ("regression_weight", *(f"{name}_weight" for name in EXPERTS))
    return replace(
        recipe,
        size=need.size,
        channels=need.channels,
        crop=need.crop,
        extent=need.extent,
        # Experts that were beside the net before are beside it again.
        **{name: origin.get(name) or getattr(recipe, name) for name in weights},
    )


def builder(bundle: Bundle, labels: Sequence[str], recipe: Recipe) -> Callable[[], Any]:
    """A function that makes the bundle's net, with its weights, for other labels.

    What the last layer knew of labels that stay is kept; new ones begin with nothing learnt.

    Raises:
        AppError: the bundle is damaged, or its net does not end in a layer per label.
    """
    return builder_of(bundle.read(KERAS), bundle.card.labels, labels, recipe)


def builder_of(
    data: bytes, known: Sequence[str], labels: Sequence[str], recipe: Recipe
) -> Callable[[], Any]:
    """The same from a Keras file and the labels that its net knows."""

    def build() -> Any:
        from emotion_desktop.training.net.nets import train_head_alone

        net = with_labels(load_keras(data), known, labels)
        if recipe.trained == "head":
            train_head_alone(net)
        return net

    return build


def with_labels(net: Any, known: Sequence[str], labels: Sequence[str]) -> Any:
    """The net with a last layer for other labels.

    Raises:
        AppError: it does not end in a dense layer without activation.
    """
    from emotion_desktop.training.net.backend import keras
    from emotion_desktop.training.net.nets import (
        EXPERT_LOGITS,
        EXPERT_LOGITS_BEFORE,
        OWN_LOGITS,
        add_expert_logits,
    )

    names = {layer.name: layer for layer in net.layers}
    expert = names.get(EXPERT_LOGITS) or names.get(EXPERT_LOGITS_BEFORE)
    last = names[OWN_LOGITS] if expert else net.layers[-1]
    if not isinstance(last, keras.layers.Dense) or last.activation is not keras.activations.linear:
        raise AppError(
            "The model cannot be trained further: it does not end in a dense layer of logits.",
            "Start from another model, or from nothing learnt yet.",
        )
    if tuple(known) == tuple(labels):
        return net
    head = keras.layers.Dense(len(labels), name=OWN_LOGITS)
    logits = head(last.input)
    if expert:
        # The expert's weight is the same for every label it knows.
        weight = float(np.max(expert.get_weights()[0]))
        logits = add_expert_logits(expert.input, logits, labels, weight)
    changed = keras.Model(net.input, logits, name=net.name)
    kernel, bias = (np.array(weight) for weight in head.get_weights())
    old_kernel, old_bias = last.get_weights()
    for number, label in enumerate(labels):
        if label in known:
            kernel[:, number] = old_kernel[:, list(known).index(label)]
            bias[number] = old_bias[list(known).index(label)]
    head.set_weights([kernel, bias])
    return changed


def load_keras(data: bytes) -> Any:
    """A Keras model from the bytes of its file.

    Raises:
        AppError: it cannot be loaded without executing what is in it.
    """
    from emotion_desktop.training.net.backend import keras
    from emotion_desktop.training.net.keras_file import check_keras_file

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, KERAS)
        path.write_bytes(data)
        check_keras_file(path)
        try:
            # Nothing in the file is executed in safe mode.
            return keras.saving.load_model(path, safe_mode=True, compile=False)
        except (ValueError, TypeError, OSError, KeyError) as error:
            raise AppError(
                f"The Keras model inside the bundle cannot be loaded ({error}).",
                "Start from another model, or from nothing learnt yet.",
            ) from error
