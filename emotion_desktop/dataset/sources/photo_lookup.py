"""Finding the photos that a table of labels names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.picture_formats import PICTURE_SUFFIXES


def is_picture(path: Path) -> bool:
    """True if the name is that of a picture; the file is not looked at."""
    return path.suffix.casefold() in PICTURE_SUFFIXES


def walk_pictures(folder: Path) -> Iterator[Path]:
    """Yields the pictures in a folder and all below it. Links to folders are not followed.

    Raises:
        DataError: a folder cannot be read, so labelled photos would be lost unseen.
    """

    def refuse(error: OSError) -> None:
        raise DataError(
            f"The folder {error.filename} cannot be read.",
            "Give yourself permission to read it, or move it out of the data set.",
        ) from error

    for parent, _, names in os.walk(folder, onerror=refuse):
        yield from (path for path in (Path(parent, name) for name in names) if is_picture(path))


class PhotoLookup:
    """Finds photos by what a table beside them calls them.

    A name may be a path relative to the table's folder, to that folder's parent, or to ``images``
    in either; an absolute path; or, as a last resort, the mere name of a photo somewhere below.

    Args:
        folder: the table's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._roots = [folder, folder.parent, folder / "images", folder.parent / "images"]
        self._by_name: dict[str, Path | None] | None = None

    def find(self, name: str) -> Path | None:
        """Returns the photo's absolute path, or None if it is not there or not clear."""
        for written in dict.fromkeys((name, name.replace("\\", "/"))):
            for root in self._roots:
                path = root / written
                if _is_file(path):
                    # One photo has one path, whichever way round it is written.
                    return path.resolve() if ".." in path.parts else path
        return self._index().get(_base_name(name))

    def is_ambiguous(self, name: str) -> bool:
        """Whether it was not found because several photos have the name."""
        key = _base_name(name)
        return key in self._index() and self._index()[key] is None

    def _index(self) -> dict[str, Path | None]:
        """Photos below by base name; None for a name that several photos have."""
        if self._by_name is None:
            pictures = sorted(walk_pictures(self._folder))
            if not pictures:
                # The table lies in a folder of its own: the photos may lie in one beside it.
                pictures = sorted(walk_pictures(self._folder.parent))
            self._by_name = _by_base_name(pictures)
        return self._by_name


def _by_base_name(pictures: Iterable[Path]) -> dict[str, Path | None]:
    index: dict[str, Path | None] = {}
    stems: dict[str, Path | None] = {}
    for path in pictures:
        key, stem = _base_name(path.name), _base_name(path.stem)
        index[key] = None if key in index else path
        stems[stem] = None if stem in stems else path
    # Tables of numbers name photos without their suffix.
    return {**stems, **index}


def _base_name(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1].casefold()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long, or with characters no file's name can have
        return False
