"""Predictions as files: JSON, CSV, and copies of the photos sorted into folders."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Final

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import AppError, UnreadablePictureError
from emotion_desktop.domain.geometry import Box
from emotion_desktop.domain.prediction import PhotoStatus, Prediction
from emotion_desktop.imaging.file_content import read_bytes
from emotion_desktop.workspace.files.atomic import cannot_write, write_atomically

NOT_SURE: Final = "not sure"
NO_FACE: Final = "no face"

#: Corrections of faces: the emotion, by the photo's digest and the face's box.
Corrections = Mapping[tuple[bytes, Box], str]
_NONE: Final[Corrections] = MappingProxyType({})


def as_json(predictions: Iterable[Prediction], corrections: Corrections = _NONE) -> str:
    """A list with an entry per photo; a face that a person corrected says ``corrected``."""
    entries = []
    for prediction in predictions:
        entry = prediction.to_dict()
        for written, face in zip(entry["faces"], prediction.faces, strict=True):
            corrected = corrections.get((prediction.digest or b"", face.box))
            if corrected is not None:
                written["corrected"] = corrected
        entries.append(entry)
    return json.dumps(entries, indent=1) + "\n"


def as_csv(predictions: Iterable[Prediction], corrections: Corrections | None = None) -> str:
    """A row per face; a photo without one has a row, too.

    Args:
        corrections: stand in a column of their own, the last; None for no such column.
    """
    head = ["path", "status", "error", "face", "x", "y", "width", "height"]
    columns = [*head, "emotion", "confidence", "sure", *EMOTIONS, "model"]
    if corrections is not None:
        columns.append("corrected")
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    for prediction in predictions:
        photo = {
            "path": prediction.path,
            "status": prediction.status.value,
            "error": prediction.error or "",
            "model": prediction.model_name,
        }
        if not prediction.faces:
            writer.writerow(photo)
        for number, face in enumerate(prediction.faces, start=1):
            row = {
                **photo,
                "face": number,
                **dict(zip(head[4:], face.box.to_list(), strict=True)),
                "emotion": face.emotion,
                "confidence": f"{face.confidence:.4f}",
                "sure": "yes" if face.sure else "no",
                **{emotion: f"{share:.4f}" for emotion, share in face.probabilities.items()},
            }
            if corrections is not None:
                row["corrected"] = corrections.get((prediction.digest or b"", face.box), "")
            writer.writerow(row)
    return buffer.getvalue()


def section_of(prediction: Prediction, corrections: Corrections = _NONE) -> str | None:
    """The folder a photo is sorted into: by its largest face; None if it cannot be read."""
    if prediction.status is PhotoStatus.UNREADABLE:
        return None
    if not prediction.faces:
        return NO_FACE
    largest = prediction.faces[0]
    corrected = corrections.get((prediction.digest or b"", largest.box))
    return corrected or (largest.emotion if largest.sure else NOT_SURE)


def sort_into(
    predictions: Sequence[Prediction],
    folder: Path,
    corrections: Corrections = _NONE,
    *,
    between: Callable[[int], None] = lambda _: None,
) -> int:
    """Copies photos into a sub-folder per emotion; nothing is moved or overwritten.

    Args:
        between: called before each photo how many were dealt with; what it raises ends the copying.

    Returns:
        How many photos were copied.

    Raises:
        AppError: a copy cannot be written.
    """
    copied = 0
    for number, prediction in enumerate(predictions):
        between(number)
        section = section_of(prediction, corrections)
        if section is None:
            continue
        _copy(Path(prediction.path), folder / section)
        copied += 1
    return copied


def _copy(photo: Path, folder: Path) -> None:
    """Copies a photo with its times, whole or not at all.

    Raises:
        AppError: it cannot be read any more, or the copy cannot be written.
    """
    target = folder / photo.name
    try:
        data = read_bytes(photo)
    except UnreadablePictureError as error:
        raise AppError(f"{photo.name} was not copied. {error.message}", error.hint) from None
    try:
        target = _free(target)
        write_atomically(target, data, durable=False)
    except OSError as error:
        raise cannot_write(target, error) from None
    with suppress(OSError):  # times and permissions are a courtesy
        shutil.copystat(photo, target)


def _free(path: Path) -> Path:
    number, free = 2, path
    while free.exists():
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
        number += 1
    return free
