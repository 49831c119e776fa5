"""From what MXNet saved to the files of a bundle: MXNet's own, and their ONNX form."""

from __future__ import annotations

from emotion_desktop.domain.errors import BundleError, UsageError
from emotion_desktop.domain.model import DEFAULT_CROP, DEFAULT_EXTENTS, Preprocessing
from emotion_desktop.engines.mxnet.files import MxnetFiles
from emotion_desktop.engines.mxnet.params import read_params
from emotion_desktop.engines.mxnet.symbol import read_symbol
from emotion_desktop.engines.mxnet.to_onnx import convert
from emotion_desktop.engines.table import MXNET_PARAMS, MXNET_SYMBOL, ONNX


def model_files(files: MxnetFiles, labels: int, preprocessing: Preprocessing) -> dict[str, bytes]:
    """The files of a bundle.

    Args:
        labels: how many classes are expected.
        preprocessing: what will be done with pictures; see preprocessing_for.

    Raises:
        BundleError: the model cannot be converted, or does not fit.
    """
    arrays = read_params(files.params)
    graph = read_symbol(files.symbol, arrays)
    size = preprocessing.size
    channels = files.shape[0] if files.shape else preprocessing.channels
    model = convert(graph, arrays, (channels, size, size), preprocessing.channels, labels)
    return {ONNX: model, MXNET_SYMBOL: files.symbol, MXNET_PARAMS: files.params}


def preprocessing_for(files: MxnetFiles, size: int | None = None) -> Preprocessing:
    """What pictures must go through for a model that brings no description of its own.

    Args:
        size: side of its pictures in pixels, where the model does not say.

    Raises:
        UsageError: neither the model nor the caller says how large its pictures are.
        BundleError: its pictures are not square, or of another kind.
    """
    shape = files.shape or ((_channels(files), size, size) if size else None)
    if shape is None:
        raise UsageError(
            "The model does not say how large its pictures are.",
            "Say so: --size 350 for pictures of 350 × 350 pixels.",
        )
    channels, height, width = shape
    if height != width or channels not in (1, 3):
        raise BundleError(
            f"The model takes pictures of {width} × {height} pixels in {channels} channels.",
            "Only square pictures in grey or colour can be used.",
        )
    try:
        return Preprocessing(height, channels, DEFAULT_CROP, DEFAULT_EXTENTS[DEFAULT_CROP])
    except ValueError as error:
        raise UsageError(f"Pictures cannot be prepared like that: {error}.") from None


def _channels(files: MxnetFiles) -> int:
    """The channels of the picture, as the net's first convolution has them."""
    arrays = read_params(files.params)
    graph = read_symbol(files.symbol, arrays)
    for number in graph.needed:
        node = graph.nodes[number]
        if node.op == "Convolution" and len(node.inputs) > 1:
            weight = arrays.get(graph.nodes[node.inputs[1]].name)
            if weight is not None and weight.ndim == 4:
                return int(weight.shape[1])
    return 3
