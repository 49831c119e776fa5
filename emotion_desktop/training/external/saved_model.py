"""SavedModels that were made elsewhere. Worker process only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.training.external.pixels import describe_shapes, one_in_one_out
from emotion_desktop.training.external.saved_model_check import check_saved_model
from emotion_desktop.training.external.tensorflow_model import TensorFlowModel
from emotion_desktop.training.external.to_litert import output_of
from emotion_desktop.training.net.backend import tf


class ExternalSavedModel(TensorFlowModel):
    """A folder that TensorFlow's SavedModel was written to.

    Raises:
        BundleError: it cannot be loaded, or names no expressions in pictures.
    """

    title = "SavedModel"

    def __init__(self, folder: Path) -> None:
        check_saved_model(folder)
        try:
            self._model = tf.saved_model.load(str(folder))
            self._function = self._model.signatures["serving_default"]
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
        one_in_one_out(len(inputs), len(outputs))
        ((self._input, spec),), ((self._output, answer),) = inputs.items(), outputs.items()
        self._dtype = spec.dtype
        whole = spec.dtype in (tf.uint8, tf.int32, tf.int64)
        if not whole and not spec.dtype.is_floating:
            raise BundleError(
                "The model does not take pictures as numbers.",
                "Save it with an input of float32.",
            )
        if spec.shape.rank is None or answer.shape.rank is None:
            raise BundleError(
                "The model does not say what it takes and gives.",
                "Save it with a signature of (n, height, width, channels) in, (n, classes) out.",
            )
        self.about = describe_shapes("savedmodel", tuple(spec.shape), tuple(answer.shape), whole)
        self.output = output_of(self._function)

    def _call(self, pixels: Any) -> Any:
        given = tf.round(pixels) if self.about.whole else pixels
        return self._function(**{self._input: tf.cast(given, self._dtype)})[self._output]
