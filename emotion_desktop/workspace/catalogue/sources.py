"""Where the photos of the workspace come from."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.s3 import S3_SCHEME
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.photos import update_label_status
from emotion_desktop.workspace.catalogue.places import from_stored


@dataclass(frozen=True, slots=True)
class Source:
    """A source that was imported, or whose import was begun.

    Attributes:
        location: path or address.
        settings: JSON values: how it was read, so that it can be read so again.
        complete: False while its first import is not over.
        imported: when the last import ended, seconds since the epoch.
        photos: how many photos of the workspace it brought.
    """

    number: int
    kind: str
    location: str
    title: str
    settings: Mapping[str, Any]
    complete: bool
    imported: float | None
    photos: int

    @property
    def copied(self) -> bool:
        """Whether its photos lie in the workspace."""
        return bool(self.settings.get("copied"))


class Sources:
    """The sources of a workspace."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def all(self) -> list[Source]:
        """All sources, in the order they came; those whose import was interrupted are not
        complete."""
        with self._catalogue.reading() as connection:
            rows = connection.execute(f"{_SELECT} ORDER BY id").fetchall()
            return [_source(row) for row in rows]

    def at(self, location: str) -> Source | None:
        """The source at a path or address."""
        with self._catalogue.reading() as connection:
            row = connection.execute(
                f"{_SELECT} WHERE location = ?", (os.fsencode(location),)
            ).fetchone()
        return None if row is None else _source(row)

    def begin(self, kind: str, location: str, title: str, settings: Mapping[str, Any]) -> int:
        """Notes that a source is being imported; returns its number.

        One that is there already keeps what it says until the import is over.
        """
        with self._catalogue.writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO sources (kind, location, title, settings) "
                "VALUES (?, ?, ?, ?)",
                (kind, os.fsencode(location), title, json.dumps(settings)),
            )
            (number,) = connection.execute(
                "SELECT id FROM sources WHERE location = ?", (os.fsencode(location),)
            ).fetchone()
        return int(number)

    def remove(self, number: int) -> None:
        """Forgets a source and the photos it brought; files that are referenced stay.

        Raises:
            UsageError: a frozen split holds photos of it.
        """
        with self._catalogue.writing() as connection:
            check_no_split(connection, number)
            forget_source(connection, number)
            # A later source may get its number: undoing an old import must not hide that one.
            connection.execute(
                "DELETE FROM edits WHERE changes = ?",
                (json.dumps([["import", [[[number], 0, 1]]]]),),
            )


def check_no_split(connection: sqlite3.Connection, number: int) -> None:
    """Refuses to go on where a frozen split holds photos of a source.

    Raises:
        UsageError: one does.
    """
    splits = connection.execute(
        "SELECT DISTINCT s.name FROM splits s JOIN split_photos p ON p.split = s.id "
        "JOIN photos f ON f.id = p.photo WHERE f.source = ?",
        (number,),
    ).fetchall()
    if splits:
        names = ", ".join(f"“{row['name']}”" for row in splits)
        raise UsageError(f"The frozen split {names} holds photos of it.", "Remove the split first.")


def give_to_others(connection: sqlite3.Connection, number: int) -> None:
    """Photos of a source that another one lists as well become that one's."""
    connection.execute(
        "UPDATE photos SET source = (SELECT min(source) FROM listings WHERE photo = photos.id) "
        "WHERE source = ? AND EXISTS (SELECT 1 FROM listings WHERE photo = photos.id)",
        (number,),
    )


def forget_source(connection: sqlite3.Connection, number: int) -> None:
    """Deletes all rows of a source. Photos that another source lists as well become that one's."""
    connection.execute("DELETE FROM listings WHERE source = ?", (number,))
    give_to_others(connection, number)
    for table in ("spellings", "rejects", "undone_imports", "photos"):
        connection.execute(f"DELETE FROM {table} WHERE source = ?", (number,))
    connection.execute("DELETE FROM sources WHERE id = ?", (number,))
    update_label_status(connection, "p.ready")


_SELECT = (
    "SELECT *, (SELECT count(*) FROM photos WHERE source = sources.id AND ready) AS photos "
    "FROM sources"
)


def _source(row: sqlite3.Row) -> Source:
    return Source(
        number=row["id"],
        kind=row["kind"],
        location=os.fsdecode(row["location"]),
        title=row["title"],
        settings=json.loads(row["settings"]),
        complete=bool(row["complete"]),
        imported=row["imported"],
        photos=row["photos"],
    )


def places_in_s3(catalogue: Catalogue) -> dict[Path, tuple[str, str]]:
    """Bucket and key by the photo's path here, for photos whose source is a prefix of S3."""
    with catalogue.reading() as connection:
        rows = connection.execute(
            "SELECT p.path, s.location FROM photos p JOIN sources s ON s.id = p.source "
            "WHERE s.kind = 's3' AND p.ready"
        ).fetchall()
    found = {}
    for row in rows:
        bucket, _, prefix = row["location"].decode().removeprefix(S3_SCHEME).partition("/")
        path = from_stored(row["path"], catalogue.root)
        # The workspace's own folder of a source is two levels below: photos/NAME.
        inside = path.relative_to(catalogue.root).parts[2:]
        key = "/".join([*([prefix.strip("/")] if prefix else []), *inside])
        found[path] = (bucket, key)
    return found
