"""Which files are models, by their names."""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: How this program's own models end.
SUFFIX: Final = ".emodel"
#: How the names of MXNet's and SageMaker's models end.
_MXNET: Final = (".tar.gz", ".tgz", "-symbol.json", ".params")
#: Those of Keras and ONNX; TensorFlow's SavedModel is a folder with this file.
_FOREIGN: Final = (".keras", ".h5", ".hdf5", ".onnx")
_SAVED_MODEL: Final = "saved_model.pb"


def is_mxnet(path: Path) -> bool:
    """Whether a file is a model of MXNet."""
    return path.name.casefold().endswith(_MXNET)


def is_foreign(path: Path) -> bool:
    """Whether it looks like a Keras, SavedModel or ONNX model."""
    if path.suffix.casefold() in _FOREIGN:
        return True
    try:
        return path.name == _SAVED_MODEL or (path / _SAVED_MODEL).is_file()
    except OSError:
        return False


def foreign_root(path: Path) -> Path:
    """What a foreign model is: its file, or the folder of a SavedModel of which this is a file."""
    return path.parent if path.name == _SAVED_MODEL else path


def foreign_name(path: Path) -> str:
    """What a foreign model is called: folders have no ending that is to be left out."""
    root = foreign_root(path)
    return root.stem if root.suffix.casefold() in _FOREIGN else root.name


def is_model(path: Path) -> bool:
    """Whether a file or folder is a model that can be imported."""
    return path.suffix.casefold() == SUFFIX or is_mxnet(path) or is_foreign(path)
