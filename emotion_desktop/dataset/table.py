"""Tables of labels as people save them: any separator, line ending and common encoding."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from emotion_desktop.domain.emotions import parse_emotion
from emotion_desktop.domain.errors import DataError
from emotion_desktop.imaging.decode import PICTURE_SUFFIXES

_SEPARATORS: Final = (",", ";", "\t", "|")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
#: So many lines show which separator and which columns are meant.
_HEAD: Final = 1000

_PHOTO_HEADERS: Final = (
    *("file", "filename", "filepath", "path"),
    *("image", "imagefile", "imagename", "imagepath", "img"),
    *("photo", "picture"),
)
_LABEL_HEADERS: Final = ("class", "emotion", "expression", "label")

_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One line: a photo's name as written and the label as written; either may be empty."""

    photo: str
    label: str


def parse_table(data: bytes) -> tuple[list[LabelRow], int]:
    """Reads a table with a column of photos and a column of labels.

    A header is optional. Columns are known by their header or, where that says nothing, by their
    cells: picture names, and words for emotions.

    Args:
        data: the whole file.

    Returns:
        The rows in order, and how many further ones could not be read or name no photo.

    Raises:
        DataError: it is not text, or no two such columns are in it.
    """
    text = _to_text(data)
    lines = [line for line in _LINE_END.split(text) if line.strip()]
    separator = max(_SEPARATORS, key=lambda sep: _usable(_parse_lines(lines[:_HEAD], sep)[0]))
    rows, lost = _parse(text, lines, separator)
    columns = _find_columns(rows[:_HEAD])
    if columns is None:
        raise DataError(
            "No column of photos with a column of emotions beside it was found in this file.",
            "Give it a header such as image,emotion and write emotions as words (happy, anger).",
        )
    photo, label = columns
    labelled = [LabelRow(_cell(row, photo), _cell(row, label)) for row in rows]
    if _is_header(labelled[0]):
        labelled = labelled[1:]
    named = [row for row in labelled if row.photo]
    return named, lost + len(labelled) - len(named)


def _to_text(data: bytes) -> str:
    encodings = [name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)]
    text = None
    # Windows' spreadsheets still write cp1252; latin-1 knows every byte.
    for encoding in encodings or ["utf-8", "cp1252", "latin-1"]:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None or "\0" in text:
        raise DataError(
            "This file is not a text file.",
            "Save the table as CSV (UTF-8) and choose that file.",
        )
    return text


def _parse(text: str, lines: list[str], separator: str) -> tuple[list[list[str]], int]:
    """All rows, and how many could not be read.

    The strict reading knows cells with line breaks in quotes. It fails on a stray quote, which a
    lenient one would let swallow the rest of the file: then each line stands for itself.
    """
    try:
        # newline="" keeps io from translating line ends: csv takes CR, LF and CRLF alike.
        whole = csv.reader(
            io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True
        )
        return [row for row in whole if any(cell.strip() for cell in row)], 0
    except csv.Error:
        return _parse_lines(lines, separator)


def _parse_lines(lines: Sequence[str], separator: str) -> tuple[list[list[str]], int]:
    rows: list[list[str]] = []
    lost = 0
    for line in lines:
        try:
            rows.extend(csv.reader([line], delimiter=separator, skipinitialspace=True))
        except csv.Error:  # noqa: PERF203 - a cell beyond the parser's limit costs its line only
            lost += 1
    return rows, lost


def _cell(row: Sequence[str], column: int) -> str:
    return row[column].strip() if column < len(row) else ""


def _is_picture_name(cell: str) -> bool:
    return PurePosixPath(cell.strip().replace("\\", "/")).suffix.casefold() in PICTURE_SUFFIXES


def _is_emotion(cell: str) -> bool:
    return parse_emotion(cell) is not None


def _is_header(row: LabelRow) -> bool:
    return not _is_picture_name(row.photo) and not _is_emotion(row.label)


def _usable(rows: Sequence[Sequence[str]]) -> int:
    """How many rows hold a picture's name and an emotion, or are headers naming both columns."""
    return sum(
        (any(map(_is_picture_name, row)) and any(map(_is_emotion, row)))
        or (_names(row, _PHOTO_HEADERS) and _names(row, _LABEL_HEADERS))
        for row in rows
    )


def _names(row: Sequence[str], headers: Collection[str]) -> bool:
    return any(_header(cell) in headers for cell in row)


def _header(cell: str) -> str:
    return re.sub(r"[\W_]+", "", cell).casefold()


def _find_columns(rows: Sequence[Sequence[str]]) -> tuple[int, int] | None:
    if not rows:
        return None
    photo = _find_column(rows, _PHOTO_HEADERS, _is_picture_name, taken=None)
    label = _find_column(rows, _LABEL_HEADERS, _is_emotion, taken=photo)
    return None if photo is None or label is None else (photo, label)


def _find_column(
    rows: Sequence[Sequence[str]],
    headers: Collection[str],
    fits: Callable[[str], bool],
    taken: int | None,
) -> int | None:
    """The column whose header says so and whose cells agree; else the one with most such cells."""
    ranks: dict[int, tuple[bool, bool, int]] = {}
    for column in range(max(map(len, rows))):
        named = _header(_cell(rows[0], column)) in headers
        fitting = sum(fits(_cell(row, column)) for row in rows)
        if column != taken and (named or fitting):
            ranks[column] = (fitting > 0, named, fitting)
    return max(ranks, key=ranks.__getitem__, default=None)
