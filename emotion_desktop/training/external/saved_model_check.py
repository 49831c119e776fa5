"""SavedModels looked into before TensorFlow loads them: a graph is a program, and parts of it run
while it is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.training.external.operations import READING, SAFE, WRITING
from emotion_desktop.workspace.files.kinds import is_special

_GRAPH: Final = "saved_model.pb"
_MAX_GRAPH: Final = 256 << 20
_MAX_FILES: Final = 1_000
_INIT: Final = "__saved_model_init_op"


def check_saved_model(folder: Path) -> None:
    """Refuses a SavedModel that could do more than calculate.

    Raises:
        BundleError: it could, or its files are no such model.
    """
    for number, path in enumerate(folder.rglob("*")):
        if is_special(path) or number > _MAX_FILES:
            raise _damaged()
    try:
        size = (folder / _GRAPH).stat().st_size
    except OSError:
        raise _damaged() from None
    if size > _MAX_GRAPH:
        raise BundleError(
            "The SavedModel's graph is too large to be loaded safely.",
            "Save it with its weights as variables.",
        )
    for graph in _parse(folder / _GRAPH).meta_graphs:
        _check_operations(graph.graph_def)
        _check_checkpoint_steps(graph)


def _parse(path: Path) -> Any:
    from google.protobuf.message import DecodeError
    from tensorflow.core.protobuf import saved_model_pb2

    found = saved_model_pb2.SavedModel()
    try:
        found.ParseFromString(path.read_bytes())
    except (DecodeError, OSError):
        raise _damaged() from None
    return found


def _check_operations(graph: Any) -> None:
    known = {function.signature.name for function in graph.library.function}
    allowed = SAFE | WRITING | READING | known
    for node in _all_nodes(graph):
        if node.op not in allowed:
            raise _unsafe(node.op)


def _all_nodes(graph: Any) -> Iterator[Any]:
    yield from graph.node
    for function in graph.library.function:
        yield from function.node_def


def _check_checkpoint_steps(meta: Any) -> None:
    """Files are written and read by what saves and restores the variables, and by nothing else.

    The names of functions that the program calls are in the object graph; of older models the
    graph itself is run from its outputs and its initialiser.

    Raises:
        BundleError: it is otherwise.
    """
    called = set(meta.object_graph_def.concrete_functions)
    targets = set(_targets(meta))
    restore = {meta.saver_def.restore_op_name.split(":")[0]}
    for kinds, forbidden in ((WRITING, targets | restore), (READING, targets)):
        functions, nodes = _depending(meta.graph_def, kinds)
        if functions & called or nodes & forbidden:
            raise _unsafe(sorted(kinds)[0])


def _targets(meta: Any) -> Iterator[str]:
    """The nodes that are run when the model is loaded or called."""
    for signature in meta.signature_def.values():
        for tensor in signature.outputs.values():
            # Of a model with an object graph, the function is called instead.
            if not meta.object_graph_def.concrete_functions or signature.method_name == _INIT:
                yield tensor.name.split(":")[0]
    for name, collection in meta.collection_def.items():
        if name.endswith(("main_op", "init_op")):
            yield from (item.split(":")[0] for item in collection.node_list.value)


def _depending(graph: Any, kinds: frozenset[str]) -> tuple[set[str], set[str]]:
    """The functions that have such operations in them, however deep, and the nodes of the graph
    that wait for one."""
    functions: set[str] = set()
    while True:
        more = {
            function.signature.name
            for function in graph.library.function
            if any(node.op in kinds or _calls(node) & functions for node in function.node_def)
        }
        if more <= functions:
            break
        functions |= more
    waiting = {n.name for n in graph.node if n.op in kinds or _calls(n) & functions}
    consumers: dict[str, list[str]] = {}
    for node in graph.node:
        for source in node.input:
            consumers.setdefault(source.lstrip("^").split(":")[0], []).append(node.name)
    return functions, _closure(waiting, consumers)


def _calls(node: Any) -> set[str]:
    """The functions that a node names."""
    found = {node.op}
    for value in node.attr.values():
        if value.HasField("func"):
            found.add(value.func.name)
        found.update(function.name for function in value.list.func)
    return found


def _closure(begin: Iterable[str], following: dict[str, list[str]]) -> set[str]:
    found, left = set(begin), list(begin)
    while left:
        for name in following.get(left.pop(), ()):
            if name not in found:
                found.add(name)
                left.append(name)
    return found


def _unsafe(operation: str) -> BundleError:
    return BundleError(
        f"The SavedModel has the operation “{operation[:60]}”, which could do more than calculate.",
        "Save it without, or export it to ONNX and import that.",
    )


def _damaged() -> BundleError:
    return BundleError(
        "This SavedModel cannot be loaded; its files are damaged, or some are missing.",
        "Give the whole folder as it was saved, with its variables.",
    )
