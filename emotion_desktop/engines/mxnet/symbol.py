"""Reading MXNet's symbol files without MXNet: the graph that leads to the logits.

A symbol is JSON: ``nodes`` in an order in which every node follows its inputs, each with ``op``
(``null`` for inputs and parameters), ``name``, ``attrs`` (``attr`` or ``param`` in older files) and
``inputs`` ([number of the node, number of its output, version]), and ``heads``, what it gives.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from emotion_desktop.domain.errors import BundleError

_MAX_NODES: Final = 20_000
_MAX_BYTES: Final = 32 << 20
#: What a classifier ends in; the logits are what goes into it.
_SOFTMAX: Final = ("SoftmaxOutput", "Softmax", "softmax", "SoftmaxActivation")
_SEVERAL_LABELS: Final = ("LogisticRegressionOutput", "MAERegressionOutput")
#: Steps between the logits and the end that change nothing about which is largest, or at all.
_TRANSPARENT: Final = ("_copy", "identity", "BlockGrad", "stop_gradient", "Cast", "amp_cast")


@dataclass(frozen=True, slots=True)
class Node:
    """A step of the graph. ``inputs`` are numbers of nodes before it."""

    op: str
    name: str
    attributes: Mapping[str, str]
    inputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """A net from its picture to its logits.

    Attributes:
        nodes: all nodes of the file, in order.
        logits: the number of the node that gives them.
        needed: the numbers of the nodes that lead to it, in order.
        picture: the name of the input that is no parameter.
    """

    nodes: tuple[Node, ...]
    logits: int
    needed: tuple[int, ...]
    picture: str


def read_symbol(data: bytes, parameters: Iterable[str]) -> Graph:
    """Reads a symbol and finds the way from its picture to its logits.

    Args:
        parameters: the names of the arrays that belong to it; the one input without an array is
            the picture, whatever it is called.

    Raises:
        BundleError: it is no symbol, is damaged, or is not the graph of a classifier.
    """
    nodes, heads = _parse(data)
    logits = _find_logits(nodes, heads)
    needed = _leading_to(nodes, logits)
    known = set(parameters)
    open_inputs = [n for n in needed if nodes[n].op == "null" and nodes[n].name not in known]
    if len(open_inputs) != 1:
        names = ", ".join(nodes[n].name for n in open_inputs[:5]) or "none"
        raise BundleError(
            f"The symbol and the parameters do not belong together: of the inputs, {names} "
            "should be the picture alone.",
            "Choose the .params file that was saved with this symbol.",
        )
    return Graph(nodes, logits, needed, nodes[open_inputs[0]].name)


def _parse(data: bytes) -> tuple[tuple[Node, ...], list[int]]:
    if len(data) > _MAX_BYTES:
        raise _unusable("it is too large")
    try:
        content = json.loads(data)
        raw = content["nodes"]
        heads = [int(head[0]) for head in content["heads"]]
        if len(raw) > _MAX_NODES:
            raise _unusable("it has too many nodes")
        nodes = tuple(_node(item, number) for number, item in enumerate(raw))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        raise _unusable("it does not have the form of one") from None
    if not heads or not all(0 <= head < len(nodes) for head in heads):
        raise _unusable("it leads nowhere")
    return nodes, heads


def _node(item: Mapping[str, Any], number: int) -> Node:
    inputs = []
    for entry in item["inputs"]:
        source, output = entry[0], entry[1]
        # Every node follows its inputs: so there is no circle to be caught in.
        if type(source) is not int or not 0 <= source < number:
            raise _unusable("its nodes are not in order")
        if output != 0:
            raise _unusable("it uses a second output of a step")
        inputs.append(source)
    attributes: dict[str, str] = {}
    for key in ("param", "attr", "attrs"):
        attributes.update({str(k): str(v) for k, v in (item.get(key) or {}).items()})
    op, name = item["op"], item["name"]
    if not isinstance(op, str) or not isinstance(name, str):
        raise _unusable("a node has no name")
    return Node(op, name, attributes, tuple(inputs))


def _find_logits(nodes: tuple[Node, ...], heads: list[int]) -> int:
    ends = [head for head in heads if nodes[head].op in _SOFTMAX] or heads[:1]
    number = ends[0]
    while nodes[number].op in _TRANSPARENT and nodes[number].inputs:
        number = nodes[number].inputs[0]
    node = nodes[number]
    if node.op in _SEVERAL_LABELS:
        raise BundleError(
            "This model gives several labels to one picture.",
            "Only models that choose one emotion can be used.",
        )
    if node.op in _SOFTMAX:
        if not node.inputs:
            raise _unusable("its softmax has no input")
        number = node.inputs[0]
    if nodes[number].op == "null":
        raise _unusable("there is no net in it")
    return number


def _leading_to(nodes: tuple[Node, ...], end: int) -> tuple[int, ...]:
    needed = {end}
    for number in range(end, -1, -1):
        if number in needed:
            needed.update(nodes[number].inputs)
    return tuple(sorted(needed))


def _unusable(why: str) -> BundleError:
    return BundleError(f"This is not a usable MXNet symbol: {why}.", "Export or download it again.")
