"""The rows of an import: photos as they are read, hidden until all of it is kept in one step."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from emotion_desktop.domain.files.picture_problem import PictureProblem
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.photos import update_label_status
from emotion_desktop.workspace.catalogue.placeholders import placeholders, statement_chunks
from emotion_desktop.workspace.catalogue.places import from_stored, printable, to_stored
from emotion_desktop.workspace.catalogue.sources import forget_source
from emotion_desktop.workspace.catalogue.votes import stored_votes


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """A photo's file; see the columns of ``photos``. ``small`` and ``colour`` tell its copies."""

    path: Path
    name: str
    size: int
    modified: int
    digest: bytes | None
    width: int | None
    height: int | None
    problem: PictureProblem | None
    small: bytes | None = None
    colour: bytes | None = None


@dataclass(frozen=True, slots=True)
class ListingRow:
    """What the source says of a photo; see the columns of ``listings``. ``votes`` may be empty."""

    path: Path
    row: int
    written: str
    annotator: str
    usage: str
    votes: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceContents:
    """All that a source says, kept at the end of its import.

    Attributes:
        persons: who is in each of its photos.
        spellings: what its labels mean, as far as nobody has said so before.
        decided: what its labels mean by the user's decision, whatever was said before.
        bad: number, reason and text of rows that could not be used.
        elsewhere: where its photos may have lain when it was imported before, by where they lie.
    """

    listings: Sequence[ListingRow]
    persons: Sequence[tuple[Path, str]]
    spellings: Mapping[str, str | None]
    decided: Mapping[str, str | None]
    bad: Sequence[tuple[int, str, str]]
    title: str
    settings: Mapping[str, Any]
    elsewhere: Mapping[Path, Path]


