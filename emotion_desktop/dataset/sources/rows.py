"""Text files with rows of cells, as people save them: any separator, line ending and common
encoding."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from emotion_desktop.domain.errors import DataError

SEPARATORS: Final = (",", ";", "\t", "|")
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: So much of a bad row is kept to show it.
_SHOWN: Final = 120


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
        plain = "".join(c if c.isprintable() else " " for c in text[:_SHOWN])
        return cls(number, reason, plain + "…" * (len(text) > _SHOWN))


def to_text(data: bytes) -> str:
    """Decodes a file.

    Raises:
        DataError: it is not text.
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
    return text


def parse_rows(text: str, separator: str) -> tuple[list[Row], list[BadRow]]:
    """All rows that are not blank, and those that could not be read.

    The strict reading knows cells with line breaks in quotes. It fails on a stray quote, which a
    lenient one would let swallow the rest of the file: then each line stands for itself.
    """
    # newline="" keeps io from translating line ends: csv takes CR, LF and CRLF alike.
    source = io.StringIO(text, newline="")
    whole = csv.reader(source, delimiter=separator, skipinitialspace=True, strict=True)
    rows: list[Row] = []
    number = 1
    try:
        for cells in whole:
            if any(cell.strip() for cell in cells):
                rows.append(Row(number, tuple(cells)))
            number = whole.line_num + 1
    except csv.Error:
        return parse_lines(text, separator)
    return rows, []


def parse_lines(
    text: str, separator: str, limit: int | None = None
) -> tuple[list[Row], list[BadRow]]:
    """The rows of a text each line of which is one; at most ``limit`` lines are looked at."""
    rows: list[Row] = []
    bad: list[BadRow] = []
    for number, line in enumerate(_lines(text, limit), start=1):
        if not line.strip():
            continue
        try:
            (cells,) = csv.reader([line], delimiter=separator, skipinitialspace=True)
        except (csv.Error, ValueError):  # a cell beyond the parser's limit costs its line only
            bad.append(BadRow.of(number, "it cannot be read", line))
            continue
        if any(cell.strip() for cell in cells):
            rows.append(Row(number, tuple(cells)))
    return rows, bad


def _lines(text: str, limit: int | None) -> Sequence[str]:
    return _LINE_END.split(text) if limit is None else _LINE_END.split(text, limit)[:limit]
