"""The graph in a LiteRT file, and steps put before and behind it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.domain.external_model import ExternalInput, Output
from emotion_desktop.training.external.pixels import SMALLEST, first_line

_SIGN: Final = b"TFL3"
#: Operations that pass on what they are given.
_TRANSPARENT: Final = ("QUANTIZE", "DEQUANTIZE", "CAST", "RESHAPE", "SQUEEZE")
_ENDS: Final = {
    **dict.fromkeys(("SOFTMAX", "LOGISTIC"), Output.PROBABILITIES),
    **dict.fromkeys(("FULLY_CONNECTED", "CONV_2D", "ADD", "LOG_SOFTMAX"), Output.LOGITS),
}
_BEGIN_SIZE: Final = 1 << 20


class LiteRTGraph:
    """The first graph of a model, as flatbuffers' objects.

    Raises:
        BundleError: it cannot be read.
    """

    def __init__(self, data: bytes) -> None:
        from ai_edge_litert import schema_py_generated as schema

        self._schema = schema
        try:
            self._model: Any = schema.ModelT.InitFromPackedBuf(data, 0)
            self._graph = self._model.subgraphs[0]
            self._input, self._output = int(self._graph.inputs[0]), int(self._graph.outputs[0])
        except Exception as error:
            # flatbuffers raises whatever comes.
            raise BundleError(
                f"The LiteRT file cannot be read ({first_line(error)}).", "Convert the model again."
            ) from error
        kinds = schema.BuiltinOperator
        self._names = {value: name for name, value in vars(kinds).items() if isinstance(value, int)}

    @property
    def ends_in(self) -> Output:
        """What its numbers are, by its last operation."""
        makers = {int(out): op for op in self._graph.operators for out in op.outputs}
        value = self._output
        for _ in makers:  # no circle is gone round for ever
            operator = makers.get(value)
            if operator is None:
                break
            name = self._name(operator)
            if name not in _TRANSPARENT:
                return _ENDS.get(name, Output.UNKNOWN)
            value = int(operator.inputs[0])
        return Output.UNKNOWN

    @property
    def is_quantised(self) -> bool:
        """Whether it calculates in 8 bits."""
        eight = (self._schema.TensorType.INT8, self._schema.TensorType.UINT8)
        made = {int(out) for op in self._graph.operators for out in op.outputs}
        return any(self._graph.tensors[number].type in eight for number in made)

    def take_pictures(self, external_input: ExternalInput, several: bool) -> None:
        """Puts the scaling of pictures before the graph: (n, size, size, channels) uint8 come.

        Args:
            several: n may vary; else it is 1.
        """
        need, kinds = external_input.preprocessing, self._schema.TensorType
        shape = [1, need.size, need.size, need.channels]
        signature = [-1 if several else 1, *shape[1:]]
        kernel, bias = external_input.linear()
        weights = np.array(kernel, np.float32).T[:, None, None, :]
        faces = self._tensor("faces", shape, kinds.UINT8, signature)
        floats = self._tensor("as_floats", shape, kinds.FLOAT32, signature)
        given = self._graph.tensors[self._input]
        given.shape, given.shapeSignature = shape, signature
        before = [self._operator("CAST", [faces], floats)]
        is_float = given.type == kinds.FLOAT32
        scaled = self._input if is_float else self._tensor("x", shape, kinds.FLOAT32, signature)
        constants = [self._constant("kernel", weights), self._constant("bias", np.array(bias))]
        before.append(self._operator("CONV_2D", [floats, *constants], scaled, self._plain_conv()))
        if not is_float:
            has_scale = given.quantization is not None and given.quantization.scale is not None
            step = "QUANTIZE" if has_scale else "CAST"
            before.append(self._operator(step, [scaled], self._input))
        self._graph.operators = [*before, *self._graph.operators]
        self._graph.inputs = [faces]

    def give_logits(self, probabilities: bool) -> None:
        """Puts a logarithm behind the graph, if it gives probabilities; float32 comes out."""
        kinds = self._schema.TensorType
        said = self._graph.tensors[self._output]
        value, shape = self._output, list(said.shape)
        signature = shape if said.shapeSignature is None else list(said.shapeSignature)
        if said.type != kinds.FLOAT32:
            has_scale = said.quantization is not None and said.quantization.scale is not None
            step = "DEQUANTIZE" if has_scale else "CAST"
            value = self._append(step, [value], shape, signature)
        if probabilities:
            least = self._constant("least", np.array(SMALLEST))
            value = self._append("MAXIMUM", [value, least], shape, signature)
            value = self._append("LOG", [value], shape, signature)
        self._graph.outputs = [value]

    def packed(self) -> bytes:
        """The bytes of a LiteRT file."""
        import flatbuffers

        self._model.signatureDefs = []  # they name the former input and output
        builder = flatbuffers.Builder(_BEGIN_SIZE)
        builder.Finish(self._model.Pack(builder), _SIGN)
        return bytes(builder.Output())

    def _name(self, operator: Any) -> str:
        code = self._model.operatorCodes[operator.opcodeIndex]
        return str(self._names.get(max(code.builtinCode, code.deprecatedBuiltinCode), ""))

    def _append(self, step: str, inputs: list[int], shape: list[int], signature: list[int]) -> int:
        out = self._tensor(step.lower(), shape, self._schema.TensorType.FLOAT32, signature)
        self._graph.operators.append(self._operator(step, inputs, out))
        return out

    def _tensor(
        self, name: str, shape: list[int], kind: int, signature: list[int] | None = None
    ) -> int:
        tensor = self._schema.TensorT()
        tensor.name, tensor.type = f"emotion_desktop/{name}".encode(), kind
        tensor.shape, tensor.shapeSignature = shape, signature
        tensor.buffer = 0  # the empty one
        self._graph.tensors.append(tensor)
        return len(self._graph.tensors) - 1

    def _constant(self, name: str, values: npt.NDArray[Any]) -> int:
        number = self._tensor(name, list(values.shape), self._schema.TensorType.FLOAT32)
        buffer = self._schema.BufferT()
        buffer.data = np.frombuffer(values.astype("<f4").tobytes(), np.uint8)
        self._model.buffers.append(buffer)
        self._graph.tensors[number].buffer = len(self._model.buffers) - 1
        return number

    def _operator(self, name: str, inputs: list[int], output: int, options: Any = None) -> Any:
        schema = self._schema
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        code.version = 1
        self._model.operatorCodes.append(code)
        made = schema.OperatorT()
        made.opcodeIndex = len(self._model.operatorCodes) - 1
        made.inputs, made.outputs = inputs, [output]
        if options is not None:
            made.builtinOptions = options
            made.builtinOptionsType = schema.BuiltinOptions.Conv2DOptions
        return made

    def _plain_conv(self) -> Any:
        options = self._schema.Conv2DOptionsT()
        options.padding = self._schema.Padding.VALID
        options.strideW = options.strideH = 1
        options.dilationWFactor = options.dilationHFactor = 1
        return options
