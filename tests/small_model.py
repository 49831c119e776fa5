"""A tiny model for tests that is told from the program's own by all it says and sees."""

from __future__ import annotations

from pathlib import Path

from onnx import TensorProto, helper

from emotion_desktop.domain.model import Calibration, ModelCard, Preprocessing, Provenance
from emotion_desktop.engines.bundle import Bundle, write_bundle
from emotion_desktop.engines.table import ONNX

LABELS = ("anger", "fear", "sadness")
SIDE = 40


def write_small_model(path: Path, labels: tuple[str, str, str] = LABELS) -> Bundle:
    """Its logits are the mean red, green and blue of a face of SIDE pixels, divided by 255."""
    nodes = [
        helper.make_node("Cast", ["in"], ["float"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["float"], ["mean"], axes=[1, 2], keepdims=0),
        helper.make_node("Div", ["mean", "range"], ["out"]),
    ]
    graph = helper.make_graph(
        nodes,
        "means",
        [helper.make_tensor_value_info("in", TensorProto.UINT8, ["n", SIDE, SIDE, 3])],
        [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", 3])],
        [helper.make_tensor("range", TensorProto.FLOAT, [], [255.0])],
    )
    net = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])
    net.ir_version = 8
    card = ModelCard(
        name="small",
        labels=labels,
        preprocessing=Preprocessing(SIDE, 3, "box", 1.1),
        calibration=Calibration.none(3),
        provenance=Provenance("2026-01-01", "test", {}, {}, {}, {}),
    )
    return write_bundle(path, card, {ONNX: net.SerializeToString()})
