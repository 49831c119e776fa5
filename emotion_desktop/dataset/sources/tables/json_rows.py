"""Rows from JSON: an object per line (manifests, ``metadata.jsonl``) or a list of objects.

An object becomes a row with a column for each value; those of objects within are named with dots,
``job-metadata.class-name``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from emotion_desktop.dataset.sources.tables.rows import BadRow, Row

_NO_OBJECT: Final = "it is no JSON object"
#: So many columns, and levels of objects within objects, are looked at.
_MOST_COLUMNS: Final = 512
_DEEPEST: Final = 8
#: A longer value is no photo's name and no label.
_LONGEST: Final = 8192
_LONGEST_LINE: Final = 1 << 20


def is_json(text: str) -> bool:
    """Whether a text begins like JSON with objects."""
    return text[:4096].lstrip().startswith(("{", "[{", "[\n", "[ ", "[\r"))


def read_json_rows(text: str, limit: int | None = None) -> tuple[list[Row], list[BadRow]]:
    """A row of the columns' names, numbered 0, and a row for each object; and what is none.

    Args:
        limit: look at so many objects only.
    """
    bad: list[BadRow] = []
    objects = islice(_objects(text, bad), limit)
    columns: dict[str, int] = {}
    rows = []
    for number, value in objects:
        cells = dict(islice(_cells(value, ""), _MOST_COLUMNS))
        for name in cells:
            if len(columns) < _MOST_COLUMNS:
                columns.setdefault(name, len(columns))
        rows.append((number, cells))
    if not rows:
        return [], bad
    header = Row(0, tuple(columns))
    return [header, *(Row(n, tuple(c.get(name, "") for name in columns)) for n, c in rows)], bad


def _objects(text: str, bad: list[BadRow]) -> Iterator[tuple[int, dict[str, Any]]]:
    if text.lstrip().startswith("["):
        try:
            items = json.loads(text)
        except (ValueError, RecursionError):
            bad.append(BadRow.of(1, _NO_OBJECT, text))
            return
        yield from _checked(enumerate(items, start=1), bad)
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            if len(line) > _LONGEST_LINE:
                raise ValueError  # noqa: TRY301 - as one that cannot be read
            value = json.loads(line)
        except (ValueError, RecursionError):
            bad.append(BadRow.of(number, _NO_OBJECT, line))
            continue
        yield from _checked([(number, value)], bad)


def _checked(
    items: Iterable[tuple[int, Any]], bad: list[BadRow]
) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, item in items:
        if isinstance(item, dict):
            yield number, item
        else:
            bad.append(BadRow.of(number, _NO_OBJECT, str(item)))


def _cells(value: Any, name: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """The values below an object, by their names."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _cells(inner, f"{name}.{key}" if name else str(key), depth + 1)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for place, inner in enumerate(value):
            yield from _cells(inner, f"{name}.{place}", depth + 1)
    elif isinstance(value, list):
        yield name, json.dumps(value)[:_LONGEST]
    elif value is not None:
        yield name, str(value)[:_LONGEST]
