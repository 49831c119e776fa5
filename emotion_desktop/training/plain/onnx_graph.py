"""From a Keras model to an ONNX graph.

Known are the layers that the nets of training.net and those of keras.applications are made of. The
graph takes pictures as Keras does, (n, height, width, channels); inside, channels come first, as
ONNX has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import AppError
from emotion_desktop.training.net.backend import keras

_OPSET: Final = 17
_IR: Final = 8
_ALIKE: Final = frozenset(
    {
        *("Dropout", "SpatialDropout2D", "GaussianNoise", "GaussianDropout", "AlphaDropout"),
        *("Identity", "ActivityRegularization"),
    }
)

#: A value of the graph: its name. Values with height and width have channels first.
_Name = str


def to_onnx(model: Any, metadata: Mapping[str, str]) -> bytes:
    """A Keras model with one input and one output as the bytes of an ONNX file.

    Args:
        metadata: names and texts, kept in the file.

    Raises:
        AppError: a layer of the model has no counterpart here.
    """
    return _Conversion().run(model, metadata)


class _Conversion:
    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        #: Keras's tensors by id, kept so that no id is used twice, and their names in the graph.
        self._names: dict[int, tuple[Any, _Name]] = {}

    def run(self, model: Any, metadata: Mapping[str, str]) -> bytes:
        from onnx import TensorProto, helper

        (pixels,) = model.inputs
        shape = pixels.shape[1:]
        as_floats = self.node("Cast", [pixels.name], to=TensorProto.FLOAT)
        (output,) = self._follow(model, [self.node("Transpose", [as_floats], perm=[0, 3, 1, 2])])
        self._nodes.append(helper.make_node("Identity", [output], ["probabilities"]))
        kind = {"uint8": TensorProto.UINT8, "float32": TensorProto.FLOAT}[pixels.dtype]
        graph = helper.make_graph(
            self._nodes,
            "from Keras",
            [helper.make_tensor_value_info(pixels.name, kind, ["n", *shape])],
            [
                helper.make_tensor_value_info(
                    "probabilities", TensorProto.FLOAT, ["n", model.outputs[0].shape[-1]]
                )
            ],
            self._constants,
        )
        made = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", _OPSET)],
            ir_version=_IR,
            producer_name="Emotion Desktop",
        )
        helper.set_model_props(made, dict(metadata))
        return bytes(made.SerializeToString(deterministic=True))

    def _follow(self, model: Any, names: list[_Name]) -> list[_Name]:
        """Goes through a model's layers in their order; returns the names of its outputs."""

        def call(layer: Any, *args: Any, **given: Any) -> Any:
            taken = list(args[0]) if isinstance(args[0], list | tuple) else [*args]
            names = [self._name_of(value) for value in taken]
            output = layer(*args, **given)
            if isinstance(layer, keras.Model):
                made = self._follow(layer, names)
            else:
                made = [self._convert(layer, taken, output, names)]
            outputs = output if isinstance(output, list | tuple) else [output]
            for tensor, name in zip(outputs, made, strict=True):
                self._names[id(tensor)] = (tensor, name)
            return output

        inputs = [keras.Input(each.shape[1:], dtype=each.dtype) for each in model.inputs]
        for tensor, name in zip(inputs, names, strict=True):
            self._names[id(tensor)] = (tensor, name)
        again = keras.models.clone_model(
            model,
            input_tensors=inputs if isinstance(model.input, list) else inputs[0],
            clone_function=lambda layer: layer,
            call_function=call,
        )
        return [self._name_of(tensor) for tensor in again.outputs]

    def _name_of(self, value: Any) -> _Name:
        """The name of one of Keras's tensors, or of a number."""
        return self.constant(value) if isinstance(value, int | float) else self._names[id(value)][1]

    def _convert(self, layer: Any, inputs: list[Any], output: Any, names: list[_Name]) -> _Name:
        kind = type(layer).__name__
        if kind in _ALIKE:
            return names[0]
        step = _STEPS.get(kind)
        if step is None:
            raise AppError(
                f"The model has a layer “{kind}”, which is not written to ONNX here.",
                "Export it as keras, savedmodel or tflite.",
            )
        return step(self, layer, inputs, output, names)

    # -- what the steps use --------------------------------------------------------------------

    def node(self, op: str, inputs: list[_Name], **attributes: Any) -> _Name:
        """Adds a node; returns the name of its value."""
        from onnx import helper

        name = f"{op.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def constant(self, values: npt.ArrayLike, kind: Any = np.float32) -> _Name:
        """Adds a constant; returns its name."""
        from onnx import numpy_helper

        name = f"constant_{len(self._constants)}"
        array = np.asarray(values, kind, order="C")
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def activated(self, name: _Name, function: Any) -> _Name:
        """A value after one of Keras's activations."""
        kind = getattr(function, "__name__", str(function))
        if kind not in _ACTIVATIONS:
            raise AppError(
                f"The model has an activation “{kind}”, which is not written to ONNX here.",
                "Export it as keras, savedmodel or tflite.",
            )
        return _ACTIVATIONS[kind](self, name)

    def by_channel(self, values: npt.ArrayLike, rank: int) -> _Name:
        """A constant with one value per channel, or one for all, for values of a rank."""
        flat = np.asarray(values, np.float32).ravel()
        return self.constant(flat.reshape(1, -1, 1, 1) if rank == 4 and flat.size > 1 else flat)

    def channels_last(self, name: _Name) -> _Name:
        """A value with height and width, in Keras's order."""
        return self.node("Transpose", [name], perm=[0, 2, 3, 1])


