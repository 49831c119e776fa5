"""Undoing the import of a source, and making it again: its photos are hidden, no row is lost."""

from __future__ import annotations

import json
import sqlite3
from typing import Any, Final

from emotion_desktop.workspace.catalogue.photos import update_label_status
from emotion_desktop.workspace.catalogue.placeholders import placeholders
from emotion_desktop.workspace.catalogue.sources import check_no_split, give_to_others

#: What a source says, besides its photos.
_TABLES: Final = ("listings", "spellings", "rejects")


def undo_import(connection: sqlite3.Connection, source: int) -> None:
    """Hides a source and the photos it brought. Those that another source lists as well stay.

    Raises:
        UsageError: a frozen split holds photos of it.
    """
    check_no_split(connection, source)
    content = {table: _rows(connection, table, source) for table in _TABLES}
    connection.execute("CREATE TEMP TABLE told (photo INTEGER)")
    connection.execute(
        "INSERT INTO told SELECT DISTINCT photo FROM listings WHERE source = ?", (source,)
    )
    for table in _TABLES:
        connection.execute(f"DELETE FROM {table} WHERE source = ?", (source,))
    give_to_others(connection, source)
    shown = connection.execute(
        "UPDATE photos SET ready = 0 WHERE source = ? AND ready RETURNING id", (source,)
    ).fetchall()
    kept = json.dumps({**content, "photos": [row["id"] for row in shown]})
    connection.execute("INSERT OR REPLACE INTO undone_imports VALUES (?, ?)", (source, kept))
    connection.execute("UPDATE sources SET complete = 0 WHERE id = ?", (source,))
    update_label_status(connection, "p.id IN (SELECT photo FROM told)")
    connection.execute("DROP TABLE told")


def redo_import(connection: sqlite3.Connection, source: int) -> None:
    """Brings back what `undo_import` hid; nothing if that was removed meanwhile."""
    kept = connection.execute(
        "DELETE FROM undone_imports WHERE source = ? RETURNING content", (source,)
    ).fetchone()
    if kept is None:
        return
    content = json.loads(kept["content"])
    for table in _TABLES:
        for row in content[table]:  # by name: a later version may have more columns
            columns, holes = ", ".join(row), placeholders(row)
            connection.execute(
                f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({holes})", list(row.values())
            )
    connection.executemany(
        "UPDATE photos SET ready = 1 WHERE id = ?", [(number,) for number in content["photos"]]
    )
    connection.execute("UPDATE sources SET complete = 1 WHERE id = ?", (source,))
    update_label_status(connection, "p.id IN (SELECT photo FROM listings WHERE source = ?)", source)


def _rows(connection: sqlite3.Connection, table: str, source: int) -> list[dict[str, Any]]:
    rows = connection.execute(f"SELECT * FROM {table} WHERE source = ?", (source,))
    return [dict(row) for row in rows]
