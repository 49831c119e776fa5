"""Which photos are meant by the files and folders a user names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from emotion_desktop.dataset.sources.files.walk import FolderId, walk_photos
from emotion_desktop.domain.prediction import PhotoStatus, Prediction
from emotion_desktop.workspace.catalogue.places import absolute


@dataclass
class Found:
    """The photos found, in order, and the folders that could not be read."""

    photos: list[Path] = field(default_factory=list)
    problems: list[Prediction] = field(default_factory=list)


def find_photos(paths: Iterable[Path]) -> Found:
    """Walks folders; files that are named themselves are taken whatever their suffix.

    A photo named twice is taken once. Folders reached twice, by a link that leads back up say,
    are walked once.
    """
    found = Found()
    seen_files: set[Path] = set()
    seen_folders: set[FolderId] = set()

    def note(folder: Path, error: OSError) -> None:
        reason = (
            "The folder may not be read. Check its permissions."
            if isinstance(error, PermissionError)
            else f"The folder could not be read ({error.strerror or type(error).__name__})."
        )
        found.problems.append(Prediction(str(folder), PhotoStatus.UNREADABLE, error=reason))

    for path in paths:
        inside = walk_photos(path, seen_folders, note) if _is_folder(path) else [path]
        for photo in inside:
            key = absolute(photo)
            if key not in seen_files:
                seen_files.add(key)
                found.photos.append(photo)
    return found


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