def _plain(op: str, **attributes: Any) -> Callable[[_Conversion, _Name], _Name]:
    return lambda made, name: made.node(op, [name], **attributes)


def _gated(gate: Callable[[_Conversion, _Name], _Name]) -> Callable[[_Conversion, _Name], _Name]:
    """x * gate(x)."""
    return lambda made, name: made.node("Mul", [name, gate(made, name)])


_SIGMOID: Final = _plain("Sigmoid")
_HARD_SIGMOID: Final = _plain("HardSigmoid", alpha=1 / 6, beta=0.5)
#: Keras's activations by their names.
_ACTIVATIONS: Final[Mapping[str, Callable[[_Conversion, _Name], _Name]]] = {
    "linear": lambda _, name: name,
    "relu": _plain("Relu"),
    "relu6": lambda made, name: made.node("Clip", [name, made.constant(0), made.constant(6)]),
    "sigmoid": _SIGMOID,
    "tanh": _plain("Tanh"),
    "softplus": _plain("Softplus"),
    "softsign": _plain("Softsign"),
    "elu": _plain("Elu"),
    "softmax": _plain("Softmax", axis=-1),
    "log_softmax": _plain("LogSoftmax", axis=-1),
    "silu": _gated(_SIGMOID),
    "swish": _gated(_SIGMOID),
    "hard_sigmoid": _HARD_SIGMOID,
    "hard_silu": _gated(_HARD_SIGMOID),
    "hard_swish": _gated(_HARD_SIGMOID),
}

_Step = Callable[[_Conversion, Any, list[Any], Any, list[_Name]], _Name]


