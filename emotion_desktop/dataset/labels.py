"""Reading labelled photos: from a table of labels, or from folders named after emotions."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emotion_desktop.dataset.lookup import PhotoLookup, is_picture, walk_pictures
from emotion_desktop.dataset.persons import person_of
from emotion_desktop.dataset.table import LabelRow, parse_table
from emotion_desktop.domain.emotions import parse_emotion
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.sample import Sample

TABLE_SUFFIXES: Final = (".csv", ".tsv")
#: Tables of labels are looked for in a folder and in this folder within.
_TABLE_FOLDER: Final = "data"
#: A larger file is no table of labels: that of a million photos has 50 MB.
_MAX_TABLE_BYTES: Final = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LabelledData:
    """The photos of a source, and what became of those that cannot be used.

    Attributes:
        samples: photos with a label, each once, sorted by path. Paths are absolute.
        unlabelled: photos of the source without a label, sorted.
        left_out: how often each reason occurred. ``contradictory_labels``: photos listed with
            different labels. ``listed_twice``: surplus listings of a photo with the same label
            (the photo is kept once). ``unknown_label``: rows or photos whose label is none of the
            emotions. ``missing_file``: rows whose photo is not there. ``unreadable_row``: rows
            that name no photo or cannot be read.
        source: the table or folder the labels come from.
    """

    samples: tuple[Sample, ...]
    unlabelled: tuple[Path, ...]
    left_out: Mapping[str, int]
    source: str


def read_labelled(source: Path) -> LabelledData:
    """Reads labelled photos.

    Args:
        source: a table of labels (CSV with any separator); a folder with a sub-folder per emotion;
            or a folder with a table in it or in its ``data`` folder.

    Raises:
        DataError: there is no such thing, it cannot be read, or no labelled photo is in it.
    """
    source = Path(os.path.abspath(source))  # noqa: PTH100 - resolve() would follow links
    try:
        if source.is_dir():
            return _read_folder(source)
        if source.is_file():
            return _read_table(source)
    except (OSError, ValueError) as error:
        raise DataError(
            f"{source.name} cannot be read ({getattr(error, 'strerror', None) or error}).",
            "Check that it is still there and that you may read it, then try again.",
        ) from error
    raise DataError(
        f"There is no file or folder {source}.",
        "Choose a table of labels (CSV), or a folder with a sub-folder per emotion.",
    )


def _read_folder(folder: Path) -> LabelledData:
    by_emotion = _emotion_folders(folder)
    tables = _tables(folder)
    if by_emotion and (len(by_emotion) > 1 or not tables):
        return _read_emotion_folders(folder, by_emotion)
    if len(tables) > 1:
        names = ", ".join(table.name for table in tables)
        raise DataError(
            f"There are several tables in {folder.name}: {names}.",
            "Choose the one that holds the labels.",
        )
    if tables:
        return _read_table(tables[0])
    raise DataError(
        f"There are no labels in the folder {folder.name}.",
        "Put the photos of each emotion into a sub-folder of that name (anger, fear …), "
        "or a CSV file with the columns image and emotion beside them.",
    )


def _tables(folder: Path) -> list[Path]:
    places = (place for place in (folder, folder / _TABLE_FOLDER) if place.is_dir())
    found = (path for place in places for path in place.iterdir())
    return sorted(p for p in found if p.suffix.casefold() in TABLE_SUFFIXES and p.is_file())


def _emotion_folders(folder: Path) -> dict[str, list[Path]]:
    folders: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(folder.iterdir()):
        emotion = parse_emotion(path.name)
        if emotion and path.is_dir():
            folders[emotion].append(path)
    return folders


def _read_emotion_folders(folder: Path, by_emotion: Mapping[str, list[Path]]) -> LabelledData:
    labels = {
        path: emotion
        for emotion, places in by_emotion.items()
        for place in places
        for path in walk_pictures(place)
    }
    if not labels:
        raise DataError(
            f"There are no pictures in the emotions' folders of {folder.name}.",
            "Put photos into them, then try again.",
        )
    used = {place for places in by_emotion.values() for place in places}
    others = (p for p in folder.iterdir() if p.is_dir() and p not in used)
    unknown = sum(1 for place in others for _ in walk_pictures(place))
    loose = (path for path in folder.iterdir() if is_picture(path) and path.is_file())
    left_out = {"unknown_label": unknown} if unknown else {}
    return LabelledData(_samples(labels), tuple(sorted(loose)), left_out, str(folder))


def _read_table(table: Path) -> LabelledData:
    if table.stat().st_size > _MAX_TABLE_BYTES:
        raise DataError(
            f"{table.name} is too large for a table of labels.",
            "Choose the CSV file that lists the photos and their emotions.",
        )
    rows, unreadable = parse_table(table.read_bytes())
    lookup = PhotoLookup(table.parent)
    listed: dict[Path, list[str]] = defaultdict(list)
    left_out = Counter({"unreadable_row": unreadable})
    blank: set[Path] = set()
    for row in rows:
        path = lookup.find(row.photo)
        emotion = parse_emotion(row.label)
        if path is None:
            left_out["missing_file"] += 1
        elif not row.label:
            blank.add(path)
        elif emotion is None:
            left_out["unknown_label"] += 1
            listed.setdefault(path, [])
        else:
            listed[path].append(emotion)
    labels: dict[Path, str] = {}
    for path, emotions in listed.items():
        if len(set(emotions)) > 1:
            left_out["contradictory_labels"] += 1
        elif emotions:
            labels[path] = emotions[0]
            left_out["listed_twice"] += len(emotions) - 1
    if not labels:
        raise _nothing_usable(table, rows, left_out)
    unlabelled = (blank | _beside(listed, table.parent.parent)) - listed.keys()
    return LabelledData(_samples(labels), tuple(sorted(unlabelled)), dict(+left_out), str(table))


def _beside(listed: Iterable[Path], within: Path) -> set[Path]:
    """All pictures in the folders that hold listed ones, as far as they belong to the data set."""
    folders = {path.parent for path in listed}
    return {
        path
        for folder in folders
        if folder.is_relative_to(within)
        for path in folder.iterdir()
        if is_picture(path) and path.is_file()
    }


def _nothing_usable(table: Path, rows: list[LabelRow], left_out: Mapping[str, int]) -> DataError:
    if left_out.get("missing_file"):
        return DataError(
            f"None of the {len(rows)} photos listed in {table.name} was found.",
            "Put the photos beside the table or into a folder named images, then try again.",
        )
    return DataError(
        f"No photo in {table.name} has a label that can be used.",
        "Write emotions as words: anger, contempt, disgust, fear, happiness, neutral, sadness "
        "or surprise.",
    )


def _samples(labels: Mapping[Path, str]) -> tuple[Sample, ...]:
    spelling: dict[str, str] = {}
    samples = []
    for path in sorted(labels):
        person = person_of(path.name)
        # KatrinaKaif and Katrinakaif are one person; the first spelling stands for both.
        person = spelling.setdefault(person.casefold(), person)
        samples.append(Sample(path, labels[path], person))
    return tuple(samples)
