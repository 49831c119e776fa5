"""A net that others trained on other faces, and that ours learn from (Hinton et al. 2015,
"Distilling the knowledge in a neural network").

Its answers are learnt by a branch of our own net: rare emotions, of which a data set may hold a
dozen photos, are known to it from hundreds. See resources/teachers/README.md for where it is from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.training.backend import keras, tf
from emotion_desktop.workspace.paths import RESOURCES

#: What it names, in its order, and the photos of each that it learnt from (FER2013's own).
EMOTIONS: Final = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
_PHOTOS: Final = (4953, 547, 5121, 8989, 6077, 4002, 6198)
_SIDE: Final = 64
_FILE: Final = RESOURCES / "teachers" / "fer2013_mini_xception.hdf5"


def load_teacher() -> Any:
    """The teacher: a frozen Keras model."""
    net = keras.saving.load_model(_FILE, compile=False)
    net.trainable = False
    return net


def answers(teacher: Any, faces: Any) -> Any:
    """What the teacher says of faces.

    Args:
        faces: (n, side, side, channels), 0–255, any type.

    Returns:
        (n, 7) probabilities in the order of EMOTIONS.
    """
    x = tf.cast(faces, tf.float32)
    if x.shape[-1] == 3:
        x = tf.image.rgb_to_grayscale(x)
    if x.shape[1] != _SIDE:
        x = tf.image.resize(x, [_SIDE, _SIDE], antialias=True)
    return teacher(x / 127.5 - 1, training=False)


def voice(labels: Sequence[str], share: float) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Turns log-probabilities of the teacher's emotions into what is added to our logits.

    ``share * (log p - log prior)``: its prior is taken out, since the proportions of its own
    training say nothing of ours. Labels it does not know get nothing.

    Returns:
        Kernel (7, labels) and bias (labels,) of the linear map, float32.
    """
    kernel = np.zeros((len(EMOTIONS), len(labels)), np.float32)
    bias = np.zeros(len(labels), np.float32)
    prior = np.log(np.array(_PHOTOS) / sum(_PHOTOS))
    for row, emotion in enumerate(EMOTIONS):
        if emotion in labels:
            column = labels.index(emotion)
            kernel[row, column] = share
            bias[column] = -share * prior[row]
    return kernel, bias
