"""Looking through folders for photos: the one walk of imports, predictions and lookups."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, NoReturn

from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.files.photo_files import is_photo_name, is_system_name

#: Device and number of a folder: the same by whatever links it is reached.
FolderId = tuple[int, int]
#: A tree of folders and links with more than this is a mistake, or made to do harm.
_MOST_FOLDERS: Final = 1_000_000


def walk_photos(
    folder: Path,
    seen: set[FolderId] | None = None,
    on_error: Callable[[Path, OSError], None] | None = None,
) -> Iterator[Path]:
    """Yields the photos in a folder and all below it, by name, folder after folder.

    Links to folders are followed; a folder that is reached twice, by a link that leads back up
    say, is walked once. What the system keeps there, and all that is hidden, is left out.

    Args:
        seen: folders that are not to be walked; those that are walked are added.
        on_error: told of folders that cannot be read, which are then left out.

    Raises:
        DataError: a folder cannot be read, and nobody is told: photos would be lost unseen.
    """
    seen = set() if seen is None else seen
    pending = [folder]
    while pending:
        current = pending.pop()
        try:
            found = folder_id(current)
            if found in seen or len(seen) > _MOST_FOLDERS:
                continue
            seen.add(found)
            with os.scandir(current) as entries:
                named = sorted(
                    (entry.name, _is_folder(entry))
                    for entry in entries
                    if not is_system_name(entry.name)
                )
        except OSError as error:
            (on_error or _refuse)(current, error)
            continue
        yield from (current / name for name, inner in named if not inner and is_photo_name(name))
        pending += [current / name for name, inner in reversed(named) if inner]


def photos_in(folder: Path) -> Iterator[Path]:
    """The photos that lie directly in a folder, by name.

    Raises:
        OSError: it cannot be read.
    """
    with os.scandir(folder) as entries:
        names = sorted(e.name for e in entries if is_photo_name(e.name) and _is_file(e))
    return (folder / name for name in names)


def folders_in(folder: Path) -> list[Path]:
    """The folders in a folder, by name, without hidden ones and the system's own.

    Raises:
        OSError: it cannot be read.
    """
    with os.scandir(folder) as entries:
        names = sorted(e.name for e in entries if not is_system_name(e.name) and _is_folder(e))
    return [folder / name for name in names]


def folder_id(folder: Path) -> FolderId:
    """What tells a folder apart, links followed.

    Raises:
        OSError: it is not there.
    """
    status = folder.stat()
    return status.st_dev, status.st_ino


def folder_ids(folders: Iterable[Path]) -> set[FolderId]:
    """What tells folders apart, those that are there."""
    return {found for folder in folders if (found := _id_or_none(folder)) is not None}


def _id_or_none(folder: Path) -> FolderId | None:
    try:
        return folder_id(folder)
    except OSError:
        return None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False


def _refuse(folder: Path, error: OSError) -> NoReturn:
    raise DataError(
        f"The folder {folder} cannot be read ({error.strerror or type(error).__name__}).",
        "Give yourself permission to read it, or move it out of the data set.",
    ) from error
