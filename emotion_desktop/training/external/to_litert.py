"""Functions of TensorFlow from elsewhere, wrapped so that they take pictures and give logits,
and converted to LiteRT."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from typing import Any, Final

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.domain.external_model import ExternalInput, Output
from emotion_desktop.engines.table import LITERT
from emotion_desktop.training.external.pixels import SMALLEST, first_line, scaled
from emotion_desktop.training.net.backend import tf

#: How the converter names an operation that LiteRT has not got.
_UNKNOWN: Final = re.compile(r"'tf\.(\w+)' op is neither")
#: … and the numbers that such an operation would have been given.
_16_BIT: Final = re.compile(r'"tf\.\w+"\(.*<[\dx?]*b?f16>')
#: Operations that pass on what they are given.
_TRANSPARENT: Final = ("Identity", "IdentityN", "Cast", "Reshape", "Squeeze", "StopGradient")
_CALLS: Final = ("PartitionedCall", "StatefulPartitionedCall")
_ENDS: Final = {
    "Softmax": Output.PROBABILITIES,
    "Sigmoid": Output.PROBABILITIES,
    **dict.fromkeys(("MatMul", "BiasAdd", "Add", "AddV2", "LogSoftmax"), Output.LOGITS),
}


def litert_files(
    say: Callable[[Any], Any],
    external_input: ExternalInput,
    probabilities: bool,
    holder: Any,
    what: str,
) -> dict[str, bytes]:
    """The files of a bundle: LiteRT alone, so it cannot be trained further.

    Args:
        say: scaled pictures in, answers out.
        probabilities: the answers are probabilities.
        holder: what holds the variables that ``say`` reads.
        what: how the model is called in words.

    Raises:
        BundleError: it cannot be converted.
    """
    need = external_input.preprocessing

    def answer(pixels: Any) -> Any:
        said = tf.cast(say(scaled(pixels, external_input)), tf.float32)
        return tf.math.log(tf.maximum(said, SMALLEST)) if probabilities else said

    pixels = tf.TensorSpec([None, need.size, need.size, need.channels], tf.uint8)
    module = tf.Module()
    module.inside = holder
    module.answer = tf.function(answer, input_signature=[pixels])
    try:
        converter = tf.lite.TFLiteConverter.from_concrete_functions(
            [module.answer.get_concrete_function()], module
        )
        with redirect_stdout(StringIO()):
            return {LITERT: bytes(converter.convert())}
    except Exception as error:
        # The converter's errors have no common class.
        raise _in_words(str(error), first_line(error), what) from error


def _in_words(message: str, beginning: str, what: str) -> BundleError:
    """Why the converter did not take a model."""
    found = _UNKNOWN.search(message)
    if found is not None and _16_BIT.search(message):
        return BundleError(
            f"The {what} calculates in 16-bit floating point numbers, which LiteRT does not.",
            "Save it in float32, or export it to ONNX and import that.",
        )
    return BundleError(
        f"The {what} uses “{found[1]}”, which LiteRT does not know."
        if found
        else f"The {what} cannot be converted ({beginning}).",
        "Save it without, or export it to ONNX and import that.",
    )


def output_of(function: Any) -> Output:
    """What a concrete function with one output gives, by its last operation."""
    nodes = {node.name: node for node in function.graph.as_graph_def().node}
    library = {item.signature.name: item for item in function.graph.as_graph_def().library.function}
    value: str = function.outputs[0].name
    for _ in range(len(nodes) + len(library) + 1000):  # no circle is gone round for ever
        node = nodes.get(value.split(":", maxsplit=1)[0].removeprefix("^"))
        if node is None:
            return Output.UNKNOWN
        if node.op in _CALLS and node.attr["f"].func.name in library:
            called = library[node.attr["f"].func.name]
            number = int(value.rpartition(":")[2]) if value.rpartition(":")[2].isdigit() else 0
            told = called.signature.output_arg[number].name
            nodes = {inner.name: inner for inner in called.node_def}
            value = called.ret[told]
        elif node.op in _TRANSPARENT and node.input:
            value = node.input[0]
        else:
            return _ENDS.get(node.op, Output.UNKNOWN)
    return Output.UNKNOWN
