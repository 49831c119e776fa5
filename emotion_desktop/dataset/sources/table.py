"""Tables of labels: which column holds what, and what the rows say."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import astuple, dataclass
from pathlib import PurePosixPath
from typing import Final

from emotion_desktop.dataset.sources.rows import (
    SEPARATORS,
    BadRow,
    Row,
    parse_lines,
    parse_rows,
    to_text,
)
from emotion_desktop.domain.emotions import parse_emotion
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.picture_formats import PICTURE_SUFFIXES

#: So many lines show which separator and which columns are meant.
_HEAD: Final = 1000
#: So many rows are shown to whoever has to say which columns are meant.
_PREVIEW: Final = 8

_PHOTO_HEADERS: Final = (
    *("file", "filename", "filepath", "path"),
    *("image", "imagefile", "imagename", "imagepath", "img"),
    *("photo", "picture"),
)
_LABEL_HEADERS: Final = ("class", "emotion", "expression", "label")
_PERSON_HEADERS: Final = (
    *("actor", "identity", "participant", "person", "subject"),
    *("actorid", "participantid", "personid", "subjectid"),
)
_ANNOTATOR_HEADERS: Final = (
    *("annotator", "coder", "labeler", "labeller", "rater", "user", "worker"),
    *("annotatorid", "raterid", "userid", "workerid"),
)
_USAGE_HEADERS: Final = ("fold", "part", "set", "split", "subset", "usage")


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One row: the cells as written, without the space around them; any may be empty.

    Attributes:
        photo: the photo's name.
        number: of its first line in the file, from 1.
        person, annotator, usage: empty where there is no such column.
    """

    photo: str
    label: str
    number: int = 0
    person: str = ""
    annotator: str = ""
    usage: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """The numbers, from 0, of the columns that mean something."""

    photo: int
    label: int
    person: int | None = None
    annotator: int | None = None
    usage: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """What a table says. Rows that name no photo or cannot be read are in ``bad``."""

    rows: tuple[LabelRow, ...]
    bad: tuple[BadRow, ...]
    columns: Columns


@dataclass(frozen=True, slots=True)
class TablePreview:
    """The beginning of a table, for people to say which columns are meant.

    Attributes:
        names: the header's cells, or “Column 1” … where there is none.
        rows: the first rows below the header.
        guess: the columns that are meant as far as the table tells.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    guess: Columns | None


def parse_table(data: bytes, columns: Columns | None = None) -> Table:
    """Reads a table with a column of photos and a column of labels.

    A header is optional. Columns are known by their header or, where that says nothing, by their
    cells: picture names, and words for emotions.

    Args:
        data: the whole file.
        columns: which columns are meant; None to find out.

    Raises:
        DataError: it is not text, or no two such columns are in it.
    """
    text = to_text(data)
    rows, bad = parse_rows(text, _separator(text))
    meant = columns or _find_columns(rows[:_HEAD])
    if meant is None:
        raise DataError(
            "No column of photos with a column of emotions beside it was found in this file.",
            "Give it a header such as image,emotion and write emotions as words (happy, anger).",
        )
    places = astuple(meant)  # once, not for each of thousands of rows
    labelled = [_label_row(row, places) for row in rows]
    if labelled and _is_header(labelled):
        labelled = labelled[1:]
    named = tuple(row for row in labelled if row.photo)
    nameless = (
        BadRow.of(row.number, "it names no photo", row.label) for row in labelled if not row.photo
    )
    return Table(named, tuple(sorted((*bad, *nameless), key=lambda b: b.number)), meant)


def preview_table(data: bytes) -> TablePreview:
    """The beginning of a table.

    Raises:
        DataError: it is not text, or there is nothing in it.
    """
    text = to_text(data)
    rows, _ = parse_lines(text, _separator(text), _HEAD)
    if not rows:
        raise DataError("There are no rows in this file.", "Choose the file that holds the labels.")
    guess = _find_columns(rows)
    width = max(len(row.cells) for row in rows)
    header = not any(_is_picture_name(c) or _is_emotion(c) for c in rows[0].cells)
    first = rows[0].cells if header else ()
    names = tuple(
        (first[n].strip() if n < len(first) else "") or f"Column {n + 1}" for n in range(width)
    )
    shown = tuple(
        tuple(_cell(row, n) for n in range(width)) for row in rows[int(header) :][:_PREVIEW]
    )
    return TablePreview(names, shown, guess)


def _separator(text: str) -> str:
    return max(SEPARATORS, key=lambda sep: _fitness(parse_lines(text, sep, _HEAD)[0]))


def _fitness(rows: Sequence[Row]) -> tuple[int, int]:
    """How well a separator fits: rows with a picture's name and an emotion, then with two cells."""
    usable = sum(
        (any(map(_is_picture_name, row.cells)) and any(map(_is_emotion, row.cells)))
        or (_names(row.cells, _PHOTO_HEADERS) and _names(row.cells, _LABEL_HEADERS))
        for row in rows
    )
    return usable, sum(len(row.cells) > 1 for row in rows)


def _label_row(row: Row, places: Sequence[int | None]) -> LabelRow:
    photo, label, person, annotator, usage = (
        "" if column is None else _cell(row, column) for column in places
    )
    return LabelRow(photo, label, row.number, person, annotator, usage)


def _cell(row: Row, column: int) -> str:
    return row.cells[column].strip() if column < len(row.cells) else ""


def _is_picture_name(cell: str) -> bool:
    return PurePosixPath(cell.strip().replace("\\", "/")).suffix.casefold() in PICTURE_SUFFIXES


def _is_emotion(cell: str) -> bool:
    return parse_emotion(cell) is not None


def _is_header(rows: Sequence[LabelRow]) -> bool:
    """True where the first row is none of the data."""
    first, second = rows[0], rows[1] if len(rows) > 1 else None
    if _is_picture_name(first.photo) or _is_emotion(first.label):
        return False
    named = _header(first.photo) in _PHOTO_HEADERS or _header(first.label) in _LABEL_HEADERS
    differs = second is None or _is_picture_name(second.photo) or _is_emotion(second.label)
    return named or differs


def _names(cells: Sequence[str], headers: Collection[str]) -> bool:
    return any(_header(cell) in headers for cell in cells)


def _header(cell: str) -> str:
    return re.sub(r"[\W_]+", "", cell).casefold()


def _find_columns(rows: Sequence[Row]) -> Columns | None:
    if not rows:
        return None
    photo = _find_column(rows, _PHOTO_HEADERS, _is_picture_name, taken=None)
    label = _find_column(rows, _LABEL_HEADERS, _is_emotion, taken=photo)
    if photo is None or label is None:
        return None
    others = (
        next(
            (
                column
                for column, cell in enumerate(rows[0].cells)
                if _header(cell) in headers and column not in (photo, label)
            ),
            None,
        )
        for headers in (_PERSON_HEADERS, _ANNOTATOR_HEADERS, _USAGE_HEADERS)
    )
    return Columns(photo, label, *others)


def _find_column(
    rows: Sequence[Row],
    headers: Collection[str],
    fits: Callable[[str], bool],
    taken: int | None,
) -> int | None:
    """The column whose header says so and whose cells agree; else the one with most such cells."""
    ranks: dict[int, tuple[bool, bool, int]] = {}
    for column in range(max(len(row.cells) for row in rows)):
        named = _header(_cell(rows[0], column)) in headers
        fitting = sum(fits(_cell(row, column)) for row in rows)
        if column != taken and (named or fitting):
            ranks[column] = (fitting > 0, named, fitting)
    return max(ranks, key=ranks.__getitem__, default=None)
