"""From MXNet's symbol and parameters to an ONNX graph that takes pictures as they come.

The graph begins with what every net of this program begins with: (n, size, size, channels) uint8
pictures in, rescaling inside. It ends at the logits. Everything is computed in float32, parameters
kept in float16 too. Shapes are followed along the way, so that what does not fit is said here, in a
sentence, and not by the engine.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.engines.mxnet.params import Array
from emotion_desktop.engines.mxnet.shapes import Attributes, Window, refuse, slide
from emotion_desktop.engines.mxnet.symbol import Graph, Node

FACES: Final = "faces"
LOGITS: Final = "logits"
_OPSET: Final = 13
_IR: Final = 8
_Shape = tuple[int, ...]
_ACTIVATIONS: Final[Mapping[str, str]] = {
    "relu": "Relu",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "softrelu": "Softplus",
    "softsign": "Softsign",
}
_ALIKE: Final = (
    *("_copy", "identity", "BlockGrad", "stop_gradient", "Dropout", "Cast", "amp_cast"),
)
_ADDITIONS: Final = ("elemwise_add", "_plus", "_Plus", "_add", "broadcast_add", "broadcast_plus")
_SCALARS: Final[Mapping[str, str]] = {
    "_mul_scalar": "Mul",
    "_MulScalar": "Mul",
    "_plus_scalar": "Add",
    "_PlusScalar": "Add",
    "_minus_scalar": "Sub",
    "_MinusScalar": "Sub",
    "_div_scalar": "Div",
    "_DivScalar": "Div",
}
#: A layer with more values than this, for one picture, is a mistake or an attack.
_MOST_VALUES: Final = 1 << 28
#: What MXNet begins a maximum with.
_LOWEST: Final = np.array(np.finfo(np.float32).min)


def convert(
    graph: Graph,
    params: Mapping[str, Array],
    shape: tuple[int, int, int],
    channels: int,
    labels: int,
) -> bytes:
    """The model as the bytes of an ONNX file: input ``faces``, output ``logits``.

    Args:
        shape: channels, height and width of the picture the net takes.
        channels: of the pictures that will come; grey ones are repeated for a net that takes
            three.
        labels: how many logits are expected.

    Raises:
        BundleError: a step is unknown, or something does not fit.
    """
    return _Conversion(graph, params).run(shape, channels, labels)


class _Conversion:
    def __init__(self, graph: Graph, params: Mapping[str, Array]) -> None:
        self._graph = graph
        self._params = params
        self._made: list[Any] = []
        self._kept: dict[str, npt.NDArray[Any]] = {}
        #: Per node: the name of its value, and its shape without the first dimension.
        self._values: dict[int, tuple[str, _Shape]] = {}

    def run(self, shape: tuple[int, int, int], channels: int, labels: int) -> bytes:
        self._begin(shape, channels)
        for number in self._graph.needed:
            node = self._graph.nodes[number]
            if node.op == "null":
                continue
            step = _STEPS.get(node.op)
            if step is None:
                raise refuse(node, "it has a step this program does not know")
            name, size = step(self, node, f"n{number}")
            if math.prod(size) > _MOST_VALUES:
                raise refuse(node, "a layer of it is larger than any picture needs")
            self._values[number] = (name, size)
        name, size = self._values[self._graph.logits]
        if size != (labels,):
            raise BundleError(
                f"The model names {size[0] if len(size) == 1 else math.prod(size)} classes, and "
                f"{labels} labels are given.",
                "Give one label per class, in the order it was trained with.",
            )
        self._node("Identity", [name], LOGITS)
        return self._finish(shape, channels, labels)

    def _begin(self, shape: tuple[int, int, int], channels: int) -> None:
        if channels not in (1, shape[0]):
            raise BundleError(
                f"The model takes pictures of {shape[0]} channels, not of {channels}."
            )
        picture = next(
            n
            for n in self._graph.needed
            if self._graph.nodes[n].op == "null"
            and self._graph.nodes[n].name == self._graph.picture
        )
        name = self._node("Cast", [FACES], "as_floats", to=1)
        name = self._node("Transpose", [name], "channels_first", perm=[0, 3, 1, 2])
        if channels < shape[0]:
            name = self._node("Concat", [name] * shape[0], "repeated", axis=1)
        self._values[picture] = (name, shape)

    # -- what the steps use --------------------------------------------------------------------

    def _node(self, op: str, inputs: list[str], output: str, **attributes: Any) -> str:
        from onnx import helper

        self._made.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def _add_initializer(self, name: str, array: npt.NDArray[Any]) -> str:
        self._kept[name] = np.asarray(array, order="C")
        return name

    def input(self, node: Node, position: int = 0) -> tuple[str, _Shape]:
        """The value a step takes, which is no parameter."""
        try:
            return self._values[node.inputs[position]]
        except (IndexError, KeyError):
            raise refuse(node, "an input of it is missing") from None

    def picture(self, node: Node) -> tuple[str, tuple[int, int, int]]:
        """A value with channels, height and width."""
        name, shape = self.input(node)
        if len(shape) != 3:
            raise refuse(node, "it expects a picture and gets something else")
        return name, (shape[0], shape[1], shape[2])

    def parameter(self, node: Node, position: int, shape: _Shape) -> npt.NDArray[np.float32]:
        """A parameter that must have a certain shape, and finite values, as float32."""
        try:
            name = self._graph.nodes[node.inputs[position]].name
            array = self._params[name]
        except (IndexError, KeyError):
            raise refuse(node, "a parameter of it is missing") from None
        if array.shape != shape or array.dtype.kind != "f":
            raise refuse(node, f"the parameter {name} is not of the size it should have")
        # What leaves float32's range becomes infinite, and is refused as such.
        with np.errstate(over="ignore"):
            values = array.astype(np.float32)
        if not np.isfinite(values).all():
            raise refuse(node, f"the parameter {name} holds values that are no numbers")
        return values

    def _finish(self, shape: tuple[int, int, int], channels: int, labels: int) -> bytes:
        from onnx import TensorProto, helper, numpy_helper

        graph = helper.make_graph(
            self._made,
            "from MXNet",
            [
                helper.make_tensor_value_info(
                    FACES, TensorProto.UINT8, ["n", shape[1], shape[2], channels]
                )
            ],
            [helper.make_tensor_value_info(LOGITS, TensorProto.FLOAT, ["n", labels])],
            [numpy_helper.from_array(array, name) for name, array in self._kept.items()],
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", _OPSET)],
            ir_version=_IR,
            producer_name="Emotion Desktop",
        )
        return bytes(model.SerializeToString(deterministic=True))

    # -- the steps -----------------------------------------------------------------------------

    def convolution(self, node: Node, out: str) -> tuple[str, _Shape]:
        name, (channels, height, width) = self.picture(node)
        get = Attributes(node)
        if get.text("layout", "None") not in ("None", "NCHW"):
            raise refuse(node, "it keeps its channels last")
        kernel = get.pair("kernel", (0, 0), 1)
        stride = get.pair("stride", (1, 1), 1)
        dilate = get.pair("dilate", (1, 1), 1)
        pad = get.pair("pad", (0, 0), 0)
        filters, groups = get.whole("num_filter", 0), get.whole("num_group", 1)
        if filters < 1 or groups < 1 or channels % groups or filters % groups or 0 in kernel:
            raise refuse(node, "its filters do not fit")
        wide = [dilate[i] * (kernel[i] - 1) + 1 for i in (0, 1)]
        down = slide(height, wide[0], stride[0], pad[0], "valid")
        across = slide(width, wide[1], stride[1], pad[1], "valid")
        if down is None or across is None:
            raise refuse(node, "the picture is too small for it")
        weight = self.parameter(node, 1, (filters, channels // groups, *kernel))
        inputs = [name, self._add_initializer(f"{out}_weight", weight)]
        if not get.flag("no_bias", False):
            inputs.append(self._add_initializer(f"{out}_bias", self.parameter(node, 2, (filters,))))
        self._node(
            "Conv",
            inputs,
            out,
            kernel_shape=list(kernel),
            strides=list(stride),
            dilations=list(dilate),
            group=groups,
            pads=[pad[0], pad[1], pad[0], pad[1]],
        )
        return out, (filters, down.count, across.count)

    def batch_norm(self, node: Node, out: str) -> tuple[str, _Shape]:
        name, shape = self.input(node)
        get = Attributes(node)
        if get.whole("axis", 1) != 1 or not shape:
            raise refuse(node, "it normalises along another axis than the channels")
        size = (shape[0],)
        gamma = self.parameter(node, 1, size)
        if get.flag("fix_gamma", True):
            gamma = np.ones(size, np.float32)
        rest = {
            "beta": self.parameter(node, 2, size),
            "mean": self.parameter(node, 3, size),
            "var": self.parameter(node, 4, size),
        }
        if (rest["var"] < 0).any():
            raise refuse(node, "a variance in it is negative")
        inputs = [name, self._add_initializer(f"{out}_gamma", gamma)]
        inputs += [self._add_initializer(f"{out}_{key}", value) for key, value in rest.items()]
        epsilon = get.number("eps", 1e-3)
        if epsilon < 0:
            raise refuse(node, "its eps is negative")
        self._node("BatchNormalization", inputs, out, epsilon=epsilon)
        return out, shape

    def activation(self, node: Node, out: str) -> tuple[str, _Shape]:
        name, shape = self.input(node)
        kind = Attributes(node).text("act_type", "")
        if kind not in _ACTIVATIONS:
            raise refuse(node, f"it activates by {kind[:20]}")
        return self._node(_ACTIVATIONS[kind], [name], out), shape

    def relu(self, node: Node, out: str) -> tuple[str, _Shape]:
        name, shape = self.input(node)
        return self._node("Relu", [name], out), shape

    def leaky_relu(self, node: Node, out: str) -> tuple[str, _Shape]:
        name, shape = self.input(node)
        get = Attributes(node)
        kind, slope = get.text("act_type", "leaky"), get.number("slope", 0.25)
        if kind not in ("leaky", "elu"):
            raise refuse(node, f"it activates by {kind[:20]}")
        op = "LeakyRelu" if kind == "leaky" else "Elu"
        return self._node(op, [name], out, alpha=slope), shape

    def pooling(self, node: Node, out: str) -> tuple[str, _Shape]:
        name, (channels, height, width) = self.picture(node)
        get = Attributes(node)
        kind = get.text("pool_type", "max")
        if kind not in ("max", "avg", "sum") or get.text("layout", "None") not in ("None", "NCHW"):
            raise refuse(node, f"it pools by {kind[:20]}")
        if get.flag("global_pool", False):
            op = "GlobalMaxPool" if kind == "max" else "GlobalAveragePool"
            pooled = self._node(op, [name], out)
            if kind == "sum":
                pooled = self._scaled(pooled, np.float32(height * width), f"{out}_sum")
            return pooled, (channels, 1, 1)
        convention = get.text("pooling_convention", "valid")
        if convention not in ("valid", "full"):
            raise refuse(node, f"it pools by the convention {convention[:20]}")
        kernel = get.pair("kernel", (0, 0), 1)
        stride = get.pair("stride", (1, 1), 1)
        pad = get.pair("pad", (0, 0), 0)
        if 0 in kernel or pad[0] >= kernel[0] or pad[1] >= kernel[1]:
            raise refuse(node, "its window does not fit")
        down = slide(height, kernel[0], stride[0], pad[0], convention)
        across = slide(width, kernel[1], stride[1], pad[1], convention)
        if down is None or across is None:
            raise refuse(node, "the picture is too small for it")
        shape = (channels, down.count, across.count)
        if kind == "max":
            self._pool("MaxPool", name, out, down, across)
            return out, shape
        self._pool("AveragePool", name, out, down, across, count_include_pad=1)
        area = kernel[0] * kernel[1]
        if kind == "sum":
            return self._scaled(out, np.float32(area), f"{out}_sum"), shape
        within = not get.flag("count_include_pad", True)
        counted = np.outer(down.counted(within), across.counted(within))
        if (counted == area).all():
            return out, shape
        scale = (area / counted).astype(np.float32)[None, None]
        return self._scaled(out, scale, f"{out}_mean"), shape

    def _pool(self, op: str, name: str, out: str, down: Window, across: Window, **more: int) -> str:
        # ONNX's own rounding up drops windows that begin in the padding; MXNet's does not.
        pads = [down.before, across.before, down.after, across.after]
        kernel = [down.kernel, across.kernel]
        if any(pad >= kernel[i % 2] for i, pad in enumerate(pads)):
            # More than ONNX lets a pooling add by itself.
            fill = _LOWEST if op == "MaxPool" else np.array(0, np.float32)
            around = np.array([0, 0, *pads[:2], 0, 0, *pads[2:]], np.int64)
            inputs = [
                name,
                self._add_initializer(f"{out}_pads", around),
                self._add_initializer(f"{out}_fill", fill),
            ]
            name, pads = self._node("Pad", inputs, f"{out}_padded"), [0] * 4
        return self._node(
            op,
            [name],
            out,
            kernel_shape=kernel,
            strides=[down.stride, across.stride],
            pads=pads,
            **more,
        )

    def _scaled(self, name: str, by: Any, out: str) -> str:
        return self._node("Mul", [name, self._add_initializer(f"{out}_by", np.asarray(by))], out)

    def addition(self, node: Node, out: str) -> tuple[str, _Shape]:
        first, shape = self.input(node)
        second, other = self.input(node, 1)
        if shape != other:
            raise refuse(node, "it adds two values of different shapes")
        return self._node("Add", [first, second], out), shape

    def scalar(self, node: Node, out: str) -> tuple[str, _Shape]:
        name, shape = self.input(node)
        value = np.array(Attributes(node).number("scalar", 1.0), np.float32)
        if not np.isfinite(value) or (_SCALARS[node.op] == "Div" and value == 0):
            raise refuse(node, "its number cannot be used")
        return self._node(
            _SCALARS[node.op], [name, self._add_initializer(f"{out}_by", value)], out
        ), shape

    def concat(self, node: Node, out: str) -> tuple[str, _Shape]:
        values = [self.input(node, position) for position in range(len(node.inputs))]
        shapes = [shape for _, shape in values]
        if Attributes(node).whole("dim", 1) != 1 or len({shape[1:] for shape in shapes}) != 1:
            raise refuse(node, "it joins values that do not fit")
        joined = (sum(shape[0] for shape in shapes), *shapes[0][1:])
        return self._node("Concat", [name for name, _ in values], out, axis=1), joined

    def flatten(self, node: Node, out: str) -> tuple[str, _Shape]:
        name, shape = self.input(node)
        return self._node("Flatten", [name], out, axis=1), (math.prod(shape),)

    def fully_connected(self, node: Node, out: str) -> tuple[str, _Shape]:
        name, shape = self.input(node)
        get = Attributes(node)
        if len(shape) > 1:
            if not get.flag("flatten", True):
                raise refuse(node, "it keeps its input's shape")
            name, shape = self._node("Flatten", [name], f"{out}_flat", axis=1), (math.prod(shape),)
        hidden = get.whole("num_hidden", 0)
        if hidden < 1:
            raise refuse(node, "it has no output")
        weight = self.parameter(node, 1, (hidden, shape[0]))
        inputs = [name, self._add_initializer(f"{out}_weight", weight)]
        if not get.flag("no_bias", False):
            inputs.append(self._add_initializer(f"{out}_bias", self.parameter(node, 2, (hidden,))))
        return self._node("Gemm", inputs, out, transB=1), (hidden,)

    def alike(self, node: Node, _: str) -> tuple[str, _Shape]:
        return self.input(node)


_STEPS: Final[Mapping[str, Callable[[_Conversion, Node, str], tuple[str, _Shape]]]] = {
    "Convolution": _Conversion.convolution,
    "BatchNorm": _Conversion.batch_norm,
    "BatchNorm_v1": _Conversion.batch_norm,
    "Activation": _Conversion.activation,
    "relu": _Conversion.relu,
    "LeakyReLU": _Conversion.leaky_relu,
    "Pooling": _Conversion.pooling,
    "Flatten": _Conversion.flatten,
    "flatten": _Conversion.flatten,
    "FullyConnected": _Conversion.fully_connected,
    "Concat": _Conversion.concat,
    "concat": _Conversion.concat,
    **dict.fromkeys(_ALIKE, _Conversion.alike),
    **dict.fromkeys(_ADDITIONS, _Conversion.addition),
    **dict.fromkeys(_SCALARS, _Conversion.scalar),
}
