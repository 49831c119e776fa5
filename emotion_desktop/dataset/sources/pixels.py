"""Tables of pixels, as FER2013 is published: emotion,pixels,Usage, a picture per row.

Such a file may have hundreds of megabytes: it is read a row at a time, never as a whole.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from math import isqrt
from pathlib import Path
from typing import Any, Final

import numpy as np

from emotion_desktop.dataset.sources.import_plan import ImportPlan, own_folder
from emotion_desktop.dataset.sources.listing import Kind, Listed, Listing
from emotion_desktop.dataset.sources.rows import BadRow
from emotion_desktop.domain.errors import DataError
from emotion_desktop.imaging.decode import Pixels
from emotion_desktop.imaging.pixels import encode_png
from emotion_desktop.workspace.catalogue.places import absolute
from emotion_desktop.workspace.files.atomic import write_atomically

_HEADERS: Final = {"emotion": "label", "label": "label", "pixels": "pixels", "usage": "usage"}
#: A longer line is none of a picture's: 1,024 pixels square have 4 MB.
_LONGEST: Final = 8 << 20
_SMALLEST: Final = 8


@dataclass(frozen=True, slots=True)
class _Columns:
    label: int
    pixels: int
    usage: int | None


def is_pixel_table(path: Path) -> bool:
    """Whether a file's header names a column of pixels."""
    try:
        with path.open("rb") as file:
            return _columns(file.readline(1 << 16)) is not None
    except OSError:
        return False


def read_pixels(table: Path, workspace: Path, **settings: Any) -> ImportPlan:
    """Lists the pictures of a table; each becomes a PNG file in the workspace.

    Labels are FER2013's numbers, or words.

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
            columns = _columns(file.readline(1 << 16))
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
        raise DataError(
            f"{table.name} cannot be read ({error.strerror or error}).",
            "Check that it is still there and that you may read it, then try again.",
        ) from None
    if not listings:
        raise DataError(
            f"There is no picture in {table.name}.",
            "Each row needs the grey levels of a square picture, separated by spaces.",
        )

    def bring(place: Path) -> None:
        if not place.exists():
            picture = _picture(table, offsets[place], columns)
            write_atomically(place, encode_png(picture), durable=False)

    return ImportPlan(
        kind="pixels",
        location=str(table),
        title=table.name,
        listed=Listed(Kind.TABLE, table, folder, tuple(listings), bad=tuple(bad)),
        settings={"copied": True, **settings},
        bring=bring,
    )


def _columns(line: bytes) -> _Columns | None:
    try:
        cells = next(csv.reader([line.decode("utf-8-sig", "replace").strip()]), [])
    except csv.Error:  # lines that end in CR alone, say: none of such a table's
        return None
    found = {_HEADERS.get(cell.strip().casefold()): n for n, cell in enumerate(cells)}
    if "pixels" not in found or "label" not in found:
        return None
    return _Columns(found["label"], found["pixels"], found.get("usage"))


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
        (cells,) = csv.reader([line.decode("ascii").strip()])
        usage = "" if columns.usage is None else cells[columns.usage].strip()
        return cells[columns.label].strip(), cells[columns.pixels], usage
    except (ValueError, IndexError, csv.Error):
        return None


def _problem(pixels: str) -> str | None:
    # Counting spaces is ten times as fast as taking the row apart; most rows are well-formed.
    count = pixels.count(" ") + 1
    if isqrt(count) ** 2 != count:
        count = len(pixels.split())
    if isqrt(count) < _SMALLEST or isqrt(count) ** 2 != count:
        return f"its {count:,} pixels make no square"
    return None if pixels.replace(" ", "").isdigit() else "its pixels are no whole numbers"


def _picture(table: Path, offset: int, columns: _Columns) -> Pixels:
    with table.open("rb") as file:
        file.seek(offset)
        cells = _cells(file.readline(_LONGEST), columns)
    levels = np.array(cells[1].split() if cells else [], np.int64)
    side = isqrt(len(levels))
    if not side or side * side != len(levels):
        raise DataError(f"{table.name} was changed while it was read.", "Import it again.")
    return np.clip(levels, 0, 255).astype(np.uint8).reshape(side, side)
