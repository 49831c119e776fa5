"""The formats that a data set is written in: one row each, in FORMATS.

A new format is a row here and, where photos are laid out in a way of its own, a PhotoWriter. The
window's dialog, the command line and the job read the table. Light to import: the window does.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, ClassVar, Final

from emotion_desktop.dataset.recordio import Record, write_record
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.votes import OTHER_ANSWERS

#: Names of the numbers in lists and records, a line each.
CLASSES: Final = "classes.txt"
#: The table beside folders of photos that Hugging Face's readers look for, and its columns.
METADATA: Final = "metadata.csv"
_METADATA_HEAD: Final = ("file_name", "label", "person")
#: Columns of the manifest, which is the CSV format as well.
COLUMNS: Final = ("image", "emotion", "person", "part", "source", "digest", "made_from", "edits")
#: Further ones where people voted: how many gave which answer.
VOTE_COLUMNS: Final = (*EMOTIONS, *OTHER_ANSWERS)


@dataclass(frozen=True, slots=True)
class WrittenPhoto:
    """A photo on its way into an export.

    Attributes:
        number: unique within the export.
        label: the number of its emotion in the export's classes.
        emotion, person: what is shown, and who.
        part: of the split; empty where there is none.
        name: its relative path, with ``/``; no other photo of the export has it.
        data: the encoded picture.
    """

    number: int
    label: int
    part: str
    name: str
    data: bytes
    emotion: str = ""
    person: str = ""


class PhotoWriter:
    """Writes photos as files in a folder per part; formats override what they do otherwise.

    Attributes:
        any_picture: whether its readers take whatever this program can decode; else photos that
            are neither JPEG nor PNG become PNG files.
    """

    any_picture: ClassVar[bool] = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def folders_of(self, part: str, emotion: str) -> list[str]:  # noqa: ARG002 - for others
        """The folders that a photo lies in, from the outermost."""
        return [part] if part else []

    def add(self, photo: WrittenPhoto) -> None:
        """Writes one photo."""
        place = self.folder / photo.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(photo.data)

    def finish(self, classes: Sequence[str]) -> None:
        """Writes what is known once all photos are: ``classes`` by their numbers."""
        (self.folder / CLASSES).write_text("\n".join(classes) + "\n", encoding="utf-8")

    def close(self) -> None:
        """Closes what is open, also where the export failed."""


class FolderWriter(PhotoWriter):
    """A folder per emotion, within one per part; and a table per part, as Hugging Face's readers
    of image folders take it."""

    any_picture = True

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._rows: dict[str, list[tuple[str, str, str]]] = {}

    def add(self, photo: WrittenPhoto) -> None:
        super().add(photo)
        name = photo.name.removeprefix(f"{photo.part}/") if photo.part else photo.name
        self._rows.setdefault(photo.part, []).append((name, photo.emotion, photo.person))

    def folders_of(self, part: str, emotion: str) -> list[str]:
        return [*super().folders_of(part, emotion), emotion]

    def finish(self, classes: Sequence[str]) -> None:  # noqa: ARG002 - folders bear them
        """Writes the tables."""
        for part, rows in self._rows.items():
            place = self.folder / part / METADATA
            place.write_text(_csv_text((_METADATA_HEAD, *rows)), encoding="utf-8")


class ListWriter(PhotoWriter):
    """Photos, and a list per part: number, class and path, as MXNet's im2rec reads it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._lines: dict[str, list[str]] = {}

    def add(self, photo: WrittenPhoto) -> None:
        super().add(photo)
        line = f"{photo.number}\t{photo.label}\t{photo.name}\n"
        self._lines.setdefault(photo.part, []).append(line)

    def finish(self, classes: Sequence[str]) -> None:
        for part, lines in self._lines.items():
            place = self.folder / f"{part or 'photos'}.lst"
            place.write_text("".join(lines), encoding="utf-8")
        super().finish(classes)


class RecordWriter(PhotoWriter):
    """One RecordIO file per part, photos and classes in it; and beside each an index of where its
    records begin, as im2rec writes it and Gluon's readers need it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._files: dict[str, BinaryIO] = {}
        self._index: dict[str, list[str]] = {}

    def add(self, photo: WrittenPhoto) -> None:
        if photo.part not in self._files:
            self._files[photo.part] = (self.folder / f"{photo.part or 'photos'}.rec").open("xb")
        begin = self._files[photo.part].tell()
        self._index.setdefault(photo.part, []).append(f"{photo.number}\t{begin}\n")
        write_record(self._files[photo.part], Record(photo.label, photo.number, photo.data))

    def finish(self, classes: Sequence[str]) -> None:
        self.close()
        for part, lines in self._index.items():
            place = self.folder / f"{part or 'photos'}.idx"
            place.write_text("".join(lines), encoding="ascii")
        super().finish(classes)

    def close(self) -> None:
        for file in self._files.values():
            file.close()


def csv_table(rows: Sequence[Sequence[str]]) -> str:
    """The manifest, a row per photo by COLUMNS and perhaps VOTE_COLUMNS."""
    return _csv_text(((*COLUMNS, *VOTE_COLUMNS)[: len(rows[0])] if rows else COLUMNS, *rows))


def _csv_text(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format: it either copies photos into a new folder, or is a table of where they lie.

    Attributes:
        name: what ``--format`` takes.
        title, explanation: for people; the explanation is a sentence.
        photos: makes the writer for a folder; None for a table.
        table: makes the text of the file from rows as csv_table takes them; None where photos are
            copied.
        file_name: what is proposed as the target's name.
    """

    name: str
    title: str
    explanation: str
    photos: Callable[[Path], PhotoWriter] | None = None
    table: Callable[[Sequence[Sequence[str]]], str] | None = None
    file_name: str = "data set"

    def __post_init__(self) -> None:
        if (self.photos is None) == (self.table is None):
            raise ValueError("a format writes either photos or a table")

    @property
    def is_table(self) -> bool:
        """Whether photos stay where they are, so that no copy can be made and nothing sent."""
        return self.table is not None


_ROWS: Final = (
    ExportFormat(
        "folders",
        "A folder per emotion",
        "Every photo is copied into the folder of its emotion.",
        photos=FolderWriter,
    ),
    ExportFormat(
        "csv",
        "A table (CSV)",
        "One file that says where each photo lies; no photo is copied.",
        table=csv_table,
        file_name="labels.csv",
    ),
    ExportFormat(
        "lst",
        "Lists (.lst) with the photos",
        "A list per part: number, class and path.",
        photos=ListWriter,
    ),
    ExportFormat(
        "recordio",
        "RecordIO",
        "A file per part that MXNet and SageMaker read, photos within.",
        photos=RecordWriter,
    ),
)
#: By name; the first one is proposed.
FORMATS: Final[Mapping[str, ExportFormat]] = MappingProxyType({row.name: row for row in _ROWS})
#: Why a table alone is not sent to a bucket.
NO_TABLE_IN_S3: Final = "A table alone says nothing in S3: its photos lie here."


def format_named(name: str) -> ExportFormat:
    """A format by its name.

    Raises:
        UsageError: there is none.
    """
    if name not in FORMATS:
        raise UsageError(f"There is no export format “{name}”.", f"Use {', '.join(FORMATS)}.")
    return FORMATS[name]
