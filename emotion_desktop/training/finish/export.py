"""From a trained Keras model to the files of a bundle."""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import AppError
from emotion_desktop.engines.bundle import KERAS
from emotion_desktop.engines.table import ENGINES
from emotion_desktop.training.data.prepared_faces import PreparedFaces

#: Logits may differ by so much of the largest one: the two add up in different orders.
_TOLERANCE: Final = 1e-4
_CHUNK: Final = 256
_PACKAGES: Final = (
    *("tensorflow", "keras", "numpy", "opencv-python-headless"),
    *(engine.package for engine in ENGINES.values() if engine.from_keras is not None),
)
#: Names of modules, where a distribution's is not its module's.
_MODULES: Final = {"opencv-python-headless": "cv2", "ai-edge-litert": "ai_edge_litert"}


def model_files(model: Any) -> dict[str, bytes]:
    """The bytes of the Keras file, without an optimiser, and of the forms for engines."""
    with tempfile.TemporaryDirectory() as folder:
        keras_file = Path(folder, KERAS)
        model.save(keras_file)
        files = {KERAS: keras_file.read_bytes()}
    for engine in ENGINES.values():
        if engine.from_keras is not None:
            files |= engine.from_keras(model)
    return files


def check_same(
    expected: npt.NDArray[np.float32],
    classify: Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float32]],
    faces: PreparedFaces,
) -> None:
    """Checks that the exported model gives the logits of the trained one.

    Args:
        expected: (n, labels) logits of the trained model.
        classify: the exported model.
        faces: (n, size, size, channels) real faces.

    Raises:
        AppError: it gives others.
    """
    gap = 0.0
    for start in range(0, len(faces), _CHUNK):
        found = classify(faces[start : start + _CHUNK])
        gap = max(gap, float(np.abs(found - expected[start : start + _CHUNK]).max(initial=0.0)))
    if not gap <= _TOLERANCE * max(1.0, float(np.abs(expected).max(initial=0.0))):
        raise AppError(
            "The exported model does not answer as the trained one does.",
            "Nothing was written; update TensorFlow or train again.",
        )


def versions() -> dict[str, str]:
    """The versions of what a model is made with, by package; “unknown” where one tells none."""
    return {"python": platform.python_version(), **{name: _version(name) for name in _PACKAGES}}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        # It came under another name (tensorflow-cpu, keras-nightly), or this program is frozen.
        module = sys.modules.get(_MODULES.get(package, package))
        return str(getattr(module, "__version__", "unknown"))
