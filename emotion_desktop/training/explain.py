"""Where a Keras net looks, by its gradients. Runs in the worker process.

LayerCAM (Jiang et al. 2021, "LayerCAM: exploring hierarchical class activation maps"): at a layer,
every feature's activation weighted by its own positive gradient. Maps of the last layer of each of
the finest resolutions that still know about expressions are averaged. A net without such layers is
asked for the gradients of its pixels.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import AppError
from emotion_desktop.engines.bundle import KERAS, read_bundle

Floats = npt.NDArray[np.float64]

#: Coarsest and finest resolutions that are of use, and how many of them are averaged.
_COARSEST: Final = 4
_FINEST: Final = 32
_LAYERS: Final = 3


class HeatMaps:
    """A loaded net that tells where it looks.

    Raises:
        AppError: the bundle holds no Keras net, or one that cannot be loaded safely.
    """

    def __init__(self, bundle: Path) -> None:
        from emotion_desktop.training.net.backend import keras
        from emotion_desktop.training.net.keras_file import check_keras_file

        data = read_bundle(bundle).read(KERAS)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, KERAS)
            file.write_bytes(data)
            check_keras_file(file)
            try:
                self._net = keras.saving.load_model(file, compile=False, safe_mode=True)
            except Exception as error:
                raise AppError(
                    f"The model's Keras form cannot be loaded ({type(error).__name__}).",
                    "What the model looks at is found by covering parts of the face.",
                ) from error
        self._layer_net = self._with_layer_outputs()
        self._first = [weight.value for weight in self._net.trainable_weights[:1]]

    def heat(self, face: npt.NDArray[np.uint8], label: int) -> Floats:
        """Where the net looks for an emotion.

        Args:
            face: (size, size, channels).
            label: the emotion's number.

        Returns:
            (rows, columns), 0 to 1.
        """
        maps = self._layer_maps(face, label) if self._layer_net is not None else []
        if not maps:
            return self._pixel_map(face, label)
        side = max(one.shape[0] for one in maps)
        return _unit(np.mean([_enlarge(one, side) for one in maps], axis=0))

    def _with_layer_outputs(self) -> Any:
        """The net with the outputs of the layers that are looked at before its own."""
        from emotion_desktop.training.net.backend import keras

        by_side: dict[int, Any] = {}
        for layer in self._net.layers:
            shape: tuple[Any, ...] = tuple(getattr(getattr(layer, "output", None), "shape", ()))
            if len(shape) == 4 and shape[1] == shape[2] and _COARSEST <= (shape[1] or 0) <= _FINEST:
                by_side[shape[1]] = layer.output
        if not by_side:
            return None
        chosen = [by_side[side] for side in sorted(by_side)[:_LAYERS]]
        return keras.Model(self._net.inputs[0], [*chosen, self._net.outputs[0]])

    def _layer_maps(self, face: npt.NDArray[np.uint8], label: int) -> list[Floats]:
        from emotion_desktop.training.net.backend import tf

        # Only what stands first is watched: that is enough for the tape to record all behind it,
        # and no gradient of a kernel is made, which nobody needs and of which TensorFlow 2.21
        # crashes on a single face ("corrupted double-linked list" in conv2d_backprop_filter).
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(self._first)
            *features, logits = self._layer_net(tf.constant(face[None]), training=False)
            wanted = logits[0, label]
        gradients = tape.gradient(wanted, features)
        maps = []
        for feature, gradient in zip(features, gradients, strict=True):
            if gradient is not None:
                weighted = tf.nn.relu(gradient) * feature
                maps.append(_unit(np.maximum(weighted[0].numpy().sum(axis=2), 0)))
        return maps

    def _pixel_map(self, face: npt.NDArray[np.uint8], label: int) -> Floats:
        """Gradients of the pixels themselves, smoothed."""
        import cv2

        from emotion_desktop.training.net.backend import keras, tf

        pixels = tf.Variable(face[None].astype(np.float32))
        inside = keras.Model(self._net.inputs[0], self._net.outputs[0])
        with tf.GradientTape() as tape:
            wanted = inside(pixels, training=False)[0, label]
        gradient = tape.gradient(wanted, pixels)
        if gradient is None:
            raise AppError("The model gives no gradients.")
        heat = np.abs(gradient[0].numpy()).sum(axis=2)
        return _unit(cv2.GaussianBlur(heat.astype(np.float64), (0, 0), len(heat) / 24))


def load_explainer(model: Path) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The worker's side of jobs.gallery.explain: a loaded net that explains one face at a time.

    Raises:
        AppError: it cannot be loaded.
    """
    maps = HeatMaps(model)

    def answer(question: dict[str, Any]) -> dict[str, Any]:
        data = np.frombuffer(base64.b64decode(question["data"]), np.uint8)
        heat = maps.heat(data.reshape(question["face"]), question["label"])
        return {"heat": heat.tolist()}

    return answer


def _unit(heat: Floats) -> Floats:
    top = float(np.max(heat, initial=0.0))
    return np.asarray(heat / top if top > 0 else heat)


def _enlarge(heat: Floats, side: int) -> Floats:
    import cv2

    return np.asarray(cv2.resize(heat, (side, side), interpolation=cv2.INTER_LINEAR))
