"""Writing the data set out, in one of dataset.export_formats.

All of it is written beside the target and put in its place at the end: a target that is there is
whole. A manifest (``dataset.csv``) says of every photo where it comes from, so that this program
reads the set back with persons, annotators and parts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from emotion_desktop.dataset.export_formats import (
    VOTE_COLUMNS,
    ExportFormat,
    PhotoWriter,
    WrittenPhoto,
    csv_table,
)
from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.dataset.sources.listing import MANIFEST
from emotion_desktop.dataset.synthesis import SynthesisedCopy, copy_name
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError, UnreadablePictureError, UsageError
from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.domain.sample import Sample
from emotion_desktop.imaging.decode import decode, is_upright
from emotion_desktop.imaging.file_content import read_bytes
from emotion_desktop.imaging.pixels import encode_png
from emotion_desktop.workspace.catalogue.places import absolute, printable
from emotion_desktop.workspace.files.atomic import folder_written_atomically, write_atomically

#: What readers of RecordIO and of lists can decode.
_PLAIN: Final = (".jpg", ".jpeg", ".png")
#: Photos between two reports of progress.
_REPORT_EVERY: Final = 50


@dataclass(frozen=True, slots=True)
class Item:
    """A photo to be written, or a copy to be made of one.

    Attributes:
        part: empty where the set is not split.
    """

    sample: Sample
    part: str = ""
    copy: SynthesisedCopy | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: photos, copies of photos, and photos that could not be read."""

    photos: int
    copies: int
    skipped: tuple[str, ...]


def items_of(
    parts: Sequence[tuple[str, Sequence[Sample]]], copies: Sequence[SynthesisedCopy] = ()
) -> list[Item]:
    """What is to be written of a split's parts; copies belong to training."""
    items = [Item(sample, part) for part, samples in parts for sample in samples]
    return items + [Item(copy.sample, "training", copy) for copy in copies]


def export(
    items: Sequence[Item], target: Path, export_format: ExportFormat, context: JobContext
) -> Exported:
    """Writes a data set.

    Args:
        target: a folder that is not there or empty; for a table, the file.

    Raises:
        UsageError: the target is there already.
        DataError: there is nothing to write.
        AppError: the disk is full, or may not be written. Nothing of it is left.
        CancelledError: the user cancelled. Nothing of it is left.
    """
    if not items:
        raise DataError("There are no labelled photos to write.", "Import or label some first.")
    target = absolute(target)
    if export_format.table is not None:
        if target.exists():
            raise _taken(target)
        voted = _has_votes(items)
        rows = [
            _row(item, printable(str(item.sample.path)), voted=voted)
            for item in items
            if not item.copy
        ]
        write_atomically(target, export_format.table(rows).encode())
        return Exported(len(rows), 0, ())
    assert export_format.photos is not None
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise _taken(target)
    with (
        folder_written_atomically(target) as folder,
        closing(export_format.photos(folder)) as writer,
    ):
        return _Export(items, writer, context).write()


def _taken(target: Path) -> UsageError:
    return UsageError(f"{target.name} is there already.", "Choose a name that is not taken.")


class _Export:
    """Writes the photos of one set, and its manifest."""

    def __init__(self, items: Sequence[Item], writer: PhotoWriter, context: JobContext) -> None:
        self._items = items
        self._writer = writer
        self._context = context
        self._voted = _has_votes(items)
        present = {item.sample.emotion for item in items}
        self._classes = [emotion for emotion in EMOTIONS if emotion in present]
        self._taken: set[str] = set()
        self._rows: list[list[str]] = []
        self._skipped: list[str] = []
        self._copies = 0

    def write(self) -> Exported:
        total = len(self._items)
        for number, item in enumerate(self._items):
            self._context.check_cancelled()
            self._write(number, item)
            if number % _REPORT_EVERY == 0:
                self._context.emit(
                    Progress(number, total, f"writing, {number:,} of {total:,} photos")
                )
        self._writer.finish(self._classes)
        manifest = self._writer.folder / MANIFEST
        manifest.write_text(csv_table(self._rows), encoding="utf-8")
        photos = len(self._rows) - self._copies
        return Exported(photos, self._copies, tuple(self._skipped))

    def _write(self, number: int, item: Item) -> None:
        try:
            data, suffix = self._encoded(item)
        except UnreadablePictureError:
            self._skipped.append(str(item.sample.path))
            return
        name = self._name(item, suffix)
        label = self._classes.index(item.sample.emotion or "")
        sample = item.sample
        self._writer.add(
            WrittenPhoto(
                number, label, item.part, name, data, sample.emotion or "", printable(sample.person)
            )
        )
        self._copies += item.copy is not None
        content = digest(data) if item.copy else item.sample.digest
        written = replace(item, sample=replace(item.sample, digest=content))
        self._rows.append(_row(written, name, voted=self._voted))

    def _encoded(self, item: Item) -> tuple[bytes, str]:
        """A photo's own bytes where readers take them as they are; else a PNG file of its pixels.

        Most readers show the pixels as they are stored, whatever EXIF says of how to turn them.
        """
        path = item.sample.path
        suffix = path.suffix.casefold()
        if item.copy is not None:
            return encode_png(item.copy.picture()), ".png"
        data = read_bytes(path)
        taken = self._writer.any_picture or (suffix in _PLAIN and _is_plain(data))
        if taken and is_upright(data):
            return data, path.suffix
        return encode_png(decode(data).pixels), ".png"

    def _name(self, item: Item, suffix: str) -> str:
        """A relative path that no other photo has."""
        original = Path(printable(item.sample.path.name))
        stem = Path(copy_name(item.copy, original)).stem if item.copy else original.stem
        folders = self._writer.folders_of(item.part, item.sample.emotion or "")
        name, number = "/".join([*folders, f"{stem}{suffix}"]), 2
        while name.casefold() in self._taken:
            name, number = "/".join([*folders, f"{stem} ({number}){suffix}"]), number + 1
        self._taken.add(name.casefold())
        return name


def _is_plain(data: bytes) -> bool:
    """Whether it is what its name says: JPEG or PNG."""
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG"))


def _has_votes(items: Sequence[Item]) -> bool:
    return any(item.sample.votes for item in items)


def _row(item: Item, name: str, *, voted: bool) -> list[str]:
    """A row of the manifest.

    Args:
        voted: people voted on some photo of the set, so that every row has the votes' columns.
    """
    sample, copy = item.sample, item.copy
    # Nobody voted on a copy.
    votes = dict(sample.votes) if copy is None else {}
    counts = [f"{votes.get(answer, 0):.12g}" for answer in VOTE_COLUMNS] if voted else []
    return [
        name,
        sample.emotion or "",
        sample.person,
        item.part,
        sample.source,
        sample.digest.hex() if sample.digest else "",
        printable(sample.path.name) if copy else "",
        json.dumps({k: round(v, 6) for k, v in copy.edit.to_dict().items()}) if copy else "",
        *counts,
    ]
