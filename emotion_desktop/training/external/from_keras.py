"""Keras models and SavedModels that were made elsewhere: looked into, and wrapped so that they take
pictures as they come. Worker process only."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.domain.external_model import ExternalInput, ExternalModel
from emotion_desktop.engines.onnx_problems import wrong_size
from emotion_desktop.engines.table import LITERT
from emotion_desktop.training.finish.export import model_files
from emotion_desktop.training.net.backend import keras, tf

_SMALLEST: Final = 1e-7
_CHUNK: Final = 64
#: How the converter names an operation that LiteRT has not got.
_UNKNOWN: Final = re.compile(r"'tf\.(\w+)' op is neither")
#: How HDF5 files begin.
_HDF5: Final = b"\x89HDF\r\n\x1a\n"


class ExternalKeras:
    """A ``.keras`` or HDF5 file.

    Raises:
        BundleError: it cannot be loaded in Keras's safe mode, or names no expressions in pictures.
    """

    def __init__(self, path: Path) -> None:
        if not _is_keras_file(path):
            raise _damaged()
        try:
            self._model = keras.saving.load_model(path, safe_mode=True, compile=False)
        except (OSError, KeyError) as error:  # what a whole file holds is not there
            raise _damaged() from error
        except Exception as error:
            if "No model config" in str(error):
                raise BundleError(
                    "This file holds the weights alone of a model.",
                    "Save the whole model with model.save(…).",
                ) from error
            # Keras raises whatever comes; in safe mode nothing of the file was executed.
            raise BundleError(
                f"This Keras model cannot be loaded ({_first_line(error)}).",
                "Save it with layers of Keras alone, without Lambda layers or classes of your own.",
            ) from error
        if len(self._model.inputs) != 1 or len(self._model.outputs) != 1:
            raise BundleError(
                "The model has several inputs or outputs.",
                "Only models with one picture in and one answer out can be used.",
            )
        shape, answer = self._model.inputs[0].shape, self._model.outputs[0].shape
        self.about = _about("keras", tuple(shape), tuple(answer))

    def outputs(
        self, faces: npt.NDArray[np.uint8], external_input: ExternalInput
    ) -> npt.NDArray[np.float32]:
        """What it says of faces, as it says it: logits or probabilities.

        Raises:
            BundleError: it cannot be run on pictures of that size.
        """
        return _in_chunks(lambda x: self._call(_scaled(x, external_input)), faces)

    def files(self, external_input: ExternalInput, probabilities: bool) -> dict[str, bytes]:
        """The files of a bundle: faces in, logits out.

        Raises:
            BundleError: it cannot be taken over.
        """
        need = external_input.preprocessing
        pixels = keras.Input((need.size, need.size, need.channels), dtype="uint8", name="pixels")
        scale = keras.layers.Conv2D(need.channels, 1, name="scaling", trainable=False)
        x = scale(keras.layers.Rescaling(1.0)(pixels))
        kernel, bias = external_input.linear()
        scale.set_weights([np.array(kernel)[None, None], np.array(bias)])
        try:
            # Layer by layer: what is inside can be trained further later on.
            inner = keras.models.clone_model(self._model, input_tensors=self._given(x))
            inner.set_weights(self._model.get_weights())
            # Each layer was called with what came from x first.
            last = inner.outputs[0]._keras_history.operation
            answer = last.output
            if probabilities and _is_softmax(last):
                last.activation = keras.activations.linear
            elif probabilities and isinstance(last, keras.layers.Softmax):
                answer = last.input
            elif probabilities:
                answer = keras.ops.log(keras.ops.maximum(answer, _SMALLEST))
            return model_files(keras.Model(pixels, answer, name="imported"))
        except (ValueError, TypeError, NotImplementedError, RuntimeError) as error:
            raise BundleError(
                f"The model cannot be taken over ({_first_line(error)}).",
                "It uses something that cannot be exported.",
            ) from error

    def _call(self, pixels: Any) -> Any:
        (raw,) = keras.tree.flatten(self._model(self._given(pixels), training=False))
        return raw

    def _given(self, pixels: Any) -> Any:
        """The pixels in the form the model wants its input in: older files have a list of one."""
        return keras.tree.map_structure(lambda _: pixels, self._model.input)


class ExternalSavedModel:
    """A folder that TensorFlow's SavedModel was written to.

    Raises:
        BundleError: it cannot be loaded, or names no expressions in pictures.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self._module = tf.saved_model.load(str(folder))
            self._function = self._module.signatures["serving_default"]
        except KeyError as error:
            raise BundleError(
                "This SavedModel does not say how it is called.",
                "Save it with the signature serving_default.",
            ) from error
        except Exception as error:
            # TensorFlow raises whatever comes.
            raise BundleError(
                "This SavedModel cannot be loaded; its files are damaged, or some are missing.",
                "Give the whole folder as it was saved, with its variables.",
            ) from error
        inputs = self._function.structured_input_signature[1]
        outputs = self._function.structured_outputs
        if len(inputs) != 1 or len(outputs) != 1:
            raise BundleError(
                "The model has several inputs or outputs.",
                "Only models with one picture in and one answer out can be used.",
            )
        ((self._input, spec),), ((self._output, answer),) = inputs.items(), outputs.items()
        if spec.dtype != tf.float32:
            raise BundleError(
                "The model does not take pictures as floating point numbers.",
                "Save it with an input of float32.",
            )
        self.about = _about("savedmodel", tuple(spec.shape), tuple(answer.shape))

    def outputs(
        self, faces: npt.NDArray[np.uint8], external_input: ExternalInput
    ) -> npt.NDArray[np.float32]:
        """What it says of faces, as it says it: logits or probabilities.

        Raises:
            BundleError: it cannot be run on pictures of that size.
        """
        return _in_chunks(lambda x: self._call(_scaled(x, external_input)), faces)

    def files(self, external_input: ExternalInput, probabilities: bool) -> dict[str, bytes]:
        """The files of a bundle: its LiteRT form alone, so it cannot be trained further.

        Raises:
            BundleError: it cannot be converted.
        """
        need = external_input.preprocessing

        def answer(pixels: Any) -> Any:
            raw = self._call(_scaled(pixels, external_input))
            return tf.math.log(tf.maximum(raw, _SMALLEST)) if probabilities else raw

        pixels = tf.TensorSpec([None, need.size, need.size, need.channels], tf.uint8)
        module = tf.Module()
        module.inside = self._module
        module.answer = tf.function(answer, input_signature=[pixels])
        try:
            converter = tf.lite.TFLiteConverter.from_concrete_functions(
                [module.answer.get_concrete_function()], module
            )
            with redirect_stdout(StringIO()):
                return {LITERT: bytes(converter.convert())}
        except Exception as error:
            # The converter's errors have no common class.
            found = _UNKNOWN.search(str(error))
            raise BundleError(
                f"The SavedModel uses “{found[1]}”, which LiteRT does not know."
                if found
                else f"The SavedModel cannot be converted ({_first_line(error)}).",
                "Save it without, or export it to ONNX and import that.",
            ) from error

    def _call(self, pixels: Any) -> Any:
        return self._function(**{self._input: pixels})[self._output]


