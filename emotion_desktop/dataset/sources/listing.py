"""What a source says of its photos: the one reading of label tables and of folders of classes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePath
from typing import Final

from emotion_desktop.dataset.sources.photo_lookup import PhotoLookup, is_picture, walk_pictures
from emotion_desktop.dataset.sources.rows import BadRow
from emotion_desktop.dataset.sources.table import Columns, parse_table
from emotion_desktop.domain.emotions import parse_emotion
from emotion_desktop.domain.errors import DataError
from emotion_desktop.workspace.catalogue.places import absolute, printable

TABLE_SUFFIXES: Final = (".csv", ".tsv")
NOT_THERE: Final = "its photo is not there"
AMBIGUOUS: Final = "several photos have its name"
#: The table of a data set that this program has written.
MANIFEST: Final = "dataset.csv"
#: Tables of labels are looked for in a folder and in this folder within.
_TABLE_FOLDER: Final = "data"
#: A larger file is no table of labels: that of a million photos has 50 MB.
_MAX_TABLE_BYTES: Final = 256 * 1024 * 1024


class Kind(str, Enum):
    """The kinds of sources."""

    TABLE = "table"
    FOLDERS = "folders"
    PHOTOS = "photos"  # nothing says what they show
    WORKSPACE = "workspace"
    S3 = "s3"


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source says of a photo.

    Attributes:
        written: the label as written; empty for none.
        row: line of the table; 0 where the folder's name is the label.
        person, annotator, usage: what the table says; empty for nothing.
    """

    photo: Path
    written: str
    row: int = 0
    person: str = ""
    annotator: str = ""
    usage: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A source as it was read. Paths are absolute.

    Attributes:
        location: the table, or the folder.
        root: the folder that all its photos are in.
        listings: in the source's order; a photo may be in several.
        unlisted: photos of the source that it says nothing of, sorted.
        bad: rows that cannot be used.
        columns: those of a table.
    """

    kind: Kind
    location: Path
    root: Path
    listings: tuple[Listing, ...]
    unlisted: tuple[Path, ...] = ()
    bad: tuple[BadRow, ...] = ()
    columns: Columns | None = None

    def place_of(self, photo: Path) -> PurePath:
        """A photo's path as seen from the folder that all are in."""
        # By the parts alone: asking whether it lies there and then where takes three times as long,
        # and there may be tens of thousands.
        root, parts = self.root.parts, photo.parts
        return PurePath(*parts[len(root) :]) if parts[: len(root)] == root else photo


def read_listing(
    source: Path, columns: Columns | None = None, *, without_labels: bool = False
) -> Listed:
    """Reads what a source says of its photos; the photos themselves are not looked at.

    Args:
        source: a table of labels (CSV with any separator); a folder with a sub-folder per emotion,
            perhaps within folders such as ``train`` and ``test``; or a folder with a table in it or
            in its ``data`` folder.
        columns: those of the table; None to find out.
        without_labels: take a folder, or a picture, that nothing says the labels of as well.

    Raises:
        DataError: there is no such thing, it cannot be read, or nothing says the labels.
    """
    source = absolute(source)
    try:
        if source.is_dir():
            return _read_folder(source, columns, without_labels)
        if source.is_file():
            if without_labels and is_picture(source):
                return Listed(Kind.PHOTOS, source, source.parent, (), (source,))
            return _read_table(source, columns)
    except (OSError, ValueError) as error:
        raise DataError(
            f"{source.name} cannot be read ({getattr(error, 'strerror', None) or error}).",
            "Check that it is still there and that you may read it, then try again.",
        ) from error
    raise DataError(
        f"There is no file or folder {source}.",
        "Choose a table of labels (CSV), or a folder with a sub-folder per emotion.",
    )


def says_labels(folder: Path) -> bool:
    """Whether a folder says what its photos show: by a table in it, or by folders named so.

    Raises:
        OSError: it cannot be read.
    """
    return bool(_tables(folder) or len(_class_folders(folder)) > 1)


def _read_folder(folder: Path, columns: Columns | None, without_labels: bool) -> Listed:
    if (folder / MANIFEST).is_file():
        return _read_table(folder / MANIFEST, columns)
    classes = _class_folders(folder)
    emotions = {parse_emotion(place.name) for place in classes}
    tables = _tables(folder)
    if classes and (len(emotions) > 1 or not tables):
        return _read_class_folders(folder, classes)
    if len(tables) > 1:
        names = ", ".join(table.name for table in tables)
        raise DataError(
            f"There are several tables in {folder.name}: {names}.",
            "Choose the one that holds the labels.",
        )
    if tables:
        return _read_table(tables[0], columns)
    if without_labels:
        return _read_plain(folder)
    raise DataError(
        f"There are no labels in the folder {folder.name}.",
        "Put the photos of each emotion into a sub-folder of that name (anger, fear …), "
        "or a CSV file with the columns image and emotion beside them.",
    )


