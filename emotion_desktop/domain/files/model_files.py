"""Which files and folders are models, by their names."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Final

#: How this program's own models end.
MODEL_SUFFIX: Final = ".emodel"
#: How the names of MXNet's and SageMaker's models end.
_MXNET: Final = (".tar.gz", ".tgz", "-symbol.json", ".params")
#: Those of Keras, ONNX and LiteRT; TensorFlow's SavedModel is a folder with this file.
_EXTERNAL: Final = (".keras", ".h5", ".hdf5", ".onnx", ".tflite")
_SAVED_MODEL: Final = "saved_model.pb"
_ZIP: Final = ".zip"
_MOST_NAMES: Final = 10_000


def is_mxnet(path: Path) -> bool:
    """Whether a file is a model of MXNet."""
    return path.name.casefold().endswith(_MXNET)


def is_external(path: Path) -> bool:
    """Whether it looks like a model of Keras, TensorFlow, LiteRT or ONNX."""
    if path.name == _SAVED_MODEL:
        return True
    if is_folder(path):
        return _is_file(path / _SAVED_MODEL)
    return path.suffix.casefold() in _EXTERNAL or is_zipped_model(path)


def is_zipped_model(path: Path) -> bool:
    """Whether it is a ZIP file with an external model in it."""
    if path.suffix.casefold() != _ZIP or not _is_file(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except Exception:  # noqa: BLE001 - damaged directories make zipfile raise whatever comes
        return False
    return len(names) <= _MOST_NAMES and bool(models_among(names))


def models_among(names: Iterable[str]) -> list[str]:
    """The models among the names of files: those of external models, folders for SavedModels.

    What macOS keeps beside files is passed over.
    """
    found = []
    for name in names:
        path = PurePosixPath(name)
        if path.name.startswith("._") or "__MACOSX" in path.parts:
            continue
        if path.name == _SAVED_MODEL:
            found.append(str(path.parent))
        elif path.suffix.casefold() in _EXTERNAL and not name.endswith("/"):
            found.append(name)
    return found


def external_root(path: Path) -> Path:
    """An external model's file, or the folder of the SavedModel of which this is a file."""
    return path.parent if path.name == _SAVED_MODEL else path


def external_name(path: Path) -> str:
    """An external model's name: its file's without the ending, or its folder's."""
    root = external_root(path)
    is_file = root.suffix.casefold() in (*_EXTERNAL, _ZIP) and not is_folder(root)
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
