"""Writing the data set out: folders of classes, a table, ``.lst`` lists, RecordIO.

All of it is written beside the target and put in its place at the end: a target that is there is
whole. A manifest (``dataset.csv``) says of every photo where it comes from, so that this program
reads the set back with persons, annotators and parts.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Final

from emotion_desktop.dataset.recordio import Record, write_record
from emotion_desktop.dataset.sources.fingerprint import digest
from emotion_desktop.dataset.sources.listing import MANIFEST
from emotion_desktop.dataset.synthesis import Synthetic, copy_name
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError, UnreadablePictureError, UsageError
from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.domain.sample import Sample
from emotion_desktop.imaging.decode import decode, read_bytes
from emotion_desktop.imaging.pixels import encode_png
from emotion_desktop.workspace.catalogue.places import absolute, printable
from emotion_desktop.workspace.files.atomic import cannot_write, write_atomically
from emotion_desktop.workspace.files.processes import is_alive

_HEAD: Final = ("image", "emotion", "person", "part", "source", "digest", "made_from", "edits")
#: What readers of RecordIO and of lists can decode.
_PLAIN: Final = (".jpg", ".jpeg", ".png")
_PARTIAL: Final = ".partial-"
#: Names of the numbers in lists and records, a line each.
CLASSES: Final = "classes.txt"


class Format(str, Enum):
    """The forms a data set is written in."""

    FOLDERS = "folders"  # a folder per class, within one per part
    CSV = "csv"  # a table of labels; the photos stay where they are
    LST = "lst"  # photos, and a list per part: number, class, path
    RECORDIO = "recordio"  # one file per part, photos and classes in it


@dataclass(frozen=True, slots=True)
class Item:
    """A photo to be written, or a copy to be made of one.

    Attributes:
        part: empty where the set is not split.
    """

    sample: Sample
    part: str = ""
    copy: Synthetic | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: photos, copies of photos, and photos that could not be read."""

    photos: int
    copies: int
    skipped: tuple[str, ...]


def items_of(
    parts: Sequence[tuple[str, Sequence[Sample]]], copies: Sequence[Synthetic] = ()
) -> list[Item]:
    """What is to be written of a split's parts; copies belong to training."""
    items = [Item(sample, part) for part, samples in parts for sample in samples]
    return items + [Item(copy.sample, "training", copy) for copy in copies]


def export(items: Sequence[Item], target: Path, form: Format, context: JobContext) -> Exported:
    """Writes a data set.

    Args:
        target: a folder that is not there or empty; for CSV, the file.

    Raises:
        UsageError: the target is there already.
        DataError: there is nothing to write.
        AppError: the disk is full, or may not be written. Nothing of it is left.
        CancelledError: the user cancelled. Nothing of it is left.
    """
    if not items:
        raise DataError("There are no labelled photos to write.", "Import or label some first.")
    target = absolute(target)
    if form is Format.CSV:
        if target.exists():
            raise _taken(target)
        rows = [_row(item, printable(str(item.sample.path))) for item in items if not item.copy]
        write_atomically(target, _table(rows).encode())
        return Exported(len(rows), 0, ())
    with _staged(target) as folder:
        return _Writer(items, folder, form, context).write()