def _tables(folder: Path) -> list[Path]:
    places = (place for place in (folder, folder / _TABLE_FOLDER) if place.is_dir())
    found = (path for place in places for path in place.iterdir())
    return sorted(p for p in found if p.suffix.casefold() in TABLE_SUFFIXES and p.is_file())


def _class_folders(folder: Path) -> dict[Path, str]:
    """The folders named after emotions, and the name of the folder that such ones are within."""
    within = {place: "" for place in _folders(folder) if parse_emotion(place.name)}
    if within:
        return within
    return {
        place: printable(part.name)
        for part in _folders(folder)
        for place in _folders(part)
        if parse_emotion(place.name)
    }


def _folders(folder: Path) -> Iterator[Path]:
    return (place for place in sorted(folder.iterdir()) if place.is_dir())


def _read_class_folders(folder: Path, classes: Mapping[Path, str]) -> Listed:
    listings = [
        Listing(path, printable(place.name), usage=usage)
        for place, usage in classes.items()
        for path in sorted(walk_pictures(place))
    ]
    if not listings:
        raise DataError(
            f"There are no pictures in the emotions' folders of {folder.name}.",
            "Put photos into them, then try again.",
        )
    # Folders beside those of emotions are classes that are not known.
    parents = {place.parent for place in classes}
    listings += [
        Listing(path, printable(place.name), usage=usage)
        for parent in sorted(parents)
        for usage in ["" if parent == folder else printable(parent.name)]
        for place in _folders(parent)
        if place not in classes
        for path in sorted(walk_pictures(place))
    ]
    loose = (path for parent in parents | {folder} for path in _pictures(parent))
    return Listed(Kind.FOLDERS, folder, folder, tuple(listings), tuple(sorted(loose)))


def _read_plain(folder: Path) -> Listed:
    """Photos in several folders are of classes that are not known; others have no label."""
    loose = tuple(_pictures(folder))
    by_folder = {place: sorted(walk_pictures(place)) for place in _folders(folder)}
    filled = {place: pictures for place, pictures in by_folder.items() if pictures}
    if not loose and len(filled) > 1:
        listings = (
            Listing(path, printable(place.name))
            for place, found in filled.items()
            for path in found
        )
        return Listed(Kind.FOLDERS, folder, folder, tuple(listings))
    pictures = sorted(walk_pictures(folder))
    if not pictures:
        raise DataError(
            f"There are no photos in {folder.name}.", "Choose a folder that holds some."
        )
    return Listed(Kind.PHOTOS, folder, folder, (), tuple(pictures))


def _read_table(table: Path, columns: Columns | None) -> Listed:
    if table.stat().st_size > _MAX_TABLE_BYTES:
        raise DataError(
            f"{table.name} is too large for a table of labels.",
            "Choose the CSV file that lists the photos and their emotions.",
        )
    parsed = parse_table(table.read_bytes(), columns)
    lookup = PhotoLookup(table.parent)
    bad = list(parsed.bad)
    listings = []
    for row in parsed.rows:
        path = lookup.find(row.photo)
        if path is None:
            reason = AMBIGUOUS if lookup.is_ambiguous(row.photo) else NOT_THERE
            bad.append(BadRow.of(row.number, reason, row.photo))
        else:
            listings.append(
                Listing(path, row.label, row.number, row.person, row.annotator, row.usage)
            )
    listed = {listing.photo for listing in listings}
    unlisted = _beside(listed, table.parent.parent) - listed
    return Listed(
        Kind.TABLE,
        table,
        _common_folder(listed, table.parent),
        tuple(listings),
        tuple(sorted(unlisted)),
        tuple(sorted(bad, key=lambda row: row.number)),
        parsed.columns,
    )


def _beside(listed: Iterable[Path], within: Path) -> set[Path]:
    """All pictures in the folders that hold listed ones, as far as they belong to the data set."""
    folders = {path.parent for path in listed}
    return {
        path for folder in folders if folder.is_relative_to(within) for path in _pictures(folder)
    }


def _pictures(folder: Path) -> Iterator[Path]:
    return (path for path in folder.iterdir() if is_picture(path) and path.is_file())


def _common_folder(photos: Iterable[Path], otherwise: Path) -> Path:
    folders = {str(path.parent) for path in photos}
    try:
        return Path(os.path.commonpath(folders)) if folders else otherwise
    except ValueError:  # on different drives
        return otherwise
