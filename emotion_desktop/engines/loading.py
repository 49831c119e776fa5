"""From a bundle to a classifier that answers in this process."""

from __future__ import annotations

from emotion_desktop.engines.bundle import Bundle
from emotion_desktop.engines.classifier import Classifier
from emotion_desktop.engines.table import ENGINES


def load_classifier(bundle: Bundle, engine: str = "") -> Classifier:
    """Loads a bundle's model.

    Args:
        engine: one of table.ENGINES; empty for the bundle's own choice. Those with a process of
            their own are for worker processes alone.

    Raises:
        BundleError: the model cannot be loaded.
        UsageError: the bundle has nothing for that engine.
        AppError: the engine is not installed.
    """
    return ENGINES[bundle.engine(engine)].load(bundle)
