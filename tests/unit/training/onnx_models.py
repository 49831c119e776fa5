"""ONNX models as somebody else might have made them."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def onnx_net(path, first=True, end="softmax", *, dims=("n",)):
    """The mean of each colour, as three answers: which goes where is easily told."""
    size = 8
    shape = [*dims, 3, size, size] if first else [*dims, size, size, 3]
    nodes = [
        helper.make_node(
            "ReduceMean", ["in"], ["mean"], axes=[2, 3] if first else [1, 2], keepdims=0
        ),
    ]
    nodes.append(
        helper.make_node("Softmax", ["mean"], ["out"], axis=1)
        if end == "softmax"
        else helper.make_node("Mul", ["mean", "two"], ["out"])
    )
    graph = helper.make_graph(
        nodes,
        "means",
        [helper.make_tensor_value_info("in", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, [*dims, 3])],
        [] if end == "softmax" else [numpy_helper.from_array(np.float32(2.0), "two")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, str(path))
    return path


def save_net(
    path,
    nodes,
    given,
    told,
    weights=(),
    *,
    opset=13,
    ir=8,
    functions=(),
    domains=(),
    kinds=(TensorProto.FLOAT, TensorProto.FLOAT),
):
    """An ONNX file of these nodes from ``in`` to ``out``, which are of these kinds."""
    tensors = {name: np.asarray(value) for name, value in dict(weights).items()}
    inputs = [helper.make_tensor_value_info("in", kinds[0], given)]
    if ir < 4:  # older files list their weights among their inputs
        inputs += [
            helper.make_tensor_value_info(
                name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape
            )
            for name, value in tensors.items()
        ]
    graph = helper.make_graph(
        nodes,
        "net",
        inputs,
        [helper.make_tensor_value_info("out", kinds[1], told)],
        [numpy_helper.from_array(value, name) for name, value in tensors.items()],
    )
    imports = [helper.make_opsetid("", opset), *(helper.make_opsetid(d, 1) for d in domains)]
    model = helper.make_model(graph, opset_imports=imports, functions=list(functions))
    model.ir_version = ir
    onnx.save(model, str(path))
    return path


def old_net(path, batch=1, softmax=False, opset=8):
    """As FER+ is published: one picture at a time, its shape written into the net."""
    rng = np.random.default_rng(0)
    nodes = [
        helper.make_node("Reshape", ["in", "flat_shape"], ["flat"]),
        helper.make_node("MatMul", ["flat", "kernel"], ["dense" if softmax else "out"]),
    ]
    if softmax:
        nodes.append(helper.make_node("Softmax", ["dense"], ["out"]))
    weights = {
        "flat_shape": np.array([batch, 64]),
        "kernel": rng.normal(size=(64, 3)).astype(np.float32) / 8,
    }
    return save_net(path, nodes, [batch, 1, 8, 8], [batch, 3], weights, opset=opset, ir=3)


def net_with_function(path):
    """As PyTorch's newer exporter writes: a part of the net is a function of its own."""
    imports = [helper.make_opsetid("", 13)]
    twice = helper.make_node("Add", ["a", "a"], ["b"])
    function = helper.make_function("local", "Twice", ["a"], ["b"], [twice], imports)
    nodes = [
        helper.make_node("ReduceMean", ["in"], ["mean"], axes=[2, 3], keepdims=0),
        helper.make_node("Twice", ["mean"], ["out"], domain="local"),
    ]
    return save_net(path, nodes, ["n", 3, 8, 8], ["n", 3], functions=[function], domains=["local"])


def net_for_one_size(path, size=8):
    """It says that it takes any size, and takes one."""
    nodes = [
        helper.make_node("Flatten", ["in"], ["flat"]),
        helper.make_node("MatMul", ["flat", "kernel"], ["out"]),
    ]
    kernel = np.ones((size * size, 3), np.float32)
    return save_net(path, nodes, ["n", 1, "h", "w"], ["n", 3], {"kernel": kernel})


def net_with_unknown_op(path, domain):
    """An operator that nobody has."""
    nodes = [
        helper.make_node("ReduceMean", ["in"], ["mean"], axes=[2, 3], keepdims=0),
        helper.make_node("Swizzle", ["mean"], ["out"], domain=domain),
    ]
    return save_net(path, nodes, ["n", 3, 8, 8], ["n", 3], domains=[domain] if domain else [])


def net_of_the_future(path):
    """Written for operators that are not there yet."""
    nodes = [
        helper.make_node("GlobalAveragePool", ["in"], ["mean"]),
        helper.make_node("Flatten", ["mean"], ["out"]),
    ]
    return save_net(path, nodes, ["n", 3, 8, 8], ["n", 3], opset=99)


def net_without_answers(path):
    """What it says is no number."""
    nodes = [
        helper.make_node("ReduceMean", ["in"], ["mean"], axes=[2, 3], keepdims=0),
        helper.make_node("Mul", ["mean", "nothing"], ["out"]),
    ]
    nothing = np.array(np.nan, np.float32)
    return save_net(path, nodes, ["n", 3, 8, 8], ["n", 3], {"nothing": nothing})


def convolving_net(path, end="Softmax", classes=7, size=24, *, opset=13, kind=TensorProto.FLOAT):
    """A convolution, a dense layer and how it ends; its weights follow a seed."""
    rng = np.random.default_rng(0)
    left = size - 4
    floats = helper.tensor_dtype_to_np_dtype(kind)
    weights = {
        "kernel": rng.normal(size=(4, 1, 5, 5)).astype(floats) / 5,
        "dense": rng.normal(size=(4 * left * left, classes)).astype(floats) / 6,
    }
    nodes = [
        helper.make_node("Conv", ["in", "kernel"], ["features"], kernel_shape=[5, 5]),
        helper.make_node("Relu", ["features"], ["positive"]),
        helper.make_node("Flatten", ["positive"], ["flat"]),
        helper.make_node("MatMul", ["flat", "dense"], ["logits"]),
        helper.make_node(end, ["logits"], ["out"]),
    ]
    given, told = ["n", 1, size, size], ["n", classes]
    ir = 3 if opset < 9 else 8
    return save_net(path, nodes, given, told, weights, opset=opset, ir=ir, kinds=(kind, kind))
