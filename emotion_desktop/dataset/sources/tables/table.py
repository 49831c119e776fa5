"""Tables of labels: which column holds what, and what the rows say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from emotion_desktop.dataset.sources.tables.json_rows import is_json, read_json_rows
from emotion_desktop.dataset.sources.tables.label_spellings import (
    AFFECTNET,
    FER2013,
    RAF_DB,
    Numbering,
    labels_in,
)
from emotion_desktop.dataset.sources.tables.rows import HEAD_LINES, BadRow, Row, read_rows, to_text
from emotion_desktop.dataset.sources.tables.table_columns import (
    Columns,
    cell_of,
    column_fitness,
    find_columns,
    has_header,
    header_key,
    is_emotion_cell,
    is_picture_cell,
)
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.votes import NO_MAJORITY, NOT_A_FACE, TIED, UNKNOWN, VoteRule, label_of

#: So many rows are shown to whoever has to say which columns are meant.
_PREVIEW: Final = 8
#: So many columns and characters of a cell of these.
_SHOWN_COLUMNS: Final = 256
_SHOWN_CHARACTERS: Final = 400

_RAF_DB_NAME: Final = re.compile(
    r"(?:.*[/\\])?(?:train|test)_\d{4,5}(?:_aligned)?\.jpg", re.IGNORECASE
)
_AFFECTNET_HEADERS: Final = frozenset(("expression", "valence", "arousal"))
_EXPW_WIDTH: Final = 8


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One row: the cells as written, without the space around them; any may be empty.

    Attributes:
        photo: the photo's name.
        label: where votes are all there is, the answer with most of them, or TIED.
        number: of its first line in the file, from 1.
        person, annotator, usage: empty where there is no such column.
        votes: how many were given for what, where the table counts them; not where it has a 1 for
            the class and 0 for all others.
    """

    photo: str
    label: str
    number: int = 0
    person: str = ""
    annotator: str = ""
    usage: str = ""
    votes: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """What a table says. Rows that name no photo or cannot be read are in ``bad``.

    Attributes:
        known: what labels mean for certain, by the table's own layout.
    """

    rows: tuple[LabelRow, ...]
    bad: tuple[BadRow, ...]
    columns: Columns
    known: Numbering = field(default_factory=dict)


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
    """Reads a table with a column of photos and a column of labels, or of votes for each emotion.

    A header is optional. Columns are known by their header or, where that says nothing, by their
    cells: picture names, words for emotions, and numbers of classes in lists without header.

    Args:
        data: the whole file, text with any separator or JSON with an object per row.
        columns: which columns are meant; None to find out.

    Raises:
        DataError: it is not text, or no two such columns are in it.
    """
    rows, bad = _rows(to_text(data))
    meant = columns or find_columns(rows[:HEAD_LINES])
    if meant is None:
        raise DataError(
            "No column of photos with a column of emotions beside it was found in this file.",
            "Give it a header such as image,emotion and write emotions as words (happy, anger).",
        )
    header = rows.pop(0) if rows and has_header(rows, meant) else None
    named, nameless = [], []
    counts = {row.number: _votes(row, meant) for row in rows} if meant.votes else {}
    counted = not meant.labels_are_votes or any(
        n not in (0, 1) for votes in counts.values() for _, n in votes
    )
    for row in rows:
        found = _label_rows(row, meant, counts.get(row.number, ()), counted=counted)
        if found[0].photo:
            named += found
        else:
            nameless.append(BadRow.of(row.number, "it names no photo", found[0].label))
    every_bad = tuple(sorted((*bad, *nameless), key=lambda b: b.number))
    return Table(tuple(named), every_bad, meant, _known(rows, header, named, meant))


def preview_table(data: bytes) -> TablePreview:
    """The beginning of a table.

    Raises:
        DataError: it is not text, or there is nothing in it.
    """
    rows, _ = _rows(to_text(data), HEAD_LINES)
    if not rows:
        raise DataError("There are no rows in this file.", "Choose the file that holds the labels.")
    guess = find_columns(rows)
    width = min(_SHOWN_COLUMNS, max(len(row.cells) for row in rows[: _PREVIEW + 1]))
    first = rows[0].cells[:_SHOWN_COLUMNS]
    if guess is not None:
        header = has_header(rows, guess)
    else:
        header = not any(is_picture_cell(cell) or is_emotion_cell(cell) for cell in first)
    names = tuple(
        (first[n].strip()[:_SHOWN_CHARACTERS] if header and n < len(first) else "")
        or f"Column {n + 1}"
        for n in range(width)
    )
    shown = tuple(
        tuple(cell_of(row, n)[:_SHOWN_CHARACTERS] for n in range(width))
        for row in rows[int(header) :][:_PREVIEW]
    )
    return TablePreview(names, shown, guess)


def _rows(text: str, limit: int | None = None) -> tuple[list[Row], list[BadRow]]:
    if is_json(text):
        return read_json_rows(text, limit)
    return read_rows(text, column_fitness, limit)


def _votes(row: Row, columns: Columns) -> tuple[tuple[str, float], ...]:
    return tuple((v.emotion, _count(cell_of(row, v.column))) for v in columns.votes)


def _label_rows(
    row: Row, columns: Columns, votes: tuple[tuple[str, float], ...], *, counted: bool
) -> list[LabelRow]:
    """What a row says: one label, or several where its cell holds several.

    Args:
        counted: the table's votes are counts, not a 1 for the class.
    """
    photo, person, annotator, usage = (
        "" if column is None else cell_of(row, column)
        for column in (columns.photo, columns.person, columns.annotator, columns.usage)
    )
    labels: Sequence[str] = labels_in(cell_of(row, columns.label))
    if columns.labels_are_votes:
        labels = [label_of(dict(votes), VoteRule.LARGEST)]
    given = tuple(vote for vote in votes if vote[1] > 0) if counted else ()
    return [LabelRow(photo, label, row.number, person, annotator, usage, given) for label in labels]


def _count(cell: str) -> float:
    try:
        return max(0.0, float(cell[:24])) if cell else 0.0
    except ValueError:
        return 0.0


def _known(
    rows: Sequence[Row], header: Row | None, labelled: Sequence[LabelRow], columns: Columns
) -> Numbering:
    """What labels mean for certain, where the table is known by how it is made."""
    if columns.labels_are_votes:
        names: Mapping[str, str | None] = {v.emotion: v.emotion for v in columns.votes}
        return {**names, **dict.fromkeys((UNKNOWN, NOT_A_FACE, TIED, NO_MAJORITY))}
    labels = {row.label for row in labelled if row.label}
    if header is not None:
        if {header_key(cell) for cell in header.cells} >= _AFFECTNET_HEADERS:
            return AFFECTNET if labels <= AFFECTNET.keys() else {}
    elif rows and all(len(row.cells) == _EXPW_WIDTH for row in rows) and labels <= FER2013.keys():
        return FER2013
    if labels <= RAF_DB.keys() and all(_RAF_DB_NAME.fullmatch(row.photo) for row in labelled):
        return RAF_DB
    return {}