def _pads(layer: Any, given: Any, size: tuple[int, int], rate: tuple[int, int]) -> list[int]:
    """ONNX's pads of a layer that slides over its input: as TensorFlow pads, more at the end."""
    if layer.padding == "valid":
        return [0, 0, 0, 0]
    before, after = [], []
    for length, window, stride, dilation in zip(
        given.shape[1:3], size, _pair(layer.strides), rate, strict=True
    ):
        reach = (window - 1) * dilation + 1
        needed = max((-(-length // stride) - 1) * stride + reach - length, 0)
        before.append(needed // 2)
        after.append(needed - needed // 2)
    return [*before, *after]


def _pair(value: Any) -> tuple[int, int]:
    first, second = (value, value) if isinstance(value, int) else value
    return int(first), int(second)


def _slide(
    made: _Conversion, layer: Any, given: Any, name: _Name, weights: list[npt.NDArray[Any]]
) -> _Name:
    """A convolution.

    Args:
        weights: the kernel, with outputs first, then inputs of a group, height and width; and the
            bias, if there is one.
    """
    rate = _pair(layer.dilation_rate)
    _, inputs, height, width = weights[0].shape
    return made.node(
        "Conv",
        [name, *map(made.constant, weights)],
        kernel_shape=[height, width],
        strides=list(_pair(layer.strides)),
        dilations=list(rate),
        pads=_pads(layer, given, (height, width), rate),
        group=given.shape[-1] // inputs,
    )


def _weights(layer: Any) -> list[npt.NDArray[Any]]:
    return [np.asarray(weight) for weight in layer.get_weights()]


def _convolution(
    made: _Conversion, layer: Any, inputs: list[Any], _: Any, names: list[_Name]
) -> _Name:
    kernel, *bias = _weights(layer)
    value = _slide(made, layer, inputs[0], names[0], [kernel.transpose(3, 2, 0, 1), *bias])
    return made.activated(value, layer.activation)


def _by_channel_kernel(kernel: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """(height, width, channels, multiple) as ONNX has it: (channels * multiple, 1, h, w)."""
    height, width = kernel.shape[:2]
    return kernel.transpose(2, 3, 0, 1).reshape(-1, 1, height, width)


def _depthwise(
    made: _Conversion, layer: Any, inputs: list[Any], _: Any, names: list[_Name]
) -> _Name:
    kernel, *bias = _weights(layer)
    value = _slide(made, layer, inputs[0], names[0], [_by_channel_kernel(kernel), *bias])
    return made.activated(value, layer.activation)


def _separable(
    made: _Conversion, layer: Any, inputs: list[Any], _: Any, names: list[_Name]
) -> _Name:
    depth, point, *bias = _weights(layer)
    value = _slide(made, layer, inputs[0], names[0], [_by_channel_kernel(depth)])
    weights = [value, made.constant(point.transpose(3, 2, 0, 1)), *map(made.constant, bias)]
    return made.activated(made.node("Conv", weights, kernel_shape=[1, 1]), layer.activation)


def _dense(made: _Conversion, layer: Any, _: list[Any], __: Any, names: list[_Name]) -> _Name:
    kernel, *bias = _weights(layer)
    value = made.node("MatMul", [names[0], made.constant(kernel)])
    if bias:
        value = made.node("Add", [value, made.constant(bias[0])])
    return made.activated(value, layer.activation)


def _batch_norm(
    made: _Conversion, layer: Any, inputs: list[Any], _: Any, names: list[_Name]
) -> _Name:
    mean, variance = np.asarray(layer.moving_mean), np.asarray(layer.moving_variance)
    scale = np.asarray(layer.gamma) if layer.scale else np.ones_like(mean)
    shift = np.asarray(layer.beta) if layer.center else np.zeros_like(mean)
    factor = scale / np.sqrt(variance + layer.epsilon)
    rank = len(inputs[0].shape)
    value = made.node("Mul", [names[0], made.by_channel(factor, rank)])
    return made.node("Add", [value, made.by_channel(shift - mean * factor, rank)])


def _rescaling(
    made: _Conversion, layer: Any, inputs: list[Any], _: Any, names: list[_Name]
) -> _Name:
    rank = len(inputs[0].shape)
    value = made.node("Mul", [names[0], made.by_channel(layer.scale, rank)])
    return made.node("Add", [value, made.by_channel(layer.offset, rank)])


def _normalization(
    made: _Conversion, layer: Any, inputs: list[Any], _: Any, names: list[_Name]
) -> _Name:
    mean, spread = np.asarray(layer.mean), np.sqrt(np.asarray(layer.variance))
    rank = len(inputs[0].shape)
    value = made.node("Sub", [names[0], made.by_channel(mean, rank)])
    spread = np.maximum(spread, keras.config.epsilon())
    return made.node("Div", [value, made.by_channel(spread, rank)])


def _relu(made: _Conversion, layer: Any, _: list[Any], __: Any, names: list[_Name]) -> _Name:
    if layer.threshold:
        raise AppError(
            "The model has a ReLU with a threshold, which is not written to ONNX here.",
            "Export it as keras, savedmodel or tflite.",
        )
    if layer.negative_slope:
        value = made.node("LeakyRelu", [names[0]], alpha=float(layer.negative_slope))
    else:
        value = made.node("Relu", [names[0]])
    if layer.max_value is not None:
        value = made.node("Min", [value, made.constant(float(layer.max_value))])
    return value


def _activation(made: _Conversion, layer: Any, _: list[Any], __: Any, names: list[_Name]) -> _Name:
    return made.activated(names[0], layer.activation)


def _softmax(made: _Conversion, _: Any, __: list[Any], ___: Any, names: list[_Name]) -> _Name:
    return made.node("Softmax", [names[0]], axis=-1)


def _together(op: str) -> _Step:
    def step(made: _Conversion, _: Any, __: list[Any], ___: Any, names: list[_Name]) -> _Name:
        value = names[0]
        for other in names[1:]:
            value = made.node(op, [value, other])
        return value

    return step


def _concatenate(
    made: _Conversion, layer: Any, inputs: list[Any], _: Any, names: list[_Name]
) -> _Name:
    rank = len(inputs[0].shape)
    axis = layer.axis % rank
    return made.node("Concat", names, axis=(0, 2, 3, 1)[axis] if rank == 4 else axis)


def _pooling(op: str) -> _Step:
    def step(made: _Conversion, layer: Any, inputs: list[Any], _: Any, names: list[_Name]) -> _Name:
        size = _pair(layer.pool_size)
        return made.node(
            op,
            [names[0]],
            kernel_shape=list(size),
            strides=list(_pair(layer.strides)),
            pads=_pads(layer, inputs[0], size, (1, 1)),
        )

    return step


def _global_pooling(op: str) -> _Step:
    def step(made: _Conversion, layer: Any, _: list[Any], __: Any, names: list[_Name]) -> _Name:
        value = made.node(op, [names[0]])
        return value if layer.keepdims else made.node("Flatten", [value])

    return step


def _flatten(
    made: _Conversion, _: Any, inputs: list[Any], output: Any, names: list[_Name]
) -> _Name:
    return _reshaped(made, inputs[0], output, names[0])


def _reshape(
    made: _Conversion, _: Any, inputs: list[Any], output: Any, names: list[_Name]
) -> _Name:
    return _reshaped(made, inputs[0], output, names[0])


def _reshaped(made: _Conversion, given: Any, output: Any, name: _Name) -> _Name:
    """The same numbers, in Keras's order, in another shape."""
    value = made.channels_last(name) if len(given.shape) == 4 else name
    shape = made.constant([-1, *output.shape[1:]], np.int64)
    value = made.node("Reshape", [value, shape])
    return made.node("Transpose", [value], perm=[0, 3, 1, 2]) if len(output.shape) == 4 else value


def _zero_padding(
    made: _Conversion, layer: Any, _: list[Any], __: Any, names: list[_Name]
) -> _Name:
    (top, bottom), (left, right) = layer.padding
    pads = made.constant([0, 0, top, left, 0, 0, bottom, right], np.int64)
    return made.node("Pad", [names[0], pads])


def _resizing(
    made: _Conversion, layer: Any, _: list[Any], output: Any, names: list[_Name]
) -> _Name:
    if layer.interpolation != "bilinear" or layer.crop_to_aspect_ratio or layer.antialias:
        raise AppError(
            "The model scales pictures in a way that is not written to ONNX here.",
            "Export it as keras, savedmodel or tflite.",
        )
    height, width = output.shape[1:3]
    sizes = made.constant([height, width], np.int64)
    return made.node(
        "Resize",
        [names[0], "", "", _sizes(made, names[0], sizes)],
        mode="linear",
        coordinate_transformation_mode="half_pixel",
    )


def _sizes(made: _Conversion, name: _Name, sides: _Name) -> _Name:
    """Photos and channels of a value as they are, then the sides that are wanted."""
    shape = made.node("Shape", [name])
    first = made.node("Slice", [shape, made.constant([0], np.int64), made.constant([2], np.int64)])
    return made.node("Concat", [first, sides], axis=0)


_STEPS: Final[Mapping[str, _Step]] = {
    "Conv2D": _convolution,
    "DepthwiseConv2D": _depthwise,
    "SeparableConv2D": _separable,
    "Dense": _dense,
    "BatchNormalization": _batch_norm,
    "Rescaling": _rescaling,
    "Normalization": _normalization,
    "ReLU": _relu,
    "Activation": _activation,
    "Softmax": _softmax,
    "Add": _together("Add"),
    "Multiply": _together("Mul"),
    "Maximum": _together("Max"),
    "Concatenate": _concatenate,
    "MaxPooling2D": _pooling("MaxPool"),
    "AveragePooling2D": _pooling("AveragePool"),
    "GlobalAveragePooling2D": _global_pooling("GlobalAveragePool"),
    "GlobalMaxPooling2D": _global_pooling("GlobalMaxPool"),
    "Flatten": _flatten,
    "Reshape": _reshape,
    "ZeroPadding2D": _zero_padding,
    "Resizing": _resizing,
}
