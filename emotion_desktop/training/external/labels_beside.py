"""The names of a model's classes, in the file that Teachable Machine and others put beside it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from emotion_desktop.domain.emotions import parse_emotion
from emotion_desktop.workspace.files.kinds import is_special

_NAMES: Final = ("labels.txt", "label.txt", "classes.txt")
_MAX_BYTES: Final = 10_000
#: Teachable Machine numbers its lines: “0 Happy”.
_NUMBER: Final = re.compile(r"^\d+[\s:,.)-]+")


def labels_beside(model: Path) -> tuple[str, ...]:
    """The emotions of a model's classes, in their order; empty where no file names them all.

    Args:
        model: its file, or a SavedModel's folder.
    """
    for folder in (model.parent, model):
        for name in _NAMES:
            found = _read(folder / name)
            if found:
                return found
    return ()


def _read(path: Path) -> tuple[str, ...]:
    try:
        if is_special(path) or not path.is_file() or path.stat().st_size > _MAX_BYTES:
            return ()
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError:
        return ()
    found = [parse_emotion(_NUMBER.sub("", line.strip())) for line in lines if line.strip()]
    known = [emotion for emotion in found if emotion is not None]
    return tuple(known) if len(set(known)) == len(found) else ()
