"""Tables of pixels, as FER2013 is published: emotion,pixels,Usage, a picture per row.

The levels are in one cell, separated by spaces or as a list, or each in a column of its own; grey,
or red, green and blue of each pixel in turn. Such a file may have hundreds of megabytes: it is read
a row at a time, never as a whole.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isqrt
from pathlib import Path
from typing import Any, Final

import numpy as np

from emotion_desktop.dataset.sources.import_plan import ImportPlan, own_folder
from emotion_desktop.dataset.sources.listing import Kind, Listed, Listing, cannot_read
from emotion_desktop.dataset.sources.tables.label_spellings import FER2013, Numbering, plain_label
from emotion_desktop.dataset.sources.tables.rows import LONGEST_CELL, BadRow
from emotion_desktop.dataset.sources.tables.table_columns import LABEL_HEADERS, header_key
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.files.file_stamp import stamp_of
from emotion_desktop.imaging.decode import Pixels
from emotion_desktop.imaging.pixels import encode_png
from emotion_desktop.workspace.catalogue.places import absolute
from emotion_desktop.workspace.files.atomic import write_atomically

_PIXEL_HEADERS: Final = ("imagepixels", "pixel", "pixels", "pixelvalues")
_SEPARATORS: Final = (",", ";", "\t", "|")
#: Columns of single pixels: pixel0, pixel1 …
_ONE_PIXEL: Final = re.compile(r"(?:p|px|pix|pixel)?[\s_-]?(\d+)", re.IGNORECASE)
#: A longer line is none of a picture's: 1,024 pixels square have 4 MB.
_LONGEST: Final = LONGEST_CELL
#: 200 pixels square, in colour, have a header of this length if each has a column.
_LONGEST_HEADER: Final = 2 << 20
_SMALLEST: Final = 8
#: What stands between levels besides spaces, and around them.
_PUNCTUATION: Final = str.maketrans(dict.fromkeys(",;[]()\"'\t", " "))
_NO_FRACTION: Final = re.compile(r"\.0*(?=\s|$)")
_TOO_BRIGHT: Final = re.compile(r"\d{4}")
#: CK+ in the form of FER2013 has one class more.
_WITH_CONTEMPT: Final = {**FER2013, "7": "contempt"}


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where a row has what.

    Attributes:
        label, usage: None where there is no such column.
        pixels: the column of all levels, or that of the first one.
        last: the column of the last level, where each has its own; else None.
    """

    separator: str
    label: int | None
    pixels: int
    usage: int | None
    last: int | None = None


