"""ONNX models as somebody else might have made them."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def onnx_net(path, first=True, end="softmax", *, dims=("n",), double=False):
    """The mean of each colour, as three answers: which goes where is easily told."""
    size = 8
    shape = [*dims, 3, size, size] if first else [*dims, size, size, 3]
    nodes = [
        helper.make_node("ReduceMean", ["in"], ["mean"], axes=[2, 3] if first else [1, 2],
                         keepdims=0),
    ]
    nodes.append(
        helper.make_node("Softmax", ["mean"], ["out"], axis=1)
        if end == "softmax"
        else helper.make_node("Mul", ["mean", "two"], ["out"])
    )
    kind = TensorProto.DOUBLE if double else TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "means",
        [helper.make_tensor_value_info("in", kind, shape)],
        [helper.make_tensor_value_info("out", kind, [*dims, 3])],
        [] if end == "softmax" else [numpy_helper.from_array(np.float32(2.0), "two")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    model.ir_version = 8
    onnx.save(model, str(path))
    return path
