"""A net that others trained on FER2013, frozen, as an expert beside ours.

Rare emotions, of which a data set may hold a dozen photos, are known to it from hundreds. See
resources/fer2013_expert/README.md for where it is from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.assets import FER2013_EXPERT
from emotion_desktop.training.net.backend import keras

#: Its labels in its order, and the photos of each that it was trained on (FER2013's own).
EMOTIONS: Final = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
_TRAINING_PHOTOS: Final = (4953, 547, 5121, 8989, 6077, 4002, 6198)
_SIDE: Final = 64
_FILE: Final = FER2013_EXPERT / "fer2013_mini_xception.hdf5"
#: Shares of red, green and blue in grey (ITU-R BT.601).
_GREY: Final = (0.299, 0.587, 0.114)


def add_fer2013_expert(pixels: Any) -> tuple[Any, Any]:
    """Puts the expert, frozen, into a net that is being built.

    Args:
        pixels: (n, side, side, channels) Keras tensor, 0-255.

    Returns:
        Its features (n, 128), and its logits (n, 7) in the order of EMOTIONS.
    """
    layers = keras.layers
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="expert_input")(pixels)
    if x.shape[-1] == 3:
        grey = layers.Dense(1, use_bias=False, trainable=False, name="grey")
        x = grey(x)
        grey.set_weights([np.array(_GREY, np.float32)[:, None]])
    if x.shape[1] != _SIDE:
        x = layers.Resizing(_SIDE, _SIDE, name="scaled")(x)
    net = keras.saving.load_model(_FILE, compile=False)
    last, logits = net.get_layer("add_4").output, net.layers[-2].output
    features = layers.GlobalAveragePooling2D(name="expert_embedding")(last)
    inner = keras.Model(net.inputs[0], [features, logits], name="fer2013_mini_xception")
    inner.trainable = False
    embedding, expert_logits = inner(x, training=False)
    return embedding, expert_logits


def expert_kernel(
    labels: Sequence[str], weight: float
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """The linear map from the expert's log-probabilities to what is added to our logits.

    ``weight * (log p - log prior)``: its prior is taken out, since the proportions of its own
    training say nothing of ours. Labels it does not know get 0.

    Returns:
        Kernel (7, labels) and bias (labels,) of the linear map, float32.
    """
    kernel = np.zeros((len(EMOTIONS), len(labels)), np.float32)
    bias = np.zeros(len(labels), np.float32)
    prior = np.log(np.array(_TRAINING_PHOTOS) / sum(_TRAINING_PHOTOS))
    for row, emotion in enumerate(EMOTIONS):
        if emotion in labels:
            column = labels.index(emotion)
            kernel[row, column] = weight
            bias[column] = -weight * prior[row]
    return kernel, bias
