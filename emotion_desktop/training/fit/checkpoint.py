"""Everything a training needs to go on as if it had never stopped, in one file.

The file is written beside the former one and put in its place in one step: whenever the program,
the worker or the machine dies, one whole state is there. It holds arrays and JSON, nothing that
could be executed.
"""

from __future__ import annotations

import json
import logging
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import DataError
from emotion_desktop.workspace.files.atomic import written_atomically

_log = logging.getLogger(__name__)

_ABOUT: Final = "about"
#: Raised when what the arrays or their description mean changes.
_FORMAT: Final = 1


@dataclass(frozen=True)
class Checkpoint:
    """A training between two steps.

    Attributes:
        about: JSON values: where the training is.
        arrays: weights, optimiser and random state by name.
    """

    about: Mapping[str, Any]
    arrays: Mapping[str, npt.NDArray[Any]]


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Replaces the file; afterwards the old state is there or the new one, whole.

    Raises:
        AppError: the disk is full or the folder may not be written. The old file is untouched.
    """
    about = json.dumps({"format": _FORMAT, **checkpoint.about}).encode()
    arrays: dict[str, Any] = {_ABOUT: np.frombuffer(about, np.uint8), **checkpoint.arrays}
    with written_atomically(path) as file:
        np.savez(file, **arrays)


def read_checkpoint(path: Path) -> Checkpoint | None:
    """The state in a file; None if there is no file.

    Raises:
        DataError: it is damaged, or of another version.
    """
    about: Any = None
    try:
        _check_sizes(path)
        # The ZIP's checksums are compared while the arrays are read.
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
        about = json.loads(arrays.pop(_ABOUT).tobytes())
    except FileNotFoundError:
        return None
    except Exception as error:  # noqa: BLE001 - damaged files make NumPy raise whatever comes
        _log.warning("a checkpoint cannot be read: %s: %s", path, error)
    if not isinstance(about, dict) or about.get("format") != _FORMAT:
        raise DataError(
            "The state that this training was left in cannot be read.",
            "Start the training again from its beginning.",
        )
    return Checkpoint(about, arrays)


def _check_sizes(path: Path) -> None:
    """Nothing is compressed in such a file: what it holds cannot be more than the file.

    Raises:
        ValueError: it claims to hold more, or is no plain file.
    """
    if not path.is_file() and path.exists():
        raise ValueError("it is no file")
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    stored = all(entry.compress_type == zipfile.ZIP_STORED for entry in entries)
    if not stored or sum(entry.file_size for entry in entries) > path.stat().st_size:
        raise ValueError("it claims to hold more than it does")