@contextmanager
def _staged(target: Path) -> Iterator[Path]:
    """A folder beside the target that takes its place if all goes well."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise _taken(target)
    folder = target.with_name(f".{target.name[:40]}{_PARTIAL}{os.getpid()}")
    try:
        _sweep(target)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        yield folder
        if target.exists():
            target.rmdir()
        folder.replace(target)
    except OSError as error:
        raise cannot_write(target, error) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(target: Path) -> None:
    """Deletes what programs left that were killed while they wrote to this target."""
    if not target.parent.is_dir():
        return
    for left in target.parent.glob(f".{target.name[:40]}{_PARTIAL}*"):
        owner = left.name.rpartition("-")[2]
        if owner.isdigit() and not is_alive(int(owner)):
            shutil.rmtree(left, ignore_errors=True)


def _taken(target: Path) -> UsageError:
    return UsageError(f"{target.name} is there already.", "Choose a name that is not taken.")


class _Writer:
    """Writes one set into a folder."""

    def __init__(
        self, items: Sequence[Item], folder: Path, form: Format, context: JobContext
    ) -> None:
        self._items = items
        self._folder = folder
        self._form = form
        self._context = context
        present = {item.sample.emotion for item in items}
        self._classes = [emotion for emotion in EMOTIONS if emotion in present]
        self._taken: set[str] = set()
        self._rows: list[list[str]] = []
        self._lists: dict[str, list[str]] = {}
        self._skipped: list[str] = []

    def write(self) -> Exported:
        if self._form is Format.RECORDIO:
            parts = dict.fromkeys(item.part for item in self._items)
            for part in parts:
                with (self._folder / f"{part or 'photos'}.rec").open("xb") as file:
                    self._write_all(part, file)
        else:
            self._write_all(None, None)
        for part, lines in self._lists.items():
            (self._folder / f"{part or 'photos'}.lst").write_text("".join(lines), encoding="utf-8")
        if self._form is not Format.FOLDERS:
            text = "\n".join(self._classes) + "\n"
            (self._folder / CLASSES).write_text(text, encoding="utf-8")
        (self._folder / MANIFEST).write_text(_table(self._rows), encoding="utf-8")
        copies = sum(bool(row[6]) for row in self._rows)
        return Exported(len(self._rows) - copies, copies, tuple(self._skipped))

    def _write_all(self, part: str | None, records: io.BufferedWriter | None) -> None:
        total = len(self._items)
        for number, item in enumerate(self._items):
            if part is not None and item.part != part:
                continue
            self._context.check_cancelled()
            try:
                data, suffix = self._encoded(item)
            except UnreadablePictureError:
                self._skipped.append(str(item.sample.path))
                continue
            emotion = item.sample.emotion or ""
            name = self._name(item, suffix)
            label = self._classes.index(emotion)
            if records is not None:
                write_record(records, Record(label, number, data))
            else:
                place = self._folder / name
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(data)
            if self._form is Format.LST:
                line = f"{number}\t{label}\t{name}\n"
                self._lists.setdefault(item.part, []).append(line)
            content = digest(data) if item.copy else item.sample.digest
            sample = replace(item.sample, digest=content)
            self._rows.append(_row(replace(item, sample=sample), name))
            if number % 50 == 0:
                self._context.emit(
                    Progress(number, total, f"writing, {number:,} of {total:,} photos")
                )

    def _encoded(self, item: Item) -> tuple[bytes, str]:
        """A photo's own bytes where readers take them; else a PNG file of its pixels."""
        path = item.sample.path
        suffix = path.suffix.casefold()
        if item.copy is not None:
            return encode_png(item.copy.picture()), ".png"
        data = read_bytes(path)
        if self._form is Format.FOLDERS or (suffix in _PLAIN and _is_plain(data)):
            return data, path.suffix
        return encode_png(decode(data).pixels), ".png"

    def _name(self, item: Item, suffix: str) -> str:
        """A relative path that no other photo has."""
        original = Path(printable(item.sample.path.name))
        stem = Path(copy_name(item.copy, original)).stem if item.copy else original.stem
        folders = [item.part] if item.part else []
        if self._form is Format.FOLDERS:
            folders.append(item.sample.emotion or "")
        name, number = "/".join([*folders, f"{stem}{suffix}"]), 2
        while name.casefold() in self._taken:
            name, number = "/".join([*folders, f"{stem} ({number}){suffix}"]), number + 1
        self._taken.add(name.casefold())
        return name


def _is_plain(data: bytes) -> bool:
    """Whether it is what its name says: JPEG or PNG."""
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG"))


def _row(item: Item, name: str) -> list[str]:
    sample, copy = item.sample, item.copy
    return [
        name,
        sample.emotion or "",
        sample.person,
        item.part,
        sample.source,
        sample.digest.hex() if sample.digest else "",
        printable(sample.path.name) if copy else "",
        json.dumps({k: round(v, 6) for k, v in copy.edit.to_dict().items()}) if copy else "",
    ]


def _table(rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEAD)
    writer.writerows(rows)
    return text.getvalue()
