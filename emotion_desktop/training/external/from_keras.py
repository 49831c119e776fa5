"""Keras models that were made elsewhere, wrapped so that they take pictures as they come. Worker
process only."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.domain.external_model import ExternalInput, Output
from emotion_desktop.training.external.keras_problems import cannot_load
from emotion_desktop.training.external.pixels import (
    SMALLEST,
    describe_shapes,
    first_line,
    one_in_one_out,
)
from emotion_desktop.training.external.tensorflow_model import TensorFlowModel
from emotion_desktop.training.finish.export import model_files
from emotion_desktop.training.net.backend import keras
from emotion_desktop.training.net.keras_file import KerasFile

_ENDS: Final = {
    "softmax": Output.PROBABILITIES,
    "sigmoid": Output.PROBABILITIES,
    "linear": Output.LOGITS,
    "log_softmax": Output.LOGITS,
}


class ExternalKeras(TensorFlowModel):
    """A ``.keras`` or HDF5 file that Keras 3 loads.

    Raises:
        BundleError: it cannot be loaded in Keras's safe mode, or names no expressions in pictures.
    """

    title = "Keras model"

    def __init__(self, file: KerasFile) -> None:
        try:
            loaded = keras.saving.load_model(file.path, safe_mode=True, compile=False)
            inputs, outputs = _ends(loaded)
            self._model = loaded
            if isinstance(loaded, keras.Sequential):
                # It is a graph, too, but has none of the attributes of one.
                self._model = keras.Model(inputs[0], outputs[0], name=loaded.name)
        except BundleError:
            raise
        except Exception as error:
            # Keras raises whatever comes; in safe mode nothing of the file was executed.
            raise cannot_load(error, file) from error
        one_in_one_out(len(inputs), len(outputs))
        self.about = describe_shapes("keras", tuple(inputs[0].shape), tuple(outputs[0].shape))
        self.output = _output_of(self._model)

    def files(self, external_input: ExternalInput, probabilities: bool) -> dict[str, bytes]:
        """The files of a bundle: faces in, logits out.

        Raises:
            BundleError: it cannot be taken over.
        """
        try:
            return model_files(self._wrapped(external_input, probabilities))
        except (ValueError, TypeError, NotImplementedError, RuntimeError) as error:
            raise BundleError(
                f"The model cannot be taken over ({first_line(error)}).",
                "It uses something that cannot be exported.",
            ) from error

    def _wrapped(self, external_input: ExternalInput, probabilities: bool) -> Any:
        """The net between a layer that scales pictures and the logits."""
        need = external_input.preprocessing
        taken = {operation.name for operation in self._model.operations}
        pixels = keras.Input(
            (need.size, need.size, need.channels), dtype="uint8", name=_free("pixels", taken)
        )
        scale = keras.layers.Conv2D(
            need.channels, 1, name=_free("scaling", taken), trainable=False, dtype="float32"
        )
        x = scale(keras.layers.Rescaling(1.0, name=_free("as_floats", taken))(pixels))
        kernel, bias = external_input.linear()
        scale.set_weights([np.array(kernel)[None, None], np.array(bias)])
        # Layer by layer: what is inside can be trained further later on.
        inner = keras.models.clone_model(self._model, input_tensors=self._given(x))
        inner.set_weights(self._model.get_weights())
        # Each layer was called with what came from x first.
        last = inner.outputs[0]._keras_history.operation
        answer = last.output
        if probabilities and getattr(last, "activation", None) is keras.activations.softmax:
            last.activation = keras.activations.linear
        elif probabilities and isinstance(last, keras.layers.Softmax):
            answer = last.input
        elif probabilities:
            for step in (lambda p: keras.ops.maximum(p, SMALLEST), keras.ops.log):
                answer = step(answer)
                made = answer._keras_history.operation
                made.name = _free(made.name, taken)
        return keras.Model(pixels, answer, name="imported")

    def _call(self, pixels: Any) -> Any:
        (said,) = keras.tree.flatten(self._model(self._given(pixels), training=False))
        return said

    def _given(self, pixels: Any) -> Any:
        """The pixels in the form the model wants its input in: older files have a list of one."""
        return keras.tree.map_structure(lambda _: pixels, self._model.input)


def _ends(model: Any) -> tuple[list[Any], list[Any]]:
    """The inputs and outputs of a loaded model.

    Raises:
        BundleError: it has none: what it takes was never said.
    """
    try:
        inputs, outputs = model.inputs, model.outputs
    except AttributeError:
        inputs = outputs = None
    if not inputs or not outputs:
        raise BundleError(
            "The model does not say what it takes.",
            "Begin it with an Input layer, or call it on a picture, before it is saved.",
        )
    return list(inputs), list(outputs)


def _output_of(model: Any) -> Output:
    """By the last layer; of models in models, that of the last one."""
    last = model.outputs[0]._keras_history.operation
    if isinstance(last, keras.Model):
        return _output_of(last)
    if isinstance(last, keras.layers.Softmax):
        return Output.PROBABILITIES
    activation = getattr(last, "activation", None)
    return _ENDS.get(getattr(activation, "__name__", ""), Output.UNKNOWN)


def _free(wanted: str, taken: set[str]) -> str:
    """A name that no layer of the model has; it is taken from now on."""
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    taken.add(name)
    return name
