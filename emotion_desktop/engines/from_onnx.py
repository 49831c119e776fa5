"""ONNX models that were made elsewhere: looked into, and wrapped so that they take pictures as they
come: (n, size, size, channels) uint8 in, logits out."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.domain.external_model import ExternalInput, ExternalModel, Output
from emotion_desktop.domain.text import counted
from emotion_desktop.engines.onnx_problems import check_runs, too_large, wrong_size
from emotion_desktop.engines.onnx_runtime import load_session, run_session
from emotion_desktop.engines.table import ONNX

_FACES: Final = "faces"
_LOGITS: Final = "logits"
_SMALLEST: Final = 1e-7
_PREFIX: Final = "external/"
#: A net that takes just so many pictures is given as many for each photo: there is a limit to it.
_MOST_AT_ONCE: Final = 64
#: From here on a file's weights need not be listed among its inputs.
_IR: Final = 4
#: Older operators add up only what has the same shape.
_OLDEST: Final = 7
#: What an older file is rewritten for.
_REWRITTEN: Final = 9
#: Operators that pass on what they are given, 8 bits for floating point numbers say.
_TRANSPARENT: Final = frozenset(
    {
        *("Identity", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Dropout"),
        *("QuantizeLinear", "DequantizeLinear"),
    }
)
_ENDS: Final = {
    **dict.fromkeys(("Softmax", "QLinearSoftmax", "Sigmoid", "QLinearSigmoid"), "probabilities"),
    **dict.fromkeys(("Gemm", "MatMul", "Add", "Conv", "QLinearMatMul", "QGemm"), "logits"),
    **dict.fromkeys(("QLinearAdd", "QLinearConv", "LogSoftmax"), "logits"),
}


class ExternalOnnx:
    """An ONNX model as it was given.

    Raises:
        BundleError: it cannot be read, or is none that names expressions in pictures.
    """

    def __init__(self, path: Path) -> None:
        import onnx

        try:
            self._model: Any = onnx.load(str(path))
        except Exception as error:
            # onnx and protobuf raise whatever comes.
            raise BundleError(
                "This ONNX file cannot be read.",
                "Export it again, in one file, or keep its data file beside it.",
            ) from error
        self._model = _modernised(self._model)
        check_runs(self._model)
        graph = self._model.graph
        given = {item.name for item in graph.initializer}
        inputs = [item for item in graph.input if item.name not in given]
        if len(inputs) != 1 or len(graph.output) != 1:
            raise BundleError(
                f"The model has {counted(len(inputs), 'input')} and "
                f"{counted(len(graph.output), 'output')}.",
                "Only models with one picture in and one answer out can be used.",
            )
        self._input, self._output = inputs[0], graph.output[0]
        self._first, shape = self._layout()
        whole = self._input.type.tensor_type.elem_type not in _floats()
        self.about = ExternalModel("onnx", self._classes(), shape[0], shape[1], whole)
        self.output = _output_of(self._model)
        self.exact = not any(_is_8_bit(node.op_type) for node in graph.node)

    def _layout(self) -> tuple[bool, tuple[int | None, int]]:
        """Whether channels come first, then side and channels."""
        kind = self._input.type.tensor_type
        dims = [dim.dim_value or None for dim in kind.shape.dim]
        if kind.elem_type not in (*_floats(), *_wholes()) or len(dims) != 4:
            raise BundleError(
                "The model does not take pictures.",
                "It should take numbers of (n, channels, height, width), or (n, height, width, "
                "channels).",
            )
        if (dims[0] or 1) > _MOST_AT_ONCE:
            raise BundleError(
                f"The model takes {dims[0]:,} pictures at a time, neither more nor fewer.",
                "Export it with a first dimension that may vary.",
            )
        self._batch: int | str = dims[0] or "n"
        first = dims[1] in (1, 3) and dims[3] not in (1, 3)
        channels = dims[1] if first else dims[3]
        height, width = (dims[2], dims[3]) if first else (dims[1], dims[2])
        if channels not in (1, 3) or height != width:
            raise BundleError(
                "The model does not take square pictures in grey or colour.",
                "It was made for something else.",
            )
        return first, (height, channels)

    def _classes(self) -> int:
        dims = [dim.dim_value or None for dim in self._output.type.tensor_type.shape.dim]
        if len(dims) != 2 or dims[1] is None:
            raise BundleError(
                "The model does not say how many classes it tells apart.",
                "Export it with an output of (n, classes).",
            )
        return int(dims[1])

    def files(self, external_input: ExternalInput, probabilities: bool) -> dict[str, bytes]:
        """The files of a bundle; it cannot be trained further.

        Raises:
            BundleError: the parts do not fit together.
        """
        return {ONNX: self.wrapped(external_input, probabilities)}

    def wrapped(self, external_input: ExternalInput, probabilities: bool) -> bytes:
        """The bytes of an ONNX file that takes faces and gives logits.

        Args:
            probabilities: the model ends in a softmax, whose logarithm is taken.

        Raises:
            BundleError: the parts do not fit together.
        """
        from onnx import TensorProto, compose, helper, numpy_helper

        inner = compose.add_prefix(self._model, _PREFIX)
        graph = inner.graph
        entrance, exit_ = f"{_PREFIX}{self._input.name}", f"{_PREFIX}{self._output.name}"
        need = external_input.preprocessing
        kernel, bias = external_input.linear()
        weights = {
            # ONNX's convolution has (to, from, height, width).
            "kernel": np.array(kernel, np.float32).T[:, :, None, None],
            "bias": np.array(bias, np.float32),
        }
        before = [
            helper.make_node("Cast", [_FACES], ["floats"], to=TensorProto.FLOAT),
            helper.make_node("Transpose", ["floats"], ["channels_first"], perm=[0, 3, 1, 2]),
            helper.make_node("Conv", ["channels_first", "kernel", "bias"], ["scaled"]),
        ]
        if not self._first:
            before.append(
                helper.make_node("Transpose", ["scaled"], ["channels_last"], perm=[0, 2, 3, 1])
            )
        # float32 becomes what the model wants, and what it says float32.
        wanted = self._input.type.tensor_type.elem_type
        before.append(helper.make_node("Cast", list(before[-1].output), [entrance], to=wanted))
        after = [helper.make_node("Cast", [exit_], ["said"], to=TensorProto.FLOAT)]
        if probabilities:
            weights["smallest"] = np.array(_SMALLEST, np.float32)
            # Old operator sets broadcast a sum, but no maximum.
            after += [
                helper.make_node("Add", ["said", "smallest"], ["positive"]),
                helper.make_node("Log", ["positive"], [_LOGITS]),
            ]
        else:
            after.append(helper.make_node("Identity", ["said"], [_LOGITS]))
        shape = [self._batch, need.size, need.size, need.channels]
        told = [self._batch, self.about.classes]
        made = helper.make_graph(
            [*before, *graph.node, *after],
            "wrapped",
            [helper.make_tensor_value_info(_FACES, TensorProto.UINT8, shape)],
            [helper.make_tensor_value_info(_LOGITS, TensorProto.FLOAT, told)],
            [
                *graph.initializer,
                *(numpy_helper.from_array(array, name) for name, array in weights.items()),
            ],
        )
        model = helper.make_model(
            made, opset_imports=list(inner.opset_import), functions=list(inner.functions)
        )
        model.ir_version = max(inner.ir_version, _IR)
        return bytes(model.SerializeToString())

    def outputs(
        self, faces: npt.NDArray[np.uint8], external_input: ExternalInput
    ) -> npt.NDArray[np.float32]:
        """What it says of faces, as it says it: logits or probabilities.

        Raises:
            BundleError: it cannot be run on pictures of that size, or on several of them.
        """
        model = self.wrapped(external_input, probabilities=False)
        try:
            session = load_session(model)
        except BundleError as error:
            # As it was given it can be loaded: the size is what is new.
            raise (too_large(error) or wrong_size(external_input.preprocessing.size)) from error
        try:
            return run_session(session, faces)
        except Exception as error:
            # ONNX Runtime's errors have no common class.
            raise (too_large(error) or _problem(session, faces[:1])) from error


def _floats() -> tuple[int, ...]:
    from onnx import TensorProto

    return TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE


def _wholes() -> tuple[int, ...]:
    from onnx import TensorProto

    return TensorProto.UINT8, TensorProto.INT32, TensorProto.INT64


def _modernised(model: Any) -> Any:
    """The same model in operators that what is put around it goes with.

    Raises:
        BundleError: it cannot be rewritten.
    """
    from onnx import version_converter

    version = next((item.version for item in model.opset_import if not item.domain), _OLDEST)
    if version >= _OLDEST:
        return model
    try:
        return version_converter.convert_version(model, _REWRITTEN)
    except Exception as error:
        # The converter's errors have no common class.
        raise BundleError(
            f"The model is written for an old ONNX (opset {version}), and cannot be rewritten for "
            "a newer one.",
            f"Export it with opset {_OLDEST} or a newer one.",
        ) from error


def _is_8_bit(operator: str) -> bool:
    return "Quant" in operator or "QLinear" in operator or operator.endswith("Integer")


def _output_of(model: Any) -> Output:
    """What a model's numbers are, by its last operator."""
    makers = {name: node for node in model.graph.node for name in node.output}
    value = model.graph.output[0].name
    for _ in makers:  # no circle is gone round for ever
        node = makers.get(value)
        if node is None:
            break
        if node.op_type not in _TRANSPARENT:
            return Output(_ENDS.get(node.op_type, Output.UNKNOWN))
        value = node.input[0]
    return Output.UNKNOWN


def _problem(session: Any, face: npt.NDArray[np.uint8]) -> BundleError:
    """Why it cannot be run on faces of which this is one."""
    try:
        run_session(session, face)
    except Exception:  # noqa: BLE001 - as above
        return wrong_size(face.shape[1])
    return BundleError(
        "The model says that it takes several pictures at a time, but does not.",
        "Export it with a first dimension that may vary.",
    )
