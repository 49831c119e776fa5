"""What a rented machine learns from, in one file: faces with their emotions, and the recipe.

No photo, no name, no file name, nothing of the sealed test. The file is a ZIP of NumPy arrays and
JSON: nothing in it can be executed.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.job import JobContext
from emotion_desktop.training.data.part import Part
from emotion_desktop.training.progress import Stage
from emotion_desktop.training.recipe.recipe import Recipe
from emotion_desktop.workspace.files.atomic import written_atomically

#: Raised when what the file holds changes.
_FORMAT: Final = 1
_ABOUT: Final = "about.json"
_NET: Final = "start.keras"
_npy: Any = np.lib.format  # it has no types
_PARTS: Final = ("training", "validation")
#: Of a part, beside its faces; who is on a photo stays where it is.
_ARRAYS: Final = ("emotions", "votes", "draws")
#: Faces written at a time; bounds the memory.
_CHUNK: Final = 1024


@dataclass(frozen=True)
class PackedTraining:
    """What is learnt from, and how.

    Attributes:
        recipe: with what the split says of balance and colour in it.
        start: a Keras file to go on from; empty for a new net.
        start_labels: the emotions that net knows.
    """

    recipe: Recipe
    labels: Sequence[str]
    seed: int
    training: Part
    validation: Part
    start: bytes = b""
    start_labels: Sequence[str] = ()


def write_packed(path: Path, packed: PackedTraining, context: JobContext) -> None:
    """Writes the file; the same content gives the same bytes.

    Raises:
        AppError: the disk is full.
        CancelledError: the user cancelled.
    """
    about = {
        "format": _FORMAT,
        "recipe": packed.recipe.to_dict(),
        "labels": list(packed.labels),
        "seed": packed.seed,
        "copies": packed.training.copies,
        "start_labels": list(packed.start_labels),
    }
    parts = {"training": packed.training, "validation": packed.validation}
    stage = Stage(context, sum(len(part.faces) for part in parts.values()))
    done = 0
    with (
        written_atomically(path) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        _write_entry(archive, _ABOUT, json.dumps(about).encode())
        if packed.start:
            _write_entry(archive, _NET, packed.start)
        for name, part in parts.items():
            for what in _ARRAYS:
                if getattr(part, what) is not None:
                    with _entry(archive, f"{name}_{what}.npy") as entry:
                        _npy.write_array(entry, getattr(part, what), allow_pickle=False)
            shape = (len(part.faces), *part.faces[:1].shape[1:])
            with _entry(archive, f"{name}_faces.npy") as entry:
                _npy.write_array_header_1_0(
                    entry, {"descr": "|u1", "fortran_order": False, "shape": shape}
                )
                for begin in range(0, len(part.faces), _CHUNK):
                    faces = part.faces[begin : begin + _CHUNK]
                    entry.write(np.ascontiguousarray(faces).tobytes())
                    done += len(faces)
                    stage.step(done, f"packing faces, {done:,}")


def read_packed(path: Path) -> PackedTraining:
    """Reads what write_packed wrote.

    Raises:
        DataError: it is not that, or another version's.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            about: Mapping[str, Any] = json.loads(archive.read(_ABOUT))
            if about["format"] != _FORMAT:
                raise ValueError(f"format {about['format']}")  # noqa: TRY301
            start = archive.read(_NET) if _NET in archive.namelist() else b""
            training, validation = (_read_part(archive, name) for name in _PARTS)
        return PackedTraining(
            recipe=Recipe.from_dict(about["recipe"]),
            labels=tuple(about["labels"]),
            seed=int(about["seed"]),
            training=replace(training, copies=int(about["copies"])),
            validation=validation,
            start=start,
            start_labels=tuple(about["start_labels"]),
        )
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise DataError(
            f"The faces to learn from cannot be read ({error}).", "Start the training again."
        ) from None


def _entry(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """An entry to be written; all have one date, so that the same content gives the same bytes."""
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    return archive.open(info, "w", force_zip64=True)


def _write_entry(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    with _entry(archive, name) as entry:
        entry.write(data)


def _read_part(archive: zipfile.ZipFile, name: str) -> Part:
    there = set(archive.namelist())
    arrays = {}
    for what in ("faces", *_ARRAYS):
        if f"{name}_{what}.npy" in there:
            with archive.open(f"{name}_{what}.npy") as entry:
                arrays[what] = _npy.read_array(entry, allow_pickle=False)
                # The checksum is compared at the entry's end, which is not reached by itself.
                if entry.read(1):
                    raise ValueError(f"{name}_{what}: there is more than the array")
    faces = len(arrays["faces"])
    if any(len(array) != faces for array in arrays.values()):
        raise ValueError(f"{name}: the arrays are of several lengths")
    return Part(people=np.zeros(faces, np.int32), **arrays)
