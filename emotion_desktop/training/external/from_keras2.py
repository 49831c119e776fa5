"""Models of Keras 2, read by tf_keras, which is Keras 2 for today's TensorFlow. Worker process
only."""

from __future__ import annotations

from typing import Any, Final

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.domain.external_model import Output
from emotion_desktop.training.external.keras_problems import cannot_load
from emotion_desktop.training.external.pixels import describe_shapes, one_in_one_out
from emotion_desktop.training.external.tensorflow_model import TensorFlowModel
from emotion_desktop.training.net.backend import tf
from emotion_desktop.training.net.keras_file import KerasFile

_ENDS: Final = {
    "softmax": Output.PROBABILITIES,
    "sigmoid": Output.PROBABILITIES,
    "linear": Output.LOGITS,
    "log_softmax": Output.LOGITS,
}


class ExternalKeras2(TensorFlowModel):
    """A file that Keras 2 wrote.

    Raises:
        BundleError: it cannot be loaded, or names no expressions in pictures.
    """

    title = "model of Keras 2"

    def __init__(self, file: KerasFile) -> None:
        import tf_keras

        # A keras.json in the user's home folder may say otherwise.
        tf_keras.backend.set_image_data_format("channels_last")
        tf_keras.backend.set_floatx("float32")
        try:
            # Read by keras_file, the file holds nothing that could be executed.
            self._model = tf_keras.saving.load_model(str(file.path), compile=False, safe_mode=True)
            inputs, outputs = self._model.inputs, self._model.outputs
        except Exception as error:
            # Keras raises whatever comes.
            raise cannot_load(error, file) from error
        if not inputs or not outputs:
            raise BundleError(
                "The model does not say what it takes.",
                "Call it once on a picture before it is saved.",
            )
        one_in_one_out(len(inputs), len(outputs))
        self.about = describe_shapes("keras", tuple(inputs[0].shape), tuple(outputs[0].shape))
        self.output = _output_of(self._model)

    def _call(self, pixels: Any) -> Any:
        given = tf.nest.map_structure(lambda _: pixels, self._model.input)
        (said,) = tf.nest.flatten(self._model(given, training=False))
        return said


def _output_of(model: Any) -> Output:
    """By the last layer; of models in models, that of the last one."""
    import tf_keras

    tensor = model.outputs[0]
    last = getattr(tensor, "_keras_history", None)
    layer = last.layer if last is not None else model.layers[-1]
    if isinstance(layer, tf_keras.Model):
        return _output_of(layer) if getattr(layer, "outputs", None) else Output.UNKNOWN
    if isinstance(layer, tf_keras.layers.Softmax):
        return Output.PROBABILITIES
    activation = getattr(layer, "activation", None)
    return _ENDS.get(getattr(activation, "__name__", ""), Output.UNKNOWN)