def is_pixel_table(path: Path) -> bool:
    """Whether a file's header names a column of pixels, or many for one pixel each."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return _columns(file.readline(_LONGEST_HEADER)) is not None
    except OSError:
        return False


def read_pixels(table: Path, workspace: Path, **settings: Any) -> ImportPlan:
    """Lists the pictures of a table; each becomes a PNG file in the workspace.

    Labels are FER2013's numbers, or words; without a column of them photos have no label.

    Raises:
        DataError: it cannot be read, or holds no pictures.
    """
    table = absolute(table)
    folder = own_folder(workspace, str(table))
    offsets: dict[Path, int] = {}
    listings: list[Listing] = []
    bad: list[BadRow] = []
    try:
        with table.open("rb") as file:
            columns = _columns(file.readline(_LONGEST_HEADER))
            if columns is None:
                raise DataError(
                    f"{table.name} is no table of pixels.",
                    "Such a table begins with a line such as emotion,pixels,Usage.",
                )
            for number, offset, line in _lines(file):
                cells = _cells(line, columns)
                reason = "it cannot be read" if cells is None else _problem(cells[1])
                if cells is None or reason is not None:
                    bad.append(BadRow.of(number, reason or "", line[:400].decode("latin-1")))
                    continue
                place = folder / f"{number:06}.png"
                offsets[place] = offset
                listings.append(Listing(place, cells[0], number, usage=cells[2]))
    except OSError as error:
        raise cannot_read(table, error) from None
    if not listings:
        raise DataError(
            f"There is no picture in {table.name}.",
            "Each row needs the levels of a square picture, grey or red, green and blue, separated "
            "by spaces.",
        )

    def put_photo(place: Path) -> None:
        written, made = stamp_of(table), stamp_of(place)
        if made is None or written is None or made.modified < written.modified:
            picture = _picture(table, offsets[place], columns)
            write_atomically(place, encode_png(picture), durable=False)

    return ImportPlan(
        kind="pixels",
        location=str(table),
        title=table.name,
        listed=Listed(
            Kind.TABLE,
            table,
            folder,
            tuple(item for item in listings if item.written),
            tuple(item.photo for item in listings if not item.written),
            tuple(bad),
            known=_known(listings),
        ),
        settings={"copied": True, **settings},
        put_photo=put_photo,
    )


def _known(listings: Sequence[Listing]) -> Numbering:
    numbers = {item.written for item in listings if item.written.isdigit()}
    return _WITH_CONTEMPT if numbers - FER2013.keys() == {"7"} else FER2013


def _columns(line: bytes) -> _Columns | None:
    if b"\0" in line:  # no text
        return None
    text = line.decode("utf-8-sig", "replace").strip()
    for separator in _SEPARATORS:
        try:
            cells = next(csv.reader([text], delimiter=separator, skipinitialspace=True), [])
        except csv.Error:  # lines that end in CR alone, say: none of such a table's
            continue
        keys = [header_key(cell) for cell in cells]
        label = next((n for n, key in enumerate(keys) if key in LABEL_HEADERS), None)
        usage = keys.index("usage") if "usage" in keys else None
        if whole := [n for n, key in enumerate(keys) if key in _PIXEL_HEADERS]:
            return _Columns(separator, label, whole[0], usage)
        if (first_and_last := _single_pixels(cells)) is not None:
            first, last = first_and_last
            return _Columns(separator, label, first, usage, last)
    return None


def _single_pixels(cells: Sequence[str]) -> tuple[int, int] | None:
    """The columns of the first and the last pixel, where each has a column of its own."""
    found = [(n, int(m[1])) for n, c in enumerate(cells) if (m := _ONE_PIXEL.fullmatch(c.strip()))]
    found = found[next((k for k, (_, number) in enumerate(found) if number <= 1), 0) :]
    if len(found) < _SMALLEST**2:
        return None
    adjacent = all(b[0] == a[0] + 1 and b[1] == a[1] + 1 for a, b in pairwise(found))
    return (found[0][0], found[-1][0]) if adjacent else None


def _lines(file: Any) -> Iterator[tuple[int, int, bytes]]:
    """Number, offset and bytes of each line below the header that is not blank."""
    offset, number = file.tell(), 1
    while line := file.readline(_LONGEST):
        number += 1
        if line.strip():
            yield number, offset, line
        while not line.endswith(b"\n") and (rest := file.readline(_LONGEST)):
            line = rest
        offset = file.tell()


def _cells(line: bytes, columns: _Columns) -> tuple[str, str, str] | None:
    """Label, pixels and usage."""
    try:
        text = line.decode("utf-8").strip()
        if '"' in text:
            (cells,) = csv.reader([text], delimiter=columns.separator, skipinitialspace=True)
        else:
            cells = text.split(columns.separator)
        usage = "" if columns.usage is None else cells[columns.usage].strip()
        label = "" if columns.label is None else plain_label(cells[columns.label])
        if columns.last is None:
            return label, cells[columns.pixels], usage
        if len(cells) <= columns.last:
            return None
        return label, " ".join(cells[columns.pixels : columns.last + 1]), usage
    except (ValueError, IndexError, csv.Error):
        return None


def _problem(pixels: str) -> str | None:
    # Counting spaces is ten times as fast as taking the row apart; most rows are well-formed.
    count = pixels.count(" ") + 1
    if not pixels.isascii() or not pixels.replace(" ", "").isdigit() or _shape(count) is None:
        pixels = _plain(pixels)
        count = len(pixels.split())
    if _shape(count) is None:
        return f"its {count:,} pixels make no square"
    if not pixels.isascii() or not pixels.replace(" ", "").isdigit():
        return "its pixels are no whole numbers"
    return "its pixels are no levels from 0 to 255" if _TOO_BRIGHT.search(pixels) else None


def _plain(pixels: str) -> str:
    """Levels with nothing but spaces between them."""
    return _NO_FRACTION.sub("", pixels.translate(_PUNCTUATION))


def _shape(count: int) -> tuple[int, ...] | None:
    """Height and width of so many levels, and 3 where each pixel has that many; or None."""
    for channels in (1, 3):
        side = isqrt(count // channels)
        if side >= _SMALLEST and side * side * channels == count:
            return (side, side) if channels == 1 else (side, side, channels)
    return None


def _picture(table: Path, offset: int, columns: _Columns) -> Pixels:
    try:
        with table.open("rb") as file:
            file.seek(offset)
            cells = _cells(file.readline(_LONGEST), columns)
        levels = np.array(_plain(cells[1]).split() if cells else [], np.int64)
    except (OSError, ValueError, OverflowError):
        levels = np.array([], np.int64)
    shape = _shape(len(levels))
    if shape is None:
        raise DataError(f"{table.name} was changed while it was read.", "Import it again.")
    return np.clip(levels, 0, 255).astype(np.uint8).reshape(shape)
