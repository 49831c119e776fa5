"""Tables of labels as sources: where they lie in a folder, and the photos of their rows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from emotion_desktop.dataset.sources.files.photo_lookup import LIST_FOLDERS, PhotoLookup
from emotion_desktop.dataset.sources.files.walk import folders_in, photos_in
from emotion_desktop.dataset.sources.listing import MANIFEST, Kind, Listed, Listing
from emotion_desktop.dataset.sources.tables.label_spellings import Numbering
from emotion_desktop.dataset.sources.tables.rows import BadRow
from emotion_desktop.dataset.sources.tables.table import parse_table, preview_table
from emotion_desktop.dataset.sources.tables.table_columns import Columns
from emotion_desktop.domain.emotions import parse_emotion
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.files.data_files import LIST_SUFFIXES, TABLE_SUFFIXES
from emotion_desktop.domain.files.photo_files import is_system_name
from emotion_desktop.workspace.catalogue.places import printable

#: Files that say what the numbers in a list mean, a line for each.
_CLASS_NAMES: Final = ("classes.txt", "labels.txt")
_PARTS: Final = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
#: A larger file is no table of labels: that of a million photos has 50 MB.
_MAX_TABLE_BYTES: Final = 256 * 1024 * 1024
_HEAD_BYTES: Final = 1 << 20
#: So many lists are looked into.
_MOST_LISTS: Final = 32


@dataclass(frozen=True, slots=True)
class PartTable:
    """A table, and the part of the data set that it lists; empty for no part."""

    path: Path
    part: str = ""


def is_table_name(name: str) -> bool:
    """Whether a file of this name may be a table of labels."""
    return name.casefold().endswith((*TABLE_SUFFIXES, *LIST_SUFFIXES)) and not is_system_name(name)


def find_tables(folder: Path) -> list[PartTable]:
    """The tables of labels in a folder: its own and those in a folder for lists within it; else
    one in each of its sub-folders.

    Several of them are the parts of one data set where their names say so.

    Raises:
        OSError: the folder cannot be read.
    """
    if (folder / MANIFEST).is_file():
        return [PartTable(folder / MANIFEST)]
    inner = folders_in(folder)
    own = [folder, *(place for place in inner if place.name.casefold() in LIST_FOLDERS)]
    tables = [PartTable(path) for place in own for path in _tables_in(place)]
    if not tables:
        below = [(place, _tables_in(place)) for place in inner[:_MOST_LISTS]]
        tables = [PartTable(t[0], printable(place.name)) for place, t in below if len(t) == 1]
        return tables if len(tables) == sum(bool(t) for _, t in below) else []
    if len(tables) > 1:
        named = [PartTable(table.path, _part_of(table.path)) for table in tables]
        if all(table.part for table in named) and len({t.part for t in named}) == len(named):
            return named
    return tables


def read_tables(
    tables: Sequence[PartTable], columns: Columns | None, *, source: Path | None = None
) -> Listed:
    """Reads one table, or the tables of a data set's parts.

    Args:
        source: the folder that the user named.

    Raises:
        DataError: one of them is no table of labels.
        OSError: one of them cannot be read.
    """
    if len(tables) == 1:
        return read_table(tables[0].path, columns, source=source)
    read = [(table, read_table(table.path, columns, source=source)) for table in tables]
    folder = source or tables[0].path.parent
    listings = tuple(
        replace(item, usage=item.usage or table.part)
        for table, listed in read
        for item in listed.listings
    )
    photos = {item.photo for item in listings}
    unlisted = {path for _, listed in read for path in listed.unlisted} - photos
    known: dict[str, str | None] = {}
    for _, listed in read:
        known.update(listed.known)
    return Listed(
        Kind.TABLE,
        folder,
        common_folder(photos, folder),
        listings,
        tuple(sorted(unlisted)),
        tuple(
            replace(row, text=f"{table.path.name}: {row.text}")
            for table, listed in read
            for row in listed.bad
        ),
        read[0][1].columns,
        known,
        tuple(f"Read with {t.path.parent.name}/{t.path.name}." for t in tables),
    )


def read_table(table: Path, columns: Columns | None, *, source: Path | None = None) -> Listed:
    """Reads a table of labels and finds its photos.

    Raises:
        DataError: it is no table of labels.
        OSError: it cannot be read.
    """
    if table.stat().st_size > _MAX_TABLE_BYTES:
        raise DataError(
            f"{table.name} is too large for a table of labels.",
            "Choose the CSV file that lists the photos and their emotions.",
        )
    parsed = parse_table(table.read_bytes(), columns)
    found = PhotoLookup(table.parent, source).find_all(row.photo for row in parsed.rows)
    bad = list(parsed.bad)
    listings = []
    for row in parsed.rows:
        path = found[row.photo]
        if isinstance(path, Path):
            listings.append(
                Listing(
                    path, row.label, row.number, row.person, row.annotator, row.usage, row.votes
                )
            )
        else:
            bad.append(BadRow.of(row.number, path, row.photo))
    listed = {listing.photo for listing in listings}
    return Listed(
        Kind.TABLE,
        table,
        common_folder(listed, table.parent),
        tuple(listings),
        tuple(sorted(_beside(listed, table.parent.parent) - listed)),
        tuple(sorted(bad, key=lambda row: row.number)),
        parsed.columns,
        parsed.known or class_names(table.parent, {row.label for row in parsed.rows}),
    )


def class_names(folder: Path, labels: Iterable[str]) -> Numbering:
    """What the numbers of labels mean by a file beside them that names the classes."""
    wanted = {label for label in labels if label}
    for name in _CLASS_NAMES:
        try:
            if (folder / name).stat().st_size > _HEAD_BYTES:
                continue
            lines = (folder / name).read_text("utf-8", "replace").split("\n")
        except OSError:
            continue
        named: Mapping[str, str | None] = {
            str(number): parse_emotion(line) for number, line in enumerate(lines) if line.strip()
        }
        if wanted and wanted <= named.keys() and any(named.values()):
            return named
    return {}


def common_folder(photos: Iterable[Path], otherwise: Path) -> Path:
    """The folder that all photos are in."""
    folders = {str(path.parent) for path in photos}
    try:
        return Path(os.path.commonpath(folders)) if folders else otherwise
    except ValueError:  # on different drives
        return otherwise


def _tables_in(folder: Path) -> list[Path]:
    """Tables by their names; where there are none, lists that hold rows of photos and labels."""
    files = sorted(path for path in folder.iterdir() if is_table_name(path.name))
    tables = [p for p in files if p.suffix.casefold() in TABLE_SUFFIXES and p.is_file()]
    if len(tables) > 1:
        # Others may describe something else: the licence of each photo, say.
        labelled = [path for path in tables[:_MOST_LISTS] if _holds_labels(path)]
        tables = labelled or tables
    lists = [path for path in files if path not in tables and path.name not in _CLASS_NAMES]
    return tables or [path for path in lists[:_MOST_LISTS] if _holds_labels(path)]


def _holds_labels(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return preview_table(file.read(_HEAD_BYTES)).guess is not None
    except (OSError, DataError):
        return False


def _part_of(table: Path) -> str:
    words = table.stem.casefold().replace("-", "_").split("_")
    return next((_PARTS[word] for word in words if word in _PARTS), "")


def _beside(listed: Iterable[Path], within: Path) -> set[Path]:
    """All photos in the folders that hold listed ones, as far as they belong to the data set."""
    folders = {path.parent for path in listed}
    return {
        path for folder in folders if folder.is_relative_to(within) for path in photos_in(folder)
    }
