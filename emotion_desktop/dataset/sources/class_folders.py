"""Folders whose names are the labels of the photos in them, at whatever depth they lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from emotion_desktop.dataset.sources.files.walk import (
    FolderId,
    folder_id,
    folder_ids,
    folders_in,
    photos_in,
    walk_photos,
)
from emotion_desktop.dataset.sources.listing import Kind, Listed, Listing
from emotion_desktop.dataset.sources.table_listing import class_names
from emotion_desktop.dataset.sources.tables.label_spellings import plain_label
from emotion_desktop.domain.emotions import parse_emotion
from emotion_desktop.domain.errors import DataError
from emotion_desktop.workspace.catalogue.places import printable

#: Classes lie at most so deep: OriginalImg/VL/Strong/P001/Anger.
_DEEPEST: Final = 5
#: So many folders are looked at.
_MOST_FOLDERS: Final = 20_000
#: Numbers of classes are no higher.
_MOST_CLASSES: Final = 11
#: Folders of these names are parts of a data set, not classes.
_PARTS: Final = frozenset(
    (
        *("all", "data", "dataset", "faces", "images", "photos", "pictures"),
        *("dev", "test", "testing", "train", "training", "val", "valid", "validation"),
    )
)


def class_folders(folder: Path) -> dict[Path, str]:
    """The folders named after emotions, and the path of the folders that such ones are within.

    Raises:
        OSError: the folder cannot be read.
    """
    return _search(folder, lambda inner: [f for f in inner if parse_emotion(f.name)])


def numbered_folders(folder: Path) -> dict[Path, str]:
    """The same for folders named by the numbers of classes.

    Raises:
        OSError: the folder cannot be read.
    """

    def numbered(inner: list[Path]) -> list[Path]:
        numbers = [f for f in inner if plain_label(f.name) == f.name and f.name.isdigit()]
        low = all(int(f.name) < _MOST_CLASSES for f in numbers)
        return numbers if low and len(numbers) == len(inner) > 1 else []

    return _search(folder, numbered)


def read_class_folders(folder: Path, classes: Mapping[Path, str]) -> Listed:
    """The photos in folders of classes.

    Args:
        classes: see class_folders.

    Raises:
        DataError: there are none, or a folder cannot be read.
        OSError: a folder cannot be read.
    """
    # Folders beside those of emotions are classes that are not known.
    parents = {place.parent: within for place, within in classes.items()}
    every = dict(classes)
    for parent, within in sorted(parents.items()):
        every.update((place, within) for place in folders_in(parent) if place not in every)
    # A link that leads from one class into another, or back up, says nothing of a photo's class.
    outside = folder_ids([folder, *parents, *every])
    listings = [
        Listing(path, plain_label(printable(place.name)), usage=within)
        for place, within in every.items()
        for path in walk_photos(place, outside - folder_ids([place]))
    ]
    known = {item.photo for item in listings if _is_class(classes, item.photo)}
    if not known:
        raise DataError(
            f"There are no pictures in the emotions' folders of {folder.name}.",
            "Put photos into them, then try again.",
        )
    loose = {path for parent in {*parents, folder} for path in photos_in(parent)}
    numbers = class_names(folder, {item.written for item in listings})
    return Listed(
        Kind.FOLDERS, folder, folder, tuple(listings), tuple(sorted(loose)), known=numbers
    )


def read_plain(folder: Path) -> Listed:
    """Photos in several folders are of classes that are not known; others have no label.

    Raises:
        DataError: there are no photos, or a folder cannot be read.
        OSError: the folder cannot be read.
    """
    loose = tuple(photos_in(folder))
    inner = folders_in(folder)
    parts = all(place.name.casefold() in _PARTS for place in inner)
    by_folder = {place: list(walk_photos(place, folder_ids([folder]))) for place in inner}
    filled = {place: pictures for place, pictures in by_folder.items() if pictures}
    if not loose and not parts and len(filled) > 1:
        listings = (
            Listing(path, printable(place.name))
            for place, found in filled.items()
            for path in found
        )
        return Listed(Kind.FOLDERS, folder, folder, tuple(listings))
    pictures = sorted(walk_photos(folder))
    if not pictures:
        raise DataError(
            f"There are no photos in {folder.name}.", "Choose a folder that holds some."
        )
    return Listed(Kind.PHOTOS, folder, folder, (), tuple(pictures))


def _is_class(classes: Mapping[Path, str], photo: Path) -> bool:
    return any(parent in classes for parent in photo.parents)


def _search(folder: Path, choose: Callable[[list[Path]], list[Path]]) -> dict[Path, str]:
    """The folders of classes at the least depth that has such."""
    seen: set[FolderId] = {folder_id(folder)}
    level = {folder: ""}
    for _ in range(_DEEPEST + 1):
        found: dict[Path, str] = {}
        deeper: dict[Path, str] = {}
        for place, within in level.items():
            inner = list(_unseen(place, seen))
            found.update(dict.fromkeys(choose(inner), within))
            deeper.update((f, f"{within}/{printable(f.name)}".lstrip("/")) for f in inner)
        if found or not deeper or len(seen) > _MOST_FOLDERS:
            return found
        level = deeper
    return {}


def _unseen(place: Path, seen: set[FolderId]) -> Iterator[Path]:
    """The folders in a folder that have not been come upon before."""
    for inner in folders_in(place):
        for found in folder_ids([inner]) - seen:
            seen.add(found)
            yield inner
