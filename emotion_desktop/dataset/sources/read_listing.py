"""Reading what a file or folder says of its photos, whatever way it says it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from emotion_desktop.dataset.sources.ck_plus import read_ck_plus
from emotion_desktop.dataset.sources.class_folders import (
    class_folders,
    numbered_folders,
    read_class_folders,
    read_plain,
)
from emotion_desktop.dataset.sources.listing import (
    FROM_FOLDERS,
    FROM_TABLE,
    MANIFEST,
    Kind,
    Listed,
    cannot_read,
)
from emotion_desktop.dataset.sources.name_codes import read_coded
from emotion_desktop.dataset.sources.table_listing import (
    PartTable,
    find_tables,
    read_table,
    read_tables,
)
from emotion_desktop.dataset.sources.tables.table_columns import Columns
from emotion_desktop.domain.emotions import parse_emotion
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.files.photo_files import has_picture_suffix
from emotion_desktop.workspace.catalogue.places import absolute


def read_listing(
    source: Path,
    columns: Columns | None = None,
    *,
    without_labels: bool = False,
    labels_from: str = "",
) -> Listed:
    """Reads what a source says of its photos; the photos themselves are not looked at.

    Args:
        source: a table of labels (text with any separator, or JSON with an object per row); a
            folder with a sub-folder per emotion, perhaps within folders such as ``train`` and
            ``test``, or persons; a folder with a table in it or in a folder for lists such as
            ``data``, or with one in each of its parts; or one of photos whose names are codes.
        columns: those of the table; None to find out.
        without_labels: take a folder, or a picture, that nothing says the labels of as well.
        labels_from: FROM_FOLDERS or FROM_TABLE for a folder that says them both ways.

    Raises:
        DataError: there is no such thing, it cannot be read, or nothing says the labels.
    """
    source = absolute(source)
    try:
        if source.is_dir():
            return _read_folder(source, columns, without_labels, labels_from)
        if source.is_file():
            if without_labels and has_picture_suffix(source.name):
                return Listed(Kind.PHOTOS, source, source.parent, (), (source,))
            return read_table(source, columns)
    except (OSError, ValueError) as error:
        raise cannot_read(source, error) from error
    raise DataError(
        f"There is no file or folder {source}.",
        "Choose a table of labels (CSV), or a folder with a sub-folder per emotion.",
    )


def only_table(folder: Path) -> Path | None:
    """The one table in a folder that has no folders of classes; None where it is not so."""
    try:
        tables = find_tables(folder)
        return tables[0].path if len(tables) == 1 and not class_folders(folder) else None
    except OSError:
        return None


def says_labels(folder: Path) -> bool:
    """Whether a folder says what its photos show: by a table in it, or by folders named so.

    Raises:
        OSError: it cannot be read.
    """
    return bool(find_tables(folder) or len(class_folders(folder)) > 1)


def _read_folder(
    folder: Path, columns: Columns | None, without_labels: bool, labels_from: str
) -> Listed:
    if (found := _published_form(folder, columns)) is not None:
        return found
    tables = find_tables(folder)
    if labels_from != FROM_TABLE or not tables:
        classes = class_folders(folder)
        emotions = {parse_emotion(place.name) for place in classes}
        if classes and (len(emotions) > 1 or not tables or labels_from == FROM_FOLDERS):
            return _beside_tables(read_class_folders(folder, classes), tables)
    if tables and (found := _from_tables(folder, tables, columns)) is not None:
        return found
    if numbered := numbered_folders(folder):
        return read_class_folders(folder, numbered)
    if without_labels:
        return _read_photos(folder)
    with suppress(DataError):
        plain = _read_photos(folder)
        if plain.kind is Kind.NAMES:
            return plain
    raise DataError(
        f"There are no labels in the folder {folder.name}.",
        "Put the photos of each emotion into a sub-folder of that name (anger, fear …), "
        "or a CSV file with the columns image and emotion beside them.",
    )


def _published_form(folder: Path, columns: Columns | None) -> Listed | None:
    """What a folder says that this program, or the makers of CK+, wrote as a whole."""
    if (folder / MANIFEST).is_file():
        return read_table(folder / MANIFEST, columns)
    return read_ck_plus(folder)


def _read_photos(folder: Path) -> Listed:
    """Photos that neither folders nor tables say anything of: perhaps their names do."""
    plain = read_plain(folder)
    photos = sorted([*plain.unlisted, *(item.photo for item in plain.listings)])
    return read_coded(folder, photos) or plain


def _from_tables(folder: Path, tables: list[PartTable], columns: Columns | None) -> Listed | None:
    """What a folder's tables say; None where it is no table of photos in this folder.

    Raises:
        DataError: there are several that are not the parts of one data set.
    """
    if len(tables) > 1 and not all(table.part for table in tables):
        names = ", ".join(table.path.name for table in tables)
        raise DataError(
            f"There are several tables in {folder.name}: {names}.",
            "Choose the one that holds the labels.",
        )
    listed = read_tables(tables, columns, source=folder)
    if class_folders(folder):
        listed = replace(listed, other_labels=FROM_FOLDERS)
    # A table in a sub-folder, whose photos are not there, is that of something else.
    return listed if listed.listings or not tables[0].part else None


def _beside_tables(listed: Listed, tables: list[PartTable]) -> Listed:
    """Says that there is a table as well, and how often it says another label."""
    try:
        other = read_tables(tables, None, source=listed.location) if tables else None
    except (DataError, OSError):
        return listed
    if other is None or not other.listings:
        return listed
    by_folder = {item.photo: parse_emotion(item.written) for item in listed.listings}
    by_table = {item.photo: parse_emotion(item.written) for item in other.listings}
    both = by_folder.keys() & by_table.keys()
    if not both:
        return listed
    differing = sum(by_folder[photo] != by_table[photo] for photo in both)
    note = (
        f"Labels are the folders' names. {tables[0].path.name} is not read: it lists {len(both):,} "
        f"of these photos, {differing:,} of them with another label."
    )
    return replace(listed, notes=(*listed.notes, note), other_labels=FROM_TABLE)
