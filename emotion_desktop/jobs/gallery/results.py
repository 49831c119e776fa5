"""Predictions as files: JSON, CSV, and copies of the photos sorted into folders."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.geometry import Box
from emotion_desktop.domain.prediction import PhotoStatus, Prediction
from emotion_desktop.workspace.files.atomic import cannot_write

NOT_SURE: Final = "not sure"
NO_FACE: Final = "no face"

Corrections = Mapping[tuple[bytes, Box], str]
"""What people say of faces: the emotion, by the photo's digest and the face's box."""
_NONE: Final[Corrections] = MappingProxyType({})


def as_json(results: Iterable[Prediction], corrections: Corrections = _NONE) -> str:
    """A list with an entry per photo; a face that a person corrected says ``corrected``."""
    entries = []
    for result in results:
        entry = result.to_dict()
        for told, face in zip(entry["faces"], result.faces, strict=True):
            corrected = corrections.get((result.digest or b"", face.box))
            if corrected is not None:
                told["corrected"] = corrected
        entries.append(entry)
    return json.dumps(entries, indent=1) + "\n"


def as_csv(results: Iterable[Prediction], corrections: Corrections | None = None) -> str:
    """A row per face; a photo without one has a row, too.

    Args:
        corrections: stand in a column of their own, the last; None for no such column.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    head = ["path", "status", "error", "face", "x", "y", "width", "height"]
    last = [] if corrections is None else ["corrected"]
    columns = [*head, "emotion", "confidence", "sure", *EMOTIONS, *last]
    writer.writerow(columns)
    for result in results:
        start = [result.path, result.status.value, result.error or ""]
        if not result.faces:
            writer.writerow([*start, *[""] * (len(columns) - len(start))])
        for number, face in enumerate(result.faces, start=1):
            writer.writerow(
                [
                    *start,
                    number,
                    *face.box.to_list(),
                    face.emotion,
                    f"{face.confidence:.4f}",
                    "yes" if face.sure else "no",
                    *(
                        f"{face.probabilities[e]:.4f}" if e in face.probabilities else ""
                        for e in EMOTIONS
                    ),
                    *(
                        ()
                        if corrections is None
                        else [corrections.get((result.digest or b"", face.box), "")]
                    ),
                ]
            )
    return buffer.getvalue()


def section_of(result: Prediction, corrections: Corrections = _NONE) -> str | None:
    """The folder a photo is sorted into: by its largest face; None if it cannot be read."""
    if result.status is PhotoStatus.UNREADABLE:
        return None
    if not result.faces:
        return NO_FACE
    largest = result.faces[0]
    corrected = corrections.get((result.digest or b"", largest.box))
    return corrected or (largest.emotion if largest.sure else NOT_SURE)


def sort_into(
    results: Sequence[Prediction],
    folder: Path,
    corrections: Corrections = _NONE,
    *,
    between: Callable[[int], None] = lambda _: None,
) -> int:
    """Copies photos into a sub-folder per answer; nothing is moved or overwritten.

    Args:
        between: told before each photo how many were looked at; what it raises ends the copying.

    Returns:
        How many photos were copied.

    Raises:
        AppError: a copy cannot be written.
    """
    copied = 0
    for number, result in enumerate(results):
        between(number)
        section = section_of(result, corrections)
        if section is None:
            continue
        source = Path(result.path)
        target = folder / section / source.name
        try:
            target = _free(target)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
        except OSError as error:
            raise cannot_write(target, error) from None
        copied += 1
    return copied


def _free(path: Path) -> Path:
    number, free = 2, path
    while free.exists():
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
        number += 1
    return free
