"""Nets of keras.applications to start from, with ImageNet's weights where they are asked for.

Keras downloads those once, from storage.googleapis.com, and keeps them in its own folder
(~/.keras/models).
"""

from __future__ import annotations

import logging
from typing import Any

from emotion_desktop.domain.errors import AppError
from emotion_desktop.training.net.backend import keras
from emotion_desktop.training.recipe.architectures import ARCHITECTURES

layers = keras.layers
_log = logging.getLogger(__name__)


def backbone(net: str, pixels: Any, weights: str) -> Any:
    """The features of a backbone, averaged over the picture.

    Args:
        net: one of architectures.BACKBONES.
        pixels: (photos, size, size, 1 or 3), 0–255; grey is taken as three equal colours.
        weights: ``random`` or ``imagenet``.

    Returns:
        (photos, features).

    Raises:
        AppError: the weights could not be downloaded.
    """
    x = layers.Rescaling(1.0)(pixels)  # whole levels to float; the net's own scaling follows inside
    if pixels.shape[-1] == 1:
        x = layers.Concatenate()([x, x, x])
    application = getattr(keras.applications, ARCHITECTURES[net].application)
    try:
        body = application(
            input_tensor=x,
            include_top=False,
            include_preprocessing=True,
            pooling="avg",
            weights="imagenet" if weights == "imagenet" else None,
        )
    except Exception as error:
        if weights != "imagenet":
            raise
        # Keras raises a bare Exception, whatever came between.
        _log.warning("ImageNet's weights: %s", error)
        raise AppError(
            "ImageNet's weights could not be downloaded.",
            "Connect to the internet and try again, or start from “Nothing learnt yet”.",
        ) from error
    return body.output
