"""The user's changes to the data set: each is kept with what was there before, and can be undone.

The latest is undone first, as in any editor; a new change forgets what was undone before it.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.geometry import Box
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.edit_targets import NEVER_NULL, read_values, write_values

#: So many changes can be undone.
_KEPT: Final = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of thing set to one value in several places.

    Attributes:
        target: what is set; see edit_targets.
        keys: where, as JSON values: a photo's number, say.
        value: what it is set to, a JSON value.
    """

    target: str
    keys: Sequence[Any]
    value: Any


@dataclass(frozen=True, slots=True)
class Edit:
    """A change that was made. ``photos`` lists the numbers of the photos it touched directly."""

    number: int
    title: str
    undone: bool
    photos: tuple[int, ...]


class Edits:
    """The changes of a workspace."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def apply(self, title: str, changes: Sequence[Change]) -> Edit | None:
        """Changes things; None where all is so already.

        Args:
            title: in words, for the menu: “Relabel 3 photos as fear”.
        """
        with self._catalogue.writing() as connection:
            kept = []
            for change in changes:
                before = read_values(connection, change.target, change.keys)
                moved = [
                    [key, was, change.value]
                    for key, was in zip(change.keys, before, strict=True)
                    if was != change.value and not (was is None and change.target in NEVER_NULL)
                ]
                write_values(connection, change.target, [(key, new) for key, _, new in moved])
                if moved:
                    kept.append([change.target, moved])
            return _keep(connection, title, kept) if kept else None

    def record_import(self, title: str, source: int) -> Edit:
        """Keeps the first import of a source, which is over, as a change that can be undone."""
        with self._catalogue.writing() as connection:
            return _keep(connection, title, [["import", [[[source], 0, 1]]]])

    def undo(self) -> Edit:
        """Takes the latest change back.

        Raises:
            UsageError: there is none, or it cannot be undone.
        """
        return self._undo_or_redo(
            "NOT undone ORDER BY id DESC", "There is nothing to undo.", undone=True
        )

    def redo(self) -> Edit:
        """Makes the change again that was undone last.

        Raises:
            UsageError: there is none.
        """
        return self._undo_or_redo("undone ORDER BY id", "There is nothing to redo.", undone=False)

    def all(self) -> list[Edit]:
        """The changes that are known, oldest first."""
        with self._catalogue.reading() as connection:
            rows = connection.execute("SELECT * FROM edits ORDER BY id").fetchall()
            return [_edit(row) for row in rows]

    def _undo_or_redo(self, which: str, nothing: str, *, undone: bool) -> Edit:
        with self._catalogue.writing() as connection:
            row = connection.execute(f"SELECT * FROM edits WHERE {which} LIMIT 1").fetchone()
            if row is None:
                raise UsageError(nothing)
            changes = json.loads(row["changes"])
            for target, moved in reversed(changes) if undone else changes:
                pairs = [(key, was if undone else new) for key, was, new in moved]
                write_values(connection, target, pairs)
            connection.execute("UPDATE edits SET undone = ? WHERE id = ?", (int(undone), row["id"]))
            row = connection.execute("SELECT * FROM edits WHERE id = ?", (row["id"],)).fetchone()
        return _edit(row)


def _keep(connection: sqlite3.Connection, title: str, changes: list[Any]) -> Edit:
    """Writes a change down that was made: target, and key, former and new value of each."""
    connection.execute("DELETE FROM edits WHERE undone")
    cursor = connection.execute(
        "INSERT INTO edits (made, title, changes) VALUES (?, ?, ?)",
        (time.time(), title, json.dumps(changes)),
    )
    number = cursor.lastrowid or 0
    connection.execute("DELETE FROM edits WHERE id <= ?", (number - _KEPT,))
    row = connection.execute("SELECT * FROM edits WHERE id = ?", (number,)).fetchone()
    return _edit(row)


def _edit(row: sqlite3.Row) -> Edit:
    photos = [
        key for _, moved in json.loads(row["changes"]) for key, *_ in moved if isinstance(key, int)
    ]
    return Edit(row["id"], row["title"], bool(row["undone"]), tuple(dict.fromkeys(photos)))


#: The emotion, by the photo's digest and the face's box.
Corrections = dict[tuple[bytes, Box], str]


def all_corrections(catalogue: Catalogue) -> Corrections:
    """All that is known."""
    with catalogue.reading() as connection:
        rows = connection.execute("SELECT * FROM corrections").fetchall()
    return {
        (row["digest"], Box(row["x"], row["y"], row["width"], row["height"])): row["emotion"]
        for row in rows
    }
