"""Classification through ONNX Runtime: models that were trained elsewhere."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.domain.model import ModelCard
from emotion_desktop.engines.bundle import Bundle
from emotion_desktop.engines.classifier import in_batches
from emotion_desktop.engines.table import ONNX

#: Faces per call: more at once are no faster, and take their room in memory.
_BATCH: Final = 16
#: ONNX Runtime's log level “error”: its warnings mean nothing to a user.
_QUIET: Final = 3


class OnnxClassifier:
    """The ONNX form of a bundle's model. One session serves all threads.

    Raises:
        BundleError: the model cannot be loaded, or does not fit its description.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._card = bundle.card
        self._session = load_session(bundle.read(ONNX))
        self._check()

    def _check(self) -> None:
        need = self._card.preprocessing
        inputs, outputs = self._session.get_inputs(), self._session.get_outputs()
        fits = (
            len(inputs) == len(outputs) == 1
            and inputs[0].type == "tensor(uint8)"
            and list(inputs[0].shape[1:]) == [need.size, need.size, need.channels]
            and outputs[0].type == "tensor(float)"
            and list(outputs[0].shape[1:]) == [len(self._card.labels)]
        )
        if not fits:
            raise BundleError(
                "The model inside the file does not fit its description.",
                "Export or download it again.",
            )
        self.logits(np.zeros((2, need.size, need.size, need.channels), np.uint8))

    @property
    def card(self) -> ModelCard:
        """Labels, preprocessing and calibration to use it with."""
        return self._card

    def logits(self, faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """(n, size, size, channels) uint8 in, (n, labels) out."""
        try:
            return run_session(self._session, faces)
        except Exception as error:  # noqa: BLE001 - its errors have no common class
            raise BundleError(
                f"The model could not answer ({type(error).__name__}).",
                "Export or download it again.",
            ) from None


def run_session(session: Any, faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Runs a session with one input and one output, of (n, labels), on faces.

    Some nets have the size of their batch written into them: they get just so many faces, the last
    of them repeated where there are fewer.

    Raises:
        Exception: ONNX Runtime's errors have no common class.
    """
    (source,), (target,) = session.get_inputs(), session.get_outputs()
    fixed = source.shape[0] if isinstance(source.shape[0], int) else 0

    def run(batch: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        missing = max(0, fixed - len(batch))
        filled = np.concatenate([batch, batch[-1:].repeat(missing, axis=0)]) if missing else batch
        outputs = np.asarray(session.run(None, {source.name: filled})[0], np.float32)
        return outputs[: len(batch)]

    return in_batches(run, faces, fixed or _BATCH, target.shape[1])


def load_session(model: bytes) -> Any:
    """A session for a model on the CPU, one thread a call.

    Raises:
        BundleError: it cannot be loaded.
    """
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    # Photos, not layers, are spread over the cores.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _QUIET
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception:  # noqa: BLE001 - its errors have no common class
        raise BundleError(
            "The model inside the file cannot be loaded.", "Export or download it again."
        ) from None
