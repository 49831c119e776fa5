"""What was dropped, pasted or named at the start: paths, and what each of them is for.

Names alone tell that; nothing is asked of the disk for a file that was dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData

from emotion_desktop.domain.model_files import is_model

_TABLES: Final = (".csv", ".tsv")


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
    models = [path for path in paths if is_model(path)]
    tables = [p for p in paths if p not in models and p.suffix.lower() in _TABLES]
    photos = [p for p in paths if p not in models and p not in tables]
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