def _about(
    kind: str, shape: tuple[int | None, ...], answer: tuple[int | None, ...]
) -> ExternalModel:
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
    return ExternalModel(kind, int(answer[1]), shape[1], int(shape[3]))


def _scaled(faces: Any, external_input: ExternalInput) -> Any:
    kernel, bias = external_input.linear()
    pixels = tf.cast(faces, tf.float32)
    return tf.tensordot(pixels, tf.constant(kernel, tf.float32), 1) + tf.constant(bias, tf.float32)


def _in_chunks(run: Callable[[Any], Any], faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    starts = range(0, len(faces), _CHUNK)
    try:
        raw = [np.asarray(run(faces[i : i + _CHUNK]), np.float32) for i in starts]
    except (ValueError, tf.errors.OpError) as error:
        raise wrong_size(faces.shape[1]) from error
    return np.concatenate(raw)


def _is_keras_file(path: Path) -> bool:
    """Whether its first bytes are those of a ``.keras`` (ZIP) or HDF5 file."""
    if path.suffix.casefold() == ".keras":
        return zipfile.is_zipfile(path)
    with path.open("rb") as file:
        return file.read(len(_HDF5)) == _HDF5


def _damaged() -> BundleError:
    return BundleError(
        "This is no Keras file, or a damaged one.",
        "Save the model again, or choose another file.",
    )


def _is_softmax(layer: Any) -> bool:
    return getattr(layer, "activation", None) is keras.activations.softmax


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
