"""Nets read before their last layer: the penultimate features."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.engines.bundle import Bundle
from emotion_desktop.engines.onnx_runtime import load_session
from emotion_desktop.engines.quiet_litert import without_notice
from emotion_desktop.engines.table import ENGINES

Floats = npt.NDArray[np.float32]


class PenultimateNet(Protocol):
    """A net that is read before its last layer, by one thread at a time."""

    def run(self, face: npt.NDArray[np.uint8]) -> Floats:
        """(1, size, size, channels) in, (1, features) out."""


def open_penultimate(bundle: Bundle) -> PenultimateNet:
    """The net of a bundle, in the first of its engines that lets anybody look into it.

    Raises:
        BundleError: the net cannot be loaded, or looked into.
    """
    for name in bundle.engines:
        make = ENGINES[name].penultimate
        if make is not None:
            return make(bundle)
    raise _no_penultimate_layer()


class LiteRTFeatures:
    """LiteRT's interpreter for one face at a time, read at its output or before its last layer.

    Raises:
        BundleError: the net cannot be loaded, or has no last layer.
    """

    def __init__(self, model: bytes, whole: bool) -> None:
        from ai_edge_litert.interpreter import Interpreter, OpResolverType

        try:
            self._interpreter = Interpreter(
                model_content=model,
                num_threads=1,
                # Delegates keep what is between the layers to themselves.
                experimental_op_resolver_type=OpResolverType.AUTO
                if whole
                else OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
                experimental_preserve_all_tensors=not whole,
            )
            with without_notice():
                self._interpreter.allocate_tensors()
            self._input: int = self._interpreter.get_input_details()[0]["index"]
            output: int = self._interpreter.get_output_details()[0]["index"]
            self._read = output if whole else self._before_last(output)
        except (ValueError, RuntimeError):
            raise _no_penultimate_layer() from None

    def _before_last(self, output: int) -> int:
        """The tensor that the last layer with weights takes in."""
        operations: list[dict[str, Any]] = self._interpreter._get_ops_details()
        wanted = output
        for operation in reversed(operations):
            if wanted in operation["outputs"]:
                wanted = int(operation["inputs"][0])
                if operation["op_name"] in ("FULLY_CONNECTED", "CONV_2D"):
                    return wanted
        raise _no_penultimate_layer()

    def run(self, face: npt.NDArray[np.uint8]) -> Floats:
        """(1, features)."""
        self._interpreter.set_tensor(self._input, face)
        self._interpreter.invoke()
        return np.array(self._interpreter.get_tensor(self._read), np.float32).reshape(1, -1)


class OnnxFeatures:
    """ONNX Runtime's session for one face at a time, read before the net's last layer.

    Raises:
        BundleError: the net cannot be loaded, or has no last layer.
    """

    def __init__(self, model: bytes) -> None:
        import onnx

        try:
            made = onnx.load_from_string(model)
        except Exception:  # noqa: BLE001 - protobuf raises whatever comes
            raise _no_penultimate_layer() from None
        self._read = _before_last(made.graph)
        del made.graph.output[:]
        made.graph.output.append(onnx.ValueInfoProto(name=self._read))
        self._session = load_session(made.SerializeToString())
        self._input: str = self._session.get_inputs()[0].name

    def run(self, face: npt.NDArray[np.uint8]) -> Floats:
        """(1, features)."""
        (found,) = self._session.run([self._read], {self._input: face})
        return np.asarray(found, np.float32).reshape(1, -1)


def _before_last(graph: Any) -> str:
    """The value that the last layer with weights takes in."""
    weights = {item.name for item in graph.initializer}
    makers = {name: node for node in graph.node for name in node.output}
    wanted = graph.output[0].name
    while wanted in makers:
        node = makers[wanted]
        wanted = next((name for name in node.input if name not in weights), "")
        if node.op_type in ("Gemm", "MatMul", "Conv"):
            return str(wanted)
    raise _no_penultimate_layer()


def _no_penultimate_layer() -> BundleError:
    return BundleError(
        "The model inside the file cannot be looked into.", "Export or download it again."
    )
