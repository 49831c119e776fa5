"""What was dropped, pasted or named at the start: paths, and what each of them is for.

Names alone tell a picture: of thousands that are dropped nothing is asked of the disk. Whatever
else was dropped may be a folder, whose name may look like a file's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData

from emotion_desktop.domain.files.data_files import is_data_name
from emotion_desktop.domain.files.model_files import is_folder, is_model
from emotion_desktop.domain.files.picture_formats import PICTURE_SUFFIXES


@dataclass(frozen=True, slots=True)
class DroppedPaths:
    """Paths by what is done with them; photos are files and folders."""

    models: tuple[Path, ...]
    tables: tuple[Path, ...]
    photos: tuple[Path, ...]


def by_kind(paths: Iterable[Path]) -> DroppedPaths:
    """Sorts paths. Of the two files of a model of MXNet the one that names the other stands for
    both."""
    paths = list(paths)
    if any(path.name.endswith("-symbol.json") for path in paths):
        paths = [path for path in paths if path.suffix.lower() != ".params"]
    models, tables, photos = [], [], []
    for path in paths:
        if path.suffix.casefold() in PICTURE_SUFFIXES:
            photos.append(path)
        elif is_model(path):
            models.append(path)
        elif is_data_name(path.name) and not is_folder(path):
            tables.append(path)
        else:
            photos.append(path)
    return DroppedPaths(tuple(models), tuple(tables), tuple(photos))


def paths_in(data: QMimeData) -> list[Path]:
    """The files of this computer that are dropped or in the clipboard, as such or as text."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if paths or not data.hasText():
        return paths
    lines = [line.strip().strip("'\"") for line in data.text().splitlines()]
    return [Path(line) for line in lines if line and _exists(line)]


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except (OSError, ValueError):
        return False
