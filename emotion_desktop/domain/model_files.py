"""Which files and folders are models, by their names."""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: How this program's own models end.
MODEL_SUFFIX: Final = ".emodel"
#: How the names of MXNet's and SageMaker's models end.
_MXNET: Final = (".tar.gz", ".tgz", "-symbol.json", ".params")
#: Those of Keras and ONNX; TensorFlow's SavedModel is a folder with this file.
_EXTERNAL: Final = (".keras", ".h5", ".hdf5", ".onnx")
_SAVED_MODEL: Final = "saved_model.pb"


def is_mxnet(path: Path) -> bool:
    """Whether a file is a model of MXNet."""
    return path.name.casefold().endswith(_MXNET)


def is_external(path: Path) -> bool:
    """Whether it looks like a Keras, SavedModel or ONNX model."""
    if path.name == _SAVED_MODEL:
        return True
    if is_folder(path):
        return _is_file(path / _SAVED_MODEL)
    return path.suffix.casefold() in _EXTERNAL


def external_root(path: Path) -> Path:
    """An external model's file, or the folder of the SavedModel of which this is a file."""
    return path.parent if path.name == _SAVED_MODEL else path


def external_name(path: Path) -> str:
    """An external model's name: its file's without the ending, or its folder's."""
    root = external_root(path)
    is_file = root.suffix.casefold() in _EXTERNAL and not is_folder(root)
    return root.stem if is_file else root.name


def is_model(path: Path) -> bool:
    """Whether a file or folder is a model that can be imported."""
    if is_folder(path):
        return is_external(path)
    return path.suffix.casefold() == MODEL_SUFFIX or is_mxnet(path) or is_external(path)


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
