"""Finding photos again whose folder was moved or renamed."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.files.picture_problem import ProblemCode
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.places import absolute, from_stored, to_stored

#: So many photos tell how the old folder lies to the new one.
_SAMPLED: Final = 40
#: A photo is looked for by the last so many parts of its path.
_DEEPEST: Final = 8


@dataclass(frozen=True, slots=True)
class MoveCounts:
    """How many photos were found in the new place, and how many are still missing."""

    found: int
    missing: int


@dataclass(frozen=True, slots=True)
class _Lost:
    """A photo that is not where it was; ``size`` in bytes."""

    number: int
    path: Path
    size: int


def move_photos(catalogue: Catalogue, folder: Path) -> MoveCounts:
    """Looks for missing photos in a folder and takes those it finds for the same ones.

    A file is taken for a photo if its size is the same and it lies in the folder as the photo lay
    in the one that was moved.

    Raises:
        UsageError: the folder is none, or holds none of them.
    """
    folder = absolute(folder)
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder.", "Choose the folder the photos lie in now.")
    root = catalogue.root
    with catalogue.reading() as connection:
        rows = connection.execute(
            "SELECT id, path, size, digest FROM photos WHERE ready"
        ).fetchall()
        places = {
            row["id"]: os.fsdecode(row["location"])
            for row in connection.execute("SELECT id, location FROM sources")
        }
    lost = [
        _Lost(row["id"], path, row["size"])
        for row in rows
        if row["digest"] and not (path := from_stored(row["path"], root)).exists()
    ]
    before = _before(folder, [photo.path for photo in lost])
    found = list(_found(lost, before, folder)) if before is not None else []
    if before is None or not found:
        raise UsageError(
            f"None of the missing photos is in {folder.name}.",
            "Choose the folder that they lie in now, or one above it.",
        )
    with catalogue.writing() as connection:
        for photo, place in found:
            _update_photo(connection, photo, place, root)
        for source, location in places.items():
            if Path(location).is_relative_to(before):
                moved = folder / Path(location).relative_to(before)
                connection.execute(
                    "UPDATE OR IGNORE sources SET location = ? WHERE id = ?",
                    (os.fsencode(moved), source),
                )
    return MoveCounts(len(found), len(lost) - len(found))


def _found(lost: Iterable[_Lost], before: Path, folder: Path) -> Iterator[tuple[int, Path]]:
    """The numbers of photos that lie in the folder now as they did before, and where."""
    for photo in lost:
        if photo.path.is_relative_to(before):
            now = folder / photo.path.relative_to(before)
            if now.is_file() and now.stat().st_size == photo.size:
                yield photo.number, now


def _update_photo(connection: sqlite3.Connection, photo: int, place: Path, root: Path) -> None:
    connection.execute(
        # One without a size in pixels never was a picture.
        "UPDATE OR IGNORE photos SET path = :path, modified = :modified, "
        "problem = CASE WHEN problem_code <> :missing THEN problem "
        "WHEN width IS NULL THEN :text END, "
        "problem_code = CASE WHEN problem_code <> :missing THEN problem_code "
        "WHEN width IS NULL THEN :unreadable END WHERE id = :photo",
        {
            "path": to_stored(place, root),
            "modified": place.stat().st_mtime_ns,
            "missing": ProblemCode.MISSING.value,
            "unreadable": ProblemCode.UNREADABLE.value,
            "text": "It is no picture.",
            "photo": photo,
        },
    )


def _before(folder: Path, missing: Sequence[Path]) -> Path | None:
    """What the folder was: the one from which most of the photos lead to files in it."""
    asked = missing[:: max(1, len(missing) // _SAMPLED)]
    bases = Counter(
        path.parents[depth]
        for path in asked
        for depth in range(min(_DEEPEST, len(path.parents)))
        if folder.joinpath(path.relative_to(path.parents[depth])).is_file()
    )
    return bases.most_common(1)[0][0] if bases else None
