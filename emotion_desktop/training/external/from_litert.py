"""LiteRT (.tflite) models of other programs: run as they are, and given what this program's have.

That is an input of pictures as they come and an output of logits. Worker process only: a damaged
file makes LiteRT crash.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.domain.external_model import ExternalInput, ExternalModel, Output
from emotion_desktop.engines.onnx_problems import wrong_size
from emotion_desktop.engines.table import LITERT
from emotion_desktop.training.external.litert_graph import LiteRTGraph
from emotion_desktop.training.external.pixels import describe_shapes, first_line, one_in_one_out

_SIGN: Final = b"TFL3"
_MAX_BYTES: Final = 512 << 20


class ExternalLiteRT:
    """A .tflite file.

    Raises:
        BundleError: it cannot be loaded, or names no expressions in pictures.
    """

    def __init__(self, path: Path) -> None:
        self._model = _read(path)
        try:
            interpreter = _interpreter(self._model)
            inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
            interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise BundleError(
                f"LiteRT cannot load this model ({first_line(error)}).",
                "Convert it with the built-in operations of LiteRT alone, or export it to ONNX.",
            ) from error
        one_in_one_out(len(inputs), len(outputs))
        self._input, self._output = inputs[0], outputs[0]
        kind, (scale, _) = self._input["dtype"], self._input["quantization"]
        if kind not in (np.float32, np.uint8, np.int8):
            raise BundleError(
                "The model does not take pictures as float32 or 8-bit numbers.",
                "Convert it with an input of float32.",
            )
        whole = kind is np.uint8 and not scale
        self.about: ExternalModel = describe_shapes(
            "litert",
            _free(self._input["shape_signature"]),
            _free(self._output["shape_signature"]),
            whole,
        )
        graph = LiteRTGraph(self._model)
        self.output: Output = graph.ends_in
        self.exact: bool = not graph.is_quantised

    def outputs(
        self, faces: npt.NDArray[np.uint8], external_input: ExternalInput
    ) -> npt.NDArray[np.float32]:
        """What it says of faces, as it says it.

        Raises:
            BundleError: it cannot be run on pictures of that size.
        """
        kernel, bias = external_input.linear()
        pixels = faces.astype(np.float32) @ np.array(kernel, np.float32) + np.array(
            bias, np.float32
        )
        interpreter = _interpreter(self._model)
        need = external_input.preprocessing
        number = self._input["index"]
        try:
            interpreter.resize_tensor_input(number, [1, need.size, need.size, need.channels])
            interpreter.allocate_tensors()
            said = []
            for picture in pixels:
                interpreter.set_tensor(number, _quantised(picture[None], self._input))
                interpreter.invoke()
                said.append(_real(interpreter.get_tensor(self._output["index"]), self._output))
        except (ValueError, RuntimeError) as error:
            raise wrong_size(need.size) from error
        return np.concatenate(said)

    def files(self, external_input: ExternalInput, probabilities: bool) -> dict[str, bytes]:
        """The files of a bundle: its LiteRT form alone, so it cannot be trained further.

        Raises:
            BundleError: it cannot be taken over.
        """
        graph = LiteRTGraph(self._model)
        graph.take_pictures(external_input, several=self._takes_several(external_input))
        graph.give_logits(probabilities)
        return {LITERT: graph.packed()}

    def _takes_several(self, external_input: ExternalInput) -> bool:
        """Whether it can be laid out for several pictures: many have one written into them."""
        need = external_input.preprocessing
        interpreter = _interpreter(self._model)
        try:
            interpreter.resize_tensor_input(
                self._input["index"], [2, need.size, need.size, need.channels]
            )
            interpreter.allocate_tensors()
            interpreter.invoke()
        except (ValueError, RuntimeError):
            return False
        return bool(interpreter.get_tensor(self._output["index"]).shape[0] == 2)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_MAX_BYTES + 1)
    if data[4:8] != _SIGN:
        raise BundleError("This is no LiteRT file, or a damaged one.", "Convert the model again.")
    if len(data) > _MAX_BYTES:
        raise BundleError("The model is too large to be loaded safely.", "Choose a smaller one.")
    return data


def _interpreter(model: bytes) -> Any:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    # Without delegates: the reference, and nothing that greets.
    return Interpreter(
        model_content=model,
        num_threads=1,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )


def _free(shape: Any) -> tuple[int | None, ...]:
    return tuple(int(side) if side > 0 else None for side in shape)


def _quantised(pixels: npt.NDArray[np.float32], details: dict[str, Any]) -> npt.NDArray[Any]:
    kind, (scale, zero) = details["dtype"], details["quantization"]
    if kind is np.float32:
        return pixels
    limits = np.iinfo(kind)
    values = pixels / scale + zero if scale else pixels
    return np.asarray(np.clip(np.round(values), limits.min, limits.max), kind)


def _real(said: npt.NDArray[Any], details: dict[str, Any]) -> npt.NDArray[np.float32]:
    scale, zero = details["quantization"]
    values = said.astype(np.float32)
    return (values - zero) * np.float32(scale) if scale else values
