"""Why Keras does not load a file, in words."""

from __future__ import annotations

import re
from typing import Final

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.training.external.pixels import first_line
from emotion_desktop.training.net.keras_file import KerasFile, damaged

#: How Keras 2 and Keras 3 name a class that they do not have.
_UNKNOWN: Final = (
    re.compile(r"Could not locate (?:class|function) '([^']+)'"),
    re.compile(r"Unknown (?:layer|object|activation function|initializer): '?([\w>]+)"),
)
#: How TensorFlow and NumPy say that a layer is larger than any memory.
_TOO_LARGE: Final = re.compile(
    r"ResourceExhausted|MemoryError|OOM when|bad_alloc|[Uu]nable to allocate|too many elements"
)


def cannot_load(error: Exception, file: KerasFile) -> BundleError:
    """The error of a file that Keras raised this for."""
    # What a whole file holds is not there, or HDF5 cannot make sense of it.
    if isinstance(error, OSError | KeyError) or "synchronously" in str(error):
        return damaged()
    if _TOO_LARGE.search(f"{type(error).__name__}: {error}"):
        return BundleError(
            "The model needs more memory than there is.",
            "Its file is damaged or made to do harm, or it was made for a larger computer.",
        )
    for pattern in _UNKNOWN:
        found = pattern.search(str(error))
        if found is not None:
            name = found[1].rpartition(">")[2]
            return BundleError(
                f"The model uses “{name}”, which is none of Keras's own layers and functions.",
                "Save it with layers of Keras alone, or export it to ONNX.",
            )
    version = f"Keras {file.version}" if file.version else "Keras"
    return BundleError(
        f"This model of {version} cannot be loaded ({first_line(error)}).",
        "Load it where it was made and export it to ONNX or as a SavedModel.",
    )
