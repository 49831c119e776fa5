"""Classification through LiteRT: no TensorFlow, about 0.1 s to load."""

from __future__ import annotations

import tempfile
import threading
from collections import defaultdict
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.domain.model import ModelCard
from emotion_desktop.engines.bundle import Bundle
from emotion_desktop.engines.classifier import in_batches
from emotion_desktop.engines.quiet_litert import without_notice
from emotion_desktop.engines.table import LITERT

#: Faces per call: more at once are no faster.
_BATCH: Final = 16


def from_keras(model: Any) -> dict[str, bytes]:
    """The LiteRT form of a Keras model, by its name in a bundle."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, LITERT)
        with redirect_stdout(StringIO()):  # the converter prints
            model.export(file, format="litert", verbose=False)
        return {LITERT: file.read_bytes()}


class LiteRTClassifier:
    """The LiteRT form of a bundle's model.

    An interpreter serves one thread at a time: there are as many, of each size of batch, as
    threads ever asked at once.

    Raises:
        BundleError: the model cannot be loaded, or does not fit its description.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._card = bundle.card
        self._model = bundle.read(LITERT)
        self._lock = threading.Lock()
        self._idle: defaultdict[int, list[_Interpreter]] = defaultdict(list)
        try:
            first = _Interpreter(self._model)
            self._check(first.inputs, first.outputs)
            fixed = int(first.inputs[0]["shape_signature"][0])
            #: Faces that it takes at once, no more and no fewer; 0 where that may vary.
            self._fixed = max(fixed, 0)
            self._try_out()
        except (ValueError, RuntimeError):
            raise BundleError(
                "The model inside the file cannot be loaded.", "Export or download it again."
            ) from None

    def _try_out(self) -> None:
        """Many a damaged model loads, and fails only when it is asked, or asked for another n."""
        need = self._card.preprocessing
        for count in (2, 1):
            self.logits(np.zeros((count, need.size, need.size, need.channels), np.uint8))

    def _check(self, inputs: list[dict[str, Any]], outputs: list[dict[str, Any]]) -> None:
        need = self._card.preprocessing
        fits = (
            len(inputs) == len(outputs) == 1
            and inputs[0]["dtype"] is np.uint8
            and tuple(inputs[0]["shape_signature"][1:]) == (need.size, need.size, need.channels)
            and outputs[0]["dtype"] is np.float32
            and tuple(outputs[0]["shape_signature"][1:]) == (len(self._card.labels),)
        )
        if not fits:
            raise BundleError(
                "The model inside the file does not fit its description.",
                "Export or download it again.",
            )

    @property
    def card(self) -> ModelCard:
        """Labels, preprocessing and calibration to use it with."""
        return self._card

    def logits(self, faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """(n, size, size, channels) uint8 in, (n, labels) out."""
        most = self._fixed or _BATCH
        return in_batches(self._run_batch, faces, most, len(self._card.labels))

    def _run_batch(self, faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """A few faces, filled up to the next power of two: that many sizes are ever laid out."""
        count = self._fixed or 1 << (len(faces) - 1).bit_length()
        if count > len(faces):
            filled = np.zeros((count, *faces.shape[1:]), np.uint8)
            filled[: len(faces)] = faces
        else:
            filled = faces
        with self._lock:
            idle = self._idle[count]
            interpreter = idle.pop() if idle else None
        interpreter = interpreter or _Interpreter(self._model, filled.shape)
        try:
            return interpreter.run(filled)[: len(faces)]
        finally:
            with self._lock:
                self._idle[count].append(interpreter)


class _Interpreter:
    """LiteRT's interpreter, laid out for one size of batch and one thread.

    Photos, not layers, are spread over the cores; laying out anew costs more than it answers in.
    """

    def __init__(self, model: bytes, shape: tuple[int, ...] | None = None) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_content=model, num_threads=1)
        self.inputs: list[dict[str, Any]] = self._interpreter.get_input_details()
        self.outputs: list[dict[str, Any]] = self._interpreter.get_output_details()
        if shape is not None:
            self._interpreter.resize_tensor_input(self.inputs[0]["index"], shape)
            with without_notice():
                self._interpreter.allocate_tensors()

    def run(self, faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """As many faces as it is laid out for."""
        self._interpreter.set_tensor(self.inputs[0]["index"], faces)
        self._interpreter.invoke()
        return np.array(self._interpreter.get_tensor(self.outputs[0]["index"]))
