"""What an edit can set, and where: the one table of it.

target      key                           value
given       photo's number                emotion that the user gave it, or null
excluded    photo's number                why it is left out, or null
shown       photo's number                1, or 0 for a photo that is not in the data set
ignored     [source, row, photo]          1 for a listing that only repeats another one
class       emotion                       [treatment, emotion to merge it into], or null
option      name                          any value, or null
correction  [digest, x, y, width, height] emotion that a person sees in the face, or null
import      [source]                      1, or 0 for a source whose import was undone
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Final

from emotion_desktop.workspace.catalogue.placeholders import placeholders, statement_chunks
from emotion_desktop.workspace.catalogue.undone_imports import redo_import, undo_import

#: Targets whose values are never null: one that reads so is of a row that is not there any more.
NEVER_NULL: Final = ("shown", "ignored", "import")
_PHOTO_COLUMNS: Final = {"given": "given", "excluded": "excluded", "shown": "ready"}


def read_values(connection: sqlite3.Connection, target: str, keys: Sequence[Any]) -> list[Any]:
    """What is set now, for each key."""
    if target in _PHOTO_COLUMNS:
        found: dict[int, Any] = {}
        column = _PHOTO_COLUMNS[target]
        for chunk in statement_chunks(keys):
            found.update(
                connection.execute(
                    f"SELECT id, {column} FROM photos WHERE id IN ({placeholders(chunk)})", chunk
                ).fetchall()
            )
        return [found.get(key) for key in keys]
    query = {
        "ignored": "SELECT ignored FROM listings WHERE source = ? AND row = ? AND photo = ?",
        "class": "SELECT json_array(treatment, target) FROM classes WHERE emotion = ?",
        "option": "SELECT value FROM options WHERE name = ?",
        "import": "SELECT complete FROM sources WHERE id = ?",
        "correction": "SELECT emotion FROM corrections WHERE digest = ? AND x = ? AND y = ? "
        "AND width = ? AND height = ?",
    }[target]
    rows = (connection.execute(query, _values(target, key)).fetchone() for key in keys)
    values = [None if row is None else row[0] for row in rows]
    if target in ("class", "option"):
        return [None if value is None else json.loads(value) for value in values]
    return values


def write_values(
    connection: sqlite3.Connection, target: str, pairs: Iterable[tuple[Any, Any]]
) -> None:
    """Sets values by key.

    Raises:
        UsageError: an import is to be undone, and a frozen split holds photos of it.
    """
    pairs = list(pairs)
    if target in _PHOTO_COLUMNS:
        connection.executemany(
            f"UPDATE photos SET {_PHOTO_COLUMNS[target]} = ? WHERE id = ?",
            [(value, key) for key, value in pairs],
        )
    elif target == "ignored":
        connection.executemany(
            "UPDATE listings SET ignored = ? WHERE source = ? AND row = ? AND photo = ?",
            [(value, *key) for key, value in pairs],
        )
    elif target == "import":
        for (source,), value in pairs:
            (redo_import if value else undo_import)(connection, source)
    elif target == "correction":
        for key, emotion in pairs:
            values = _values(target, key)
            if emotion is None:
                connection.execute(
                    "DELETE FROM corrections WHERE digest = ? AND x = ? AND y = ? AND width = ? "
                    "AND height = ?",
                    values,
                )
            else:
                connection.execute(
                    "INSERT OR REPLACE INTO corrections VALUES (?, ?, ?, ?, ?, ?)",
                    (*values, emotion),
                )
    else:
        table = {"class": "classes", "option": "options"}[target]
        column = {"class": "emotion", "option": "name"}[target]
        for key, value in pairs:
            connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (key,))
            if value is not None:
                row = (key, *value) if target == "class" else (key, json.dumps(value))
                connection.execute(f"INSERT INTO {table} VALUES ({placeholders(row)})", row)


def _values(target: str, key: Any) -> tuple[Any, ...]:
    if target == "correction":
        return (bytes.fromhex(key[0]), *key[1:])
    return tuple(key) if isinstance(key, list | tuple) else (key,)
