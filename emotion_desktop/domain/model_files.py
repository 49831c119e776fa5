"""Which files and folders are models, by their names."""

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
    if path.name == _SAVED_MODEL:
        return True
    if is_folder(path):
        return _is_file(path / _SAVED_MODEL)
    return path.suffix.casefold() in _FOREIGN


def foreign_root(path: Path) -> Path:
    """What a foreign model is: its file, or the folder of a SavedModel of which this is a file."""
    return path.parent if path.name == _SAVED_MODEL else path


def foreign_name(path: Path) -> str:
    """What a foreign model is called: folders have no ending that is to be left out."""
    root = foreign_root(path)
    is_file = root.suffix.casefold() in _FOREIGN and not is_folder(root)
    return root.stem if is_file else root.name


def is_model(path: Path) -> bool:
    """Whether a file or folder is a model that can be imported."""
    if is_folder(path):
        return is_foreign(path)
    return path.suffix.casefold() == SUFFIX or is_mxnet(path) or is_foreign(path)


def is_folder(path: Path) -> bool:
    """Whether it is a folder, whatever its name looks like; False where it cannot be asked."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
