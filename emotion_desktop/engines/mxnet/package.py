"""Importing MXNet, which today's NumPy and Python no longer quite suit. Worker processes only."""

from __future__ import annotations

import warnings
from typing import Any

from emotion_desktop.domain.errors import AppError


def load_mxnet() -> Any:
    """The package ``mxnet``.

    Raises:
        AppError: it is not installed; for Windows and Apple's own processors there is no wheel.
    """
    import numpy as np

    # An alias that NumPy 1.24 removed, and MXNet 1.9.1 reads while it is imported.
    if "bool" not in vars(np):
        np.bool = bool  # type: ignore[attr-defined]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import mxnet
    except ImportError:
        raise AppError(
            "MXNet is not installed on this computer.", "Use the engine onnx: it answers the same."
        ) from None
    return mxnet
