"""Photos in RecordIO files as a source: each is unpacked into the workspace, once."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from emotion_desktop.dataset.recordio import Record, read_offsets, read_record_at
from emotion_desktop.dataset.sources.import_plan import ImportPlan, own_folder
from emotion_desktop.dataset.sources.listing import MANIFEST, Kind, Listed, Listing, cannot_read
from emotion_desktop.dataset.sources.table_listing import class_names
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.files.data_files import RECORD_SUFFIX
from emotion_desktop.domain.files.file_stamp import stamp_of
from emotion_desktop.domain.votes import OTHER_ANSWERS
from emotion_desktop.workspace.catalogue.places import absolute
from emotion_desktop.workspace.files.atomic import write_atomically

#: What this program calls the records of a set that is not split.
_WHOLE_SET = "photos"


def record_files(source: Path) -> list[Path]:
    """The RecordIO files that a source is: the file itself, or all in a folder."""
    try:
        if source.is_dir():
            found = [p for p in source.iterdir() if p.suffix.casefold() == RECORD_SUFFIX]
            return sorted(path for path in found if path.is_file())
        return [source] if source.suffix.casefold() == RECORD_SUFFIX and source.is_file() else []
    except OSError:
        return []


def read_records_source(source: Path, workspace: Path, **settings: Any) -> ImportPlan:
    """Lists the photos of RecordIO files, with what a manifest of this program says of them.

    Labels are numbers; what they mean is in a file ``classes.txt`` beside the records, if at all.

    Raises:
        DataError: a file is damaged, or there are no photos.
    """
    source = absolute(source)
    files = record_files(source)
    folder = own_folder(workspace, str(source))
    manifest = _manifest(files[0].parent)
    places: dict[Path, tuple[Path, int]] = {}
    listings: list[Listing] = []
    for path in files:
        found = list(read_offsets(path))
        rows = manifest.get(path.stem, [])
        if len(rows) != len(found):  # it is the manifest of something else
            rows = [{}] * len(found)
        for number, ((offset, record), row) in enumerate(zip(found, rows, strict=True), start=1):
            place = folder / path.stem / f"{number:06}{_suffix(record)}"
            places[place] = (path, offset)
            label = row.get("emotion") or str(record.label)
            part = row.get("part") or path.stem
            person = row.get("person") or ""
            listings.append(Listing(place, label, number, person, usage=part, votes=_votes(row)))
    if not listings:
        raise DataError(f"There are no photos in {source.name}.", "Choose another file.")

    def put_photo(place: Path) -> None:
        path, offset = places[place]
        packed, made = stamp_of(path), stamp_of(place)
        if made is None or packed is None or made.modified < packed.modified:
            write_atomically(place, read_record_at(path, offset).picture, durable=False)

    return ImportPlan(
        kind="recordio",
        location=str(source),
        title=source.name,
        listed=Listed(
            Kind.TABLE,
            source,
            folder,
            tuple(listings),
            known=class_names(files[0].parent, {item.written for item in listings}),
        ),
        settings={"copied": True, **settings},
        put_photo=put_photo,
    )


def _votes(row: Mapping[str, str]) -> tuple[tuple[str, float], ...]:
    """The votes in a row of a manifest."""
    cells = [(answer, row.get(answer) or "") for answer in (*EMOTIONS, *OTHER_ANSWERS)]
    return tuple((answer, float(n)) for answer, n in cells if n.isdigit() and n != "0")


def _suffix(record: Record) -> str:
    return ".png" if record.picture.startswith(b"\x89PNG") else ".jpg"


def _manifest(folder: Path) -> Mapping[str, Sequence[Mapping[str, str]]]:
    """The rows of a manifest by the names of the files that hold their photos, in their order."""
    try:
        with (folder / MANIFEST).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, csv.Error) as error:
        raise cannot_read(folder / MANIFEST, error) from None
    by_file: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        by_file.setdefault(row.get("part") or _WHOLE_SET, []).append(row)
    return by_file
