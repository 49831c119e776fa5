"""From a bundle to a classifier that answers in this process."""

from __future__ import annotations

from emotion_desktop.engines.bundle import Bundle
from emotion_desktop.engines.classifier import Classifier


def load_classifier(bundle: Bundle, engine: str = "") -> Classifier:
    """Loads a bundle's model.

    Args:
        engine: one of bundle.ENGINES; empty for the bundle's own choice. ``mxnet`` is for worker
            processes alone.

    Raises:
        BundleError: the model cannot be loaded.
        UsageError: the bundle has nothing for that engine.
        AppError: the engine is not installed.
    """
    chosen = bundle.engine(engine)
    if chosen == "mxnet":
        from emotion_desktop.engines.mxnet.module import MxnetClassifier

        return MxnetClassifier(bundle)
    if chosen == "onnx":
        from emotion_desktop.engines.onnx_runtime import OnnxClassifier

        return OnnxClassifier(bundle)
    from emotion_desktop.engines.litert import LiteRTClassifier

    return LiteRTClassifier(bundle)
