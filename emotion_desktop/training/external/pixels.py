"""What all external nets of TensorFlow need: pictures scaled for them, and answers in chunks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.domain.external_model import ExternalInput, ExternalModel
from emotion_desktop.engines.onnx_problems import wrong_size
from emotion_desktop.training.net.backend import tf

#: Probabilities are at least this before their logarithm is taken.
SMALLEST: Final = 1e-7
_CHUNK: Final = 64
#: Where in a graph something happened, as TensorFlow writes it.
_PLACES: Final = re.compile(r"\{\{\w+ [^}]*\}\}|\[Op:\w+\]")


def describe_shapes(
    kind: str, shape: tuple[int | None, ...], answer: tuple[int | None, ...], whole: bool = False
) -> ExternalModel:
    """What the shapes of a net's input and output say.

    Args:
        kind: see ExternalModel.
        shape: (n, height, width, channels).
        answer: (n, classes).
        whole: see ExternalModel.

    Raises:
        BundleError: it takes no pictures, or names no classes.
    """
    if len(shape) != 4 or shape[3] not in (1, 3) or shape[1] != shape[2]:
        raise BundleError(
            "The model does not take square pictures in grey or colour.",
            "It was made for something else.",
        )
    if len(answer) != 2 or answer[1] is None:
        raise BundleError(
            "The model does not say how many classes it tells apart.",
            "Save it with an output of (n, classes).",
        )
    return ExternalModel(kind, int(answer[1]), shape[1], int(shape[3]), whole)


def one_in_one_out(inputs: int, outputs: int) -> None:
    """Raises a BundleError for a model with several inputs or outputs."""
    if inputs != 1 or outputs != 1:
        raise BundleError(
            "The model has several inputs or outputs.",
            "Only models with one picture in and one answer out can be used.",
        )


def scaled(faces: Any, external_input: ExternalInput) -> Any:
    """(n, size, size, channels) 0 to 255 in; scaled float32 out."""
    kernel, bias = external_input.linear()
    pixels = tf.cast(faces, tf.float32)
    return tf.tensordot(pixels, tf.constant(kernel, tf.float32), 1) + tf.constant(bias, tf.float32)


def in_chunks(say: Callable[[Any], Any], faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """What a net says of faces, some at a time.

    Raises:
        BundleError: it cannot be run on pictures of that size.
    """
    starts = range(0, len(faces), _CHUNK)
    try:
        said = [np.asarray(say(faces[i : i + _CHUNK]), np.float32) for i in starts]
    except (ValueError, tf.errors.OpError) as error:
        raise wrong_size(faces.shape[1]) from error
    return np.concatenate(said)


def first_line(error: BaseException) -> str:
    """The first line of what a library says, shortened."""
    words = _PLACES.sub("", str(error)).strip()
    return words.splitlines()[0].rstrip(" .:")[:200] if words else type(error).__name__
