"""What can run the model of a bundle: one row each.

A new engine is a module with its Classifier, a row here, and its package in pyproject.toml. Light
to import: what an engine needs is loaded with its first model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from emotion_desktop.engines.bundle import Bundle
    from emotion_desktop.engines.classifier import Classifier
    from emotion_desktop.engines.penultimate import PenultimateNet

LITERT: Final = "model.tflite"
ONNX: Final = "model.onnx"
MXNET_SYMBOL: Final = "symbol.json"
MXNET_PARAMS: Final = "model.params"


@dataclass(frozen=True, slots=True)
class Engine:
    """What runs a model.

    Attributes:
        name: what ``--engine`` takes.
        title: for people.
        package: the distribution that it comes in.
        files: the files of a bundle that it needs, and the most bytes each may have.
        load: makes the classifier.
        penultimate: makes a net that is read before its last layer, for one thread; None where
            the engine keeps that to itself.
        from_keras: the engine's files of a Keras model that was trained here; None where trained
            models are not written for it.
        portable: False where some computers have no wheel of it: a bundle then needs another
            engine besides.
        own_process: it runs in a process of its own, and may do as it likes there.
    """

    name: str
    title: str
    package: str
    files: Mapping[str, int]
    load: Callable[[Bundle], Classifier]
    penultimate: Callable[[Bundle], PenultimateNet] | None = None
    from_keras: Callable[[Any], dict[str, bytes]] | None = None
    portable: bool = True
    own_process: bool = False


def _load_litert(bundle: Bundle) -> Classifier:
    from emotion_desktop.engines.litert import LiteRTClassifier

    return LiteRTClassifier(bundle)


def _litert_penultimate(bundle: Bundle) -> PenultimateNet:
    from emotion_desktop.engines.penultimate import LiteRTFeatures

    return LiteRTFeatures(bundle.read(LITERT), whole=False)


def _litert_from_keras(model: Any) -> dict[str, bytes]:
    from emotion_desktop.engines.litert import from_keras

    return from_keras(model)


def _load_onnx(bundle: Bundle) -> Classifier:
    from emotion_desktop.engines.onnx_runtime import OnnxClassifier

    return OnnxClassifier(bundle)


def _onnx_penultimate(bundle: Bundle) -> PenultimateNet:
    from emotion_desktop.engines.penultimate import OnnxFeatures

    return OnnxFeatures(bundle.read(ONNX))


def _load_mxnet(bundle: Bundle) -> Classifier:
    from emotion_desktop.engines.mxnet.module import MxnetClassifier

    return MxnetClassifier(bundle)


_ROWS: Final = (
    Engine(
        "litert",
        "LiteRT",
        "ai-edge-litert",
        {LITERT: 512 << 20},
        load=_load_litert,
        penultimate=_litert_penultimate,
        from_keras=_litert_from_keras,
    ),
    Engine(
        "onnx",
        "ONNX Runtime",
        "onnxruntime",
        {ONNX: 512 << 20},
        load=_load_onnx,
        penultimate=_onnx_penultimate,
    ),
    Engine(
        "mxnet",
        "MXNet",
        "mxnet",
        {MXNET_SYMBOL: 32 << 20, MXNET_PARAMS: 512 << 20},
        load=_load_mxnet,
        portable=False,
        own_process=True,
    ),
)
#: By name; the first that a bundle has files for is its own choice.
ENGINES: Final[Mapping[str, Engine]] = MappingProxyType({row.name: row for row in _ROWS})
