"""Which photos are meant by the files and folders a user names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from emotion_desktop.domain.prediction import PhotoStatus, Prediction
from emotion_desktop.workspace.catalogue.places import absolute


@dataclass
class Found:
    """The photos found, in order, and the folders that could not be read."""

    photos: list[Path] = field(default_factory=list)
    problems: list[Prediction] = field(default_factory=list)


def find_photos(paths: Iterable[Path], suffixes: frozenset[str]) -> Found:
    """Walks folders; files that are named themselves are taken whatever they are called.

    A photo named twice is taken once. Folders reached twice, by a link that leads back up say,
    are walked once.
    """
    found = Found()
    seen_files: set[Path] = set()
    seen_folders: set[tuple[int, int]] = set()

    def take(path: Path) -> None:
        key = absolute(path)
        if key not in seen_files:
            seen_files.add(key)
            found.photos.append(path)

    for path in paths:
        if _is_folder(path):
            _walk(path, suffixes, take, seen_folders, found)
        else:
            take(path)
    return found


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _walk(
    folder: Path,
    suffixes: frozenset[str],
    take: Callable[[Path], None],
    seen: set[tuple[int, int]],
    found: Found,
) -> None:
    pending = [folder]
    while pending:
        current = pending.pop()
        try:
            status = current.stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(current) as entries:
                names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
        except OSError as error:
            reason = (
                "The folder may not be read. Check its permissions."
                if isinstance(error, PermissionError)
                else f"The folder could not be read ({error.strerror or type(error).__name__})."
            )
            found.problems.append(Prediction(str(current), PhotoStatus.UNREADABLE, error=reason))
            continue
        folders = []
        for name in names:
            path = current / name
            if _is_folder(path):
                folders.append(path)
            elif path.suffix.lower() in suffixes:
                take(path)
        pending += reversed(folders)
