"""Text files with rows of cells, as people save them: any separator, line ending and common
encoding, and JSON with an object per row.

Nothing here takes more than seconds, whatever the file holds: lines, cells and their number are
looked at before they are taken apart.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.files.picture_formats import PICTURE_SUFFIXES

SPACE: Final = " "
SEPARATORS: Final = (",", ";", "\t", "|", SPACE)
#: So many lines show how a file is written.
HEAD_LINES: Final = 1000
_HEAD_CHARACTERS: Final = 4 << 20
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Spreadsheets say the separator in a line of its own: “sep=;”.
_SAYS_SEPARATOR: Final = re.compile(r"sep=(.)(?:\r\n|\r|\n)", re.IGNORECASE)
#: A list whose cells are separated by spaces may begin with a name that has spaces itself.
_PHOTO_FIRST: Final = re.compile(
    rf"\s*(\S.*?(?:{'|'.join(map(re.escape, sorted(PICTURE_SUFFIXES, key=len, reverse=True)))}))"
    r"\s+(.*)",
    re.IGNORECASE,
)
#: So much of a bad row is kept to show it.
_SHOWN: Final = 120
#: More than any table of labels has.
_MOST_LINES: Final = 5_000_000
_MOST_CELLS: Final = 4096
_LONGEST_LINE: Final = 1 << 20
#: A row of pixels is one long cell; csv's own limit is 128 kB.
LONGEST_CELL: Final = 8 << 20
csv.field_size_limit(LONGEST_CELL)
_TOO_LONG: Final = "it has more cells than any row of such a table"


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row and the number of its first line, from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used, why, and how it begins."""

    number: int
    reason: str
    text: str

    @classmethod
    def of(cls, number: int, reason: str, text: str) -> BadRow:
        """A bad row whose text is cut to what can be shown."""
        plain = text[:_SHOWN]
        if not plain.isprintable():
            plain = "".join(c if c.isprintable() else " " for c in plain)
        return cls(number, reason, plain + "…" * (len(text) > _SHOWN))


def to_text(data: bytes) -> str:
    """Decodes a file.

    Raises:
        DataError: it is not text, or has more lines than any table of labels.
    """
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
    if text.count("\n") + text.count("\r") > 2 * _MOST_LINES:
        raise DataError(
            f"This file has more than {_MOST_LINES:,} lines.", "Choose the table of the labels."
        )
    return text


def read_rows(
    text: str, fitness: Callable[[Sequence[Row]], tuple[int, int]], limit: int | None = None
) -> tuple[list[Row], list[BadRow]]:
    """The rows of a text in whatever way it is written.

    Args:
        fitness: how many rows are what is looked for, and how many have several cells: by that
            the separator is found.
        limit: look at so many lines only; each line is a row then.
    """
    stated = _SAYS_SEPARATOR.match(text)
    separator = stated[1] if stated else None
    first = 1
    if stated:
        text, first = text[stated.end() :], 2
    if separator not in SEPARATORS:
        separator = _fitting_separator(text[:_HEAD_CHARACTERS], fitness)
    if limit is not None or separator == SPACE or _longest_line(text) > _LONGEST_LINE:
        rows, bad = parse_lines(text, separator, limit)
    else:
        rows, bad = parse_rows(text, separator)
    if first == 1:
        return rows, bad
    return (
        [Row(row.number + 1, row.cells) for row in rows],
        [BadRow(row.number + 1, row.reason, row.text) for row in bad],
    )


def _fitting_separator(head: str, fitness: Callable[[Sequence[Row]], tuple[int, int]]) -> str:
    """The separator that fits best; the earlier of two that fit alike."""
    lines = sum(not line.isspace() for line in islice(_lines(head), HEAD_LINES) if line)
    found: dict[str, tuple[int, int]] = {}
    for separator in SEPARATORS:
        found[separator] = fitness(parse_lines(head, separator, HEAD_LINES)[0])
        if found[separator] == (lines, lines):  # no other can fit better
            return separator
    return max(found, key=found.__getitem__)


def parse_rows(text: str, separator: str) -> tuple[list[Row], list[BadRow]]:
    """All rows that are not blank, and those that could not be read.

    The strict reading knows cells with line breaks in quotes. It fails on a stray quote, which a
    lenient one would let swallow the rest of the file: then each line stands for itself.
    """
    # newline="" keeps io from translating line ends: csv takes CR, LF and CRLF alike.
    source = io.StringIO(text, newline="")
    whole = csv.reader(source, delimiter=separator, skipinitialspace=True, strict=True)
    rows: list[Row] = []
    bad: list[BadRow] = []
    number = 1
    try:
        for cells in whole:
            _keep(number, cells, rows, bad)
            number = whole.line_num + 1
    except csv.Error:
        return parse_lines(text, separator)
    return rows, bad


def parse_lines(
    text: str, separator: str, limit: int | None = None
) -> tuple[list[Row], list[BadRow]]:
    """The rows of a text each line of which is one; at most ``limit`` lines are looked at."""
    rows: list[Row] = []
    bad: list[BadRow] = []
    for number, line in enumerate(islice(_lines(text), limit), start=1):
        if not line or line.isspace():
            continue
        if len(line) > _LONGEST_LINE:
            bad.append(BadRow.of(number, "it cannot be read", line))
            continue
        try:
            cells = _cells(line, separator)
        except (csv.Error, ValueError):  # a cell beyond the parser's limit costs its line only
            bad.append(BadRow.of(number, "it cannot be read", line))
            continue
        _keep(number, cells, rows, bad)
    return rows, bad


def _keep(number: int, cells: Sequence[str], rows: list[Row], bad: list[BadRow]) -> None:
    if len(cells) > _MOST_CELLS:
        bad.append(BadRow.of(number, _TOO_LONG, ",".join(cells[:_SHOWN])))
    elif any(cell.strip() for cell in cells):
        rows.append(Row(number, tuple(cells)))


def _cells(line: str, separator: str) -> Sequence[str]:
    if separator == SPACE and '"' not in line:
        match = _PHOTO_FIRST.fullmatch(line) if len(line) < _SHOWN * 8 else None
        return [match[1], *match[2].split()] if match else line.split()
    (cells,) = csv.reader([line], delimiter=separator, skipinitialspace=True)
    return cells


def _lines(text: str) -> Iterator[str]:
    """The lines, one at a time: a list of millions of blank ones would fill the memory."""
    begin = 0
    for end in _LINE_END.finditer(text):
        yield text[begin : end.start()]
        begin = end.end()
    yield text[begin:]


def _longest_line(text: str) -> int:
    """At least the length of the longest line, if that is over the limit."""
    begin = 0
    while begin + _LONGEST_LINE < len(text):
        # The next line's end is looked for from the furthest place where it may be.
        ends = [text.rfind(sign, begin, begin + _LONGEST_LINE) for sign in "\r\n"]
        if max(ends) < begin:
            return _LONGEST_LINE + 1
        begin = max(ends) + 1
    return len(text) - begin