class ImportRows:
    """Writes one source's import.

    Args:
        source: the source's number.
    """

    def __init__(self, catalogue: Catalogue, source: int) -> None:
        self._catalogue = catalogue
        self._root = catalogue.root
        self._source = source

    def known_stamps(self, paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
        """Size and time of change of photos as they were when they were read."""
        stored = [to_stored(path, self._root) for path in paths]
        found: dict[Path, tuple[int, int]] = {}
        with self._catalogue.reading() as connection:
            for piece in statement_chunks(stored):
                rows = connection.execute(
                    "SELECT path, size, modified FROM photos WHERE digest IS NOT NULL "
                    f"AND path IN ({placeholders(piece)})",
                    piece,
                )
                found.update((from_stored(p, self._root), (size, time)) for p, size, time in rows)
        return found

    def save_photos(self, photos: Sequence[PhotoRow]) -> None:
        """Saves photos as they are read. New ones stay hidden until the import ends."""
        with self._catalogue.writing() as connection:
            connection.executemany(
                "INSERT INTO photos (path, name, source, digest, size, modified, width, height, "
                "problem, problem_code, standing) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'unlabelled') "
                "ON CONFLICT (path) DO UPDATE SET digest = excluded.digest, size = excluded.size, "
                "modified = excluded.modified, width = excluded.width, "
                "height = excluded.height, problem = excluded.problem, "
                "problem_code = excluded.problem_code",
                [
                    (
                        to_stored(p.path, self._root),
                        printable(p.name),
                        self._source,
                        p.digest,
                        p.size,
                        p.modified,
                        p.width,
                        p.height,
                        p.problem.text if p.problem else None,
                        p.problem.code.value if p.problem else None,
                    )
                    for p in photos
                ],
            )
            connection.executemany(
                "INSERT OR IGNORE INTO sketches VALUES (?, ?, ?)",
                [(p.digest, p.small, p.colour) for p in photos if p.digest and p.small],
            )

    def save_person(self, path: Path, person: str) -> None:
        """Keeps who is in a photo, and that the source is complete as it is."""
        with self._catalogue.writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO persons (name, key) VALUES (?, ?)",
                (printable(person), _key(person)),
            )
            connection.execute(
                "UPDATE photos SET person = (SELECT id FROM persons WHERE key = ?) WHERE path = ?",
                (_key(person), to_stored(path, self._root)),
            )
            connection.execute(
                "UPDATE sources SET complete = 1, imported = ? WHERE id = ?",
                (time.time(), self._source),
            )

    def finish(self, contents: SourceContents) -> dict[str, int]:
        """Keeps what the source says and shows its photos: all of it in one step.

        Returns:
            ``photos`` of the source, how many of them are ``new``, and how many others are
            ``gone`` from it since the last time.
        """
        source = self._source
        with self._catalogue.writing() as connection:
            self._move(connection, contents.elsewhere)
            connection.execute("CREATE TEMP TABLE imported (id INTEGER PRIMARY KEY, key TEXT)")
            connection.executemany(
                "INSERT INTO imported SELECT id, ? FROM photos WHERE path = ?",
                ((_key(who), to_stored(path, self._root)) for path, who in contents.persons),
            )
            # What this source spoke of the last time, too: it may have lost its label by now.
            connection.execute(
                "CREATE TEMP TABLE touched AS SELECT id FROM imported UNION SELECT photo "
                "FROM listings WHERE source = ? UNION SELECT id FROM photos WHERE source = ?",
                (source, source),
            )
            counts = {
                "photos": "SELECT count(*) FROM imported",
                "new": "SELECT count(*) FROM imported JOIN photos USING (id) WHERE NOT ready",
                "gone": "SELECT count(*) FROM photos WHERE ready AND source = ? "
                "AND id NOT IN (SELECT id FROM imported)",
            }
            counted = {
                name: connection.execute(query, (source,) * query.count("?")).fetchone()[0]
                for name, query in counts.items()
            }
            self._replace_labels(connection, contents)
            connection.execute("DELETE FROM undone_imports WHERE source = ?", (source,))
            connection.execute(
                "UPDATE photos SET ready = 1, person = (SELECT n.id FROM persons n "
                "JOIN imported i USING (key) WHERE i.id = photos.id) "
                "WHERE id IN (SELECT id FROM imported)"
            )
            connection.execute(
                "UPDATE sources SET complete = 1, imported = ?, title = ?, settings = ? "
                "WHERE id = ?",
                (time.time(), contents.title, json.dumps(contents.settings), source),
            )
            update_label_status(connection, "p.id IN (SELECT id FROM touched)")
            connection.execute("DROP TABLE imported")
            connection.execute("DROP TABLE touched")
        return counted

    def discard(self) -> list[Path]:
        """Forgets what an import brought that did not end; what was there before stays.

        Returns:
            The photos forgotten.
        """
        with self._catalogue.writing() as connection:
            hidden = connection.execute(
                "DELETE FROM photos WHERE source = ? AND NOT ready RETURNING path", (self._source,)
            ).fetchall()
            (complete,) = connection.execute(
                "SELECT complete FROM sources WHERE id = ?", (self._source,)
            ).fetchone()
            if not complete:
                forget_source(connection, self._source)
        return [from_stored(row["path"], self._root) for row in hidden]

    def _move(self, connection: sqlite3.Connection, elsewhere: Mapping[Path, Path]) -> None:
        """Photos that are known from another place stay who they are: labels, splits and all."""
        for now, before in elsewhere.items():
            old = connection.execute(
                "SELECT id FROM photos WHERE path = ? AND source = ? AND ready",
                (to_stored(before, self._root), self._source),
            ).fetchone()
            new = connection.execute(
                "SELECT id, size, modified FROM photos WHERE path = ? AND NOT ready",
                (to_stored(now, self._root),),
            ).fetchone()
            if old is not None and new is not None:
                connection.execute("DELETE FROM photos WHERE id = ?", (new["id"],))
                connection.execute(
                    "UPDATE photos SET path = ?, size = ?, modified = ? WHERE id = ?",
                    (to_stored(now, self._root), new["size"], new["modified"], old["id"]),
                )

    def _replace_labels(self, connection: sqlite3.Connection, contents: SourceContents) -> None:
        source = self._source
        connection.executemany(
            "INSERT OR IGNORE INTO persons (name, key) VALUES (?, ?)",
            ((printable(who), _key(who)) for _, who in contents.persons),
        )
        ignored = connection.execute(
            "SELECT source, row, photo FROM listings WHERE source = ? AND ignored", (source,)
        ).fetchall()
        for table in ("listings", "rejects"):
            connection.execute(f"DELETE FROM {table} WHERE source = ?", (source,))
        connection.executemany(
            "INSERT INTO listings (source, photo, row, written, annotator, usage, votes) "
            "SELECT ?, id, ?, ?, ?, ?, ? FROM photos WHERE path = ?",
            (
                (
                    source,
                    r.row,
                    r.written,
                    r.annotator,
                    r.usage,
                    stored_votes(r.votes),
                    to_stored(r.path, self._root),
                )
                for r in contents.listings
            ),
        )
        connection.executemany(
            "UPDATE listings SET ignored = 1 WHERE source = ? AND row = ? AND photo = ?",
            [tuple(row) for row in ignored],
        )
        connection.executemany(
            "INSERT INTO rejects VALUES (?, ?, ?, ?)", ((source, *row) for row in contents.bad)
        )
        # What somebody has decided once holds until it is decided anew.
        for kind, spellings in (("IGNORE", contents.spellings), ("REPLACE", contents.decided)):
            connection.executemany(
                f"INSERT OR {kind} INTO spellings VALUES (?, ?, ?)",
                ((source, written, emotion) for written, emotion in spellings.items()),
            )


def _key(person: str) -> str:
    return printable(person).casefold()
