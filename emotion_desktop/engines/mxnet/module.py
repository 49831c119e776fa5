"""Classification by MXNet itself: the reference for what came from it. Worker processes only."""

from __future__ import annotations

import json
import os
import threading
import warnings
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import AppError, BundleError
from emotion_desktop.domain.model import ModelCard
from emotion_desktop.engines.bundle import Bundle
from emotion_desktop.engines.classifier import in_batches
from emotion_desktop.engines.mxnet.params import Array, read_params
from emotion_desktop.engines.mxnet.symbol import Graph, read_symbol
from emotion_desktop.engines.table import MXNET_PARAMS, MXNET_SYMBOL

_BATCH: Final = 16
_HALF: Final = "float16"
_OTHER_ENGINE: Final = "Use the engine onnx: it answers the same."


class MxnetClassifier:
    """The MXNet form of a bundle's model, through ``mx.mod.Module``; serves one thread at a time.

    Raises:
        BundleError: the model cannot be loaded, or does not fit its description.
        AppError: MXNet is not installed.
    """

    def __init__(self, bundle: Bundle) -> None:
        self._card = bundle.card
        self._lock = threading.Lock()
        self._mx = load_mxnet()
        symbol, params = bundle.read(MXNET_SYMBOL), read_params(bundle.read(MXNET_PARAMS))
        graph = read_symbol(symbol, params)
        try:
            self._bind(symbol, params, graph)
            need = self._card.preprocessing
            self.logits(np.zeros((2, need.size, need.size, need.channels), np.uint8))
        except (ValueError, RuntimeError, self._mx.MXNetError):
            raise BundleError(
                "MXNet cannot load the model inside the file.", "Export or download it again."
            ) from None

    def _bind(self, symbol: bytes, params: Mapping[str, Array], graph: Graph) -> None:
        mx, need = self._mx, self._card.preprocessing
        whole = mx.sym.load_json(_in_float32(symbol))
        logits = whole.get_internals()[f"{graph.nodes[graph.logits].name}_output"]
        self._channels = _channels(graph, params, need.channels)
        arguments, auxiliaries = set(logits.list_arguments()), set(logits.list_auxiliary_states())
        arrays = {name: mx.nd.array(a.astype(np.float32)) for name, a in params.items()}
        self._module = mx.mod.Module(
            logits, data_names=[graph.picture], label_names=None, context=mx.cpu()
        )
        self._module.bind(
            [(graph.picture, (_BATCH, self._channels, need.size, need.size))], for_training=False
        )
        self._module.set_params(
            {name: array for name, array in arrays.items() if name in arguments},
            {name: array for name, array in arrays.items() if name in auxiliaries},
        )

    @property
    def card(self) -> ModelCard:
        """Labels, preprocessing and calibration to use it with."""
        return self._card

    def logits(self, faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """(n, size, size, channels) uint8 in, (n, labels) out."""
        return in_batches(self._run_batch, faces, _BATCH, len(self._card.labels))

    def _run_batch(self, faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        mx = self._mx
        filled = np.zeros((_BATCH, *faces.shape[1:]), np.float32)
        filled[: len(faces)] = faces
        pictures = filled.transpose(0, 3, 1, 2)
        if pictures.shape[1] < self._channels:
            pictures = np.repeat(pictures, self._channels, axis=1)
        with self._lock:
            self._module.forward(mx.io.DataBatch([mx.nd.array(pictures)]), is_train=False)
            answer = self._module.get_outputs()[0].asnumpy()
        return np.asarray(answer[: len(faces)], np.float32)


def _channels(graph: Graph, params: Mapping[str, Array], otherwise: int) -> int:
    """How many channels the net's picture has: its first convolution knows."""
    for number in graph.needed:
        node = graph.nodes[number]
        if node.op == "Convolution":
            weight = params[graph.nodes[node.inputs[1]].name]
            return int(weight.shape[1]) * int(node.attributes.get("num_group", 1))
    return otherwise


def _in_float32(symbol: bytes) -> str:
    """The symbol with its casts to float16 taken back: CPUs have no kernels for it."""
    content: dict[str, Any] = json.loads(symbol)
    for node in content["nodes"]:
        if node["op"] in ("Cast", "amp_cast"):
            for key in ("param", "attr", "attrs"):
                attributes = node.get(key) or {}
                if attributes.get("dtype") == _HALF:
                    attributes["dtype"] = "float32"
    return json.dumps(content)


def load_mxnet() -> Any:
    """The package ``mxnet``.

    Raises:
        AppError: it is not installed (for Windows and Apple's own processors there is no wheel),
            or something that it needs is missing.
    """
    _restore_numpy_names()
    # oneDNN's fusion of layers is wrong for some nets: one whose first shortcut is a convolution
    # without batch normalisation, say. MXNet reads this when a net is bound.
    os.environ["MXNET_SUBGRAPH_BACKEND"] = "NONE"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import mxnet
    except ModuleNotFoundError as error:
        name = (error.name or "mxnet").split(".")[0]
        message = (
            "MXNet is not installed on this computer."
            if name == "mxnet"
            else f"MXNet needs the package {name}, which is not installed."
        )
        raise AppError(message, _OTHER_ENGINE) from None
    except OSError as error:  # its library was not found, or one that this needs
        raise AppError(
            f"MXNet could not be loaded ({error}).",
            "On Debian and Ubuntu install libgomp1 and libquadmath0 (sudo apt-get install "
            "libgomp1 libquadmath0), or use the engine onnx: it answers the same.",
        ) from None
    return mxnet


def _restore_numpy_names() -> None:
    """Puts back what NumPy removed since MXNet 1.9.1, which reads it while it is imported.

    Only what is missing: ``numpy.bool`` is another thing in NumPy 2, which relies on it.
    """
    removed: dict[str, Any] = {
        "bool": bool,  # missing in NumPy 1.24 to 1.26 alone
        **{"PZERO": 0.0, "NZERO": -0.0, "PINF": np.inf, "NINF": -np.inf},
        **{"NAN": np.nan, "NaN": np.nan, "Inf": np.inf},
        **{"alltrue": np.all, "sometrue": np.any, "product": np.prod, "round_": np.round},
        **{"in1d": np.isin, "msort": lambda a: np.sort(a, axis=0)},
        "trapz": getattr(np, "trapezoid", None),
        # Financial functions, gone since NumPy 1.20. MXNet lists them and never calls them.
        **dict.fromkeys(("mirr", "npv", "pmt", "ppmt", "pv", "rate")),
    }
    for name, value in removed.items():
        if name not in vars(np):
            setattr(np, name, value)
