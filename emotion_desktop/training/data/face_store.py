"""Prepared faces kept between trainings, keyed by a photo's content and its preprocessing.

    pictures.sqlite      which file has which content, and where the face of a content stands
    ID-PID-RANDOM.faces  faces, one after another; each file has one writer and only grows

A ``look`` of the database is one preprocessing, described as JSON; ID is its number.

A face is decoded once; later trainings begin at once. Whatever dies in the middle loses at most the
last few hundred faces: rows are written after the faces they point to.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.dataset.sources.files.fingerprint import DIGEST_BYTES
from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.files.file_stamp import Stamp
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.imaging.prepare import PREPARE_VERSION
from emotion_desktop.training.data.prepared_faces import MappedFaces
from emotion_desktop.workspace.files.atomic import cannot_write
from emotion_desktop.workspace.files.processes import is_alive

#: How digests stand in arrays.
DIGESTS: Final = np.dtype(f"V{DIGEST_BYTES}")
_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS looks (id INTEGER PRIMARY KEY, look TEXT NOT NULL UNIQUE) STRICT",
    # Earlier versions kept files without their change time, which a file that takes another's place
    # cannot bring along.
    "DROP TABLE IF EXISTS files",
    "CREATE TABLE IF NOT EXISTS contents (path BLOB PRIMARY KEY, size INTEGER NOT NULL, "
    "modified INTEGER NOT NULL, changed INTEGER NOT NULL, digest BLOB NOT NULL) "
    "STRICT, WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS stores (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
    "look INTEGER NOT NULL, used REAL NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS faces (look INTEGER NOT NULL, digest BLOB NOT NULL, "
    "status TEXT NOT NULL, store INTEGER, row INTEGER, PRIMARY KEY (look, digest)) "
    "STRICT, WITHOUT ROWID",
)
_SUFFIX: Final = ".faces"
#: Faces between two commits: what a crash can lose.
_COMMIT_EVERY: Final = 512
#: When a training begins, the files used least recently go until the rest is no larger.
_MOST_BYTES: Final = 8 << 30


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a photo's content; no digest where the file could not be read."""

    digest: bytes
    status: PhotoStatus


class FaceStore:
    """A folder of prepared faces. Several processes may use it at once.

    Args:
        folder: made when it is first needed.
        most_bytes: see above.
    """

    def __init__(self, folder: Path, most_bytes: int = _MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes

    @contextmanager
    def open(self, preprocessing: Preprocessing) -> Iterator[StoredFaces]:
        """The faces of one preprocessing.

        Raises:
            AppError: the folder cannot be written.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            connection = self._opened()
        except OSError as error:
            raise cannot_write(self._folder, error) from None
        try:
            with connection:
                # Faces that an earlier version of the program cut are not those it would cut now.
                described = {**asdict(preprocessing), "version": PREPARE_VERSION}
                text = json.dumps(described, sort_keys=True)
                connection.execute("INSERT OR IGNORE INTO looks (look) VALUES (?)", (text,))
                row = connection.execute("SELECT id FROM looks WHERE look = ?", (text,)).fetchone()
            side, channels = preprocessing.size, preprocessing.channels
            self._tidy(connection, row[0], side * side * channels)
            faces = StoredFaces(connection, self._folder, row[0], (side, side, channels))
            try:
                yield faces
            finally:
                faces.close()
        except sqlite3.Error as error:
            raise _cannot_save(self._folder, error) from None
        finally:
            connection.close()

    def _opened(self) -> sqlite3.Connection:
        path = self._folder / "pictures.sqlite"
        try:
            return _connect(path)
        except sqlite3.OperationalError as error:
            raise _cannot_save(self._folder, error) from None
        except sqlite3.DatabaseError:
            # It is a cache: a damaged one is made anew.
            for old in self._folder.glob("pictures.sqlite*"):
                old.unlink(missing_ok=True)
            return _connect(path)

    def _tidy(self, connection: sqlite3.Connection, current: int, face: int) -> None:
        """Lets go of what no row points to, of what is gone, and of the oldest if it is much.

        Args:
            current: the number of the preprocessing that is asked for; its faces stay.
            face: bytes of one of them.
        """
        sizes = {path.name: path.stat().st_size for path in self._folder.glob(f"*{_SUFFIX}")}
        with connection:
            rows = connection.execute("SELECT id, name, look FROM stores ORDER BY used").fetchall()
            named = {name for _, name, _ in rows}
            for name in set(sizes) - named:
                # Files of processes that are at work have no row yet.
                if not is_alive(_writer_of(name)):
                    self._unlink(name)
            needed = dict(
                connection.execute(
                    "SELECT store, max(row) + 1 FROM faces WHERE look = ? GROUP BY store",
                    (current,),
                ).fetchall()
            )
            gone = [
                number
                for number, name, owner in rows
                if name not in sizes
                or (owner == current and sizes[name] < needed.get(number, 0) * face)
            ]
            total = sum(sizes.values())
            for number, name, owner in rows:
                if name in sizes and owner != current and total > self._most_bytes:
                    total -= sizes[name]
                    gone.append(number)
                    self._unlink(name)
            for number in gone:
                connection.execute("DELETE FROM faces WHERE store = ?", (number,))
                connection.execute("DELETE FROM stores WHERE id = ?", (number,))
            connection.execute("UPDATE stores SET used = ? WHERE look = ?", (time.time(), current))

    def _unlink(self, name: str) -> None:
        with suppress(OSError):
            (self._folder / name).unlink()


class StoredFaces:
    """The faces of one preprocessing, for as long as a training is prepared.

    ``known`` may be called from any thread, everything else from the one that made it.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        folder: Path,
        number: int,
        shape: tuple[int, int, int],
    ) -> None:
        self._connection = connection
        self._folder = folder
        self._number = number
        self._shape = shape
        self._lock = threading.Lock()
        self._store: IO[bytes] | None = None
        self._name = ""
        self._written = 0
        self._faces: list[tuple[bytes, str, int | None]] = []
        self._files: list[tuple[bytes, int, int, int, bytes]] = []

    def find(self, path: Path, stamp: Stamp | None) -> Known | None:
        """What is known of a file that was not changed since."""
        if stamp is None:
            return None
        with self._lock:
            row = self._connection.execute(
                "SELECT f.digest, c.status FROM contents f JOIN faces c ON c.digest = f.digest "
                "WHERE f.path = ? AND f.size = ? AND f.modified = ? AND f.changed = ? "
                "AND c.look = ?",
                (os.fsencode(path), *_stamp_row(stamp), self._number),
            ).fetchone()
        return None if row is None else Known(bytes(row[0]), PhotoStatus(row[1]))

    def known(self, digest: bytes) -> Known | None:
        """What is known of a content."""
        with self._lock:
            row = self._connection.execute(
                "SELECT status FROM faces WHERE look = ? AND digest = ?", (self._number, digest)
            ).fetchone()
        return None if row is None else Known(digest, PhotoStatus(row[0]))

    def add(
        self,
        path: Path,
        stamp: Stamp | None,
        known: Known,
        pixels: npt.NDArray[np.uint8] | None,
    ) -> None:
        """Takes what was found out about a photo; without pixels its content is known already, or
        has no face.

        Args:
            stamp: of the file as it was read, if it is settled; None does not remember the file.

        Raises:
            AppError: it cannot be written.
        """
        if not known.digest:
            return
        row = None
        if pixels is not None:
            try:
                if self._store is None:
                    self._open_store()
                assert self._store is not None
                self._store.write(pixels.tobytes())
            except OSError as error:
                raise cannot_write(self._folder / self._name, error) from None
            row, self._written = self._written, self._written + 1
        if pixels is not None or known.status is not PhotoStatus.OK:
            self._faces.append((known.digest, known.status.value, row))
        if stamp is not None:
            self._files.append((os.fsencode(path), *_stamp_row(stamp), known.digest))
        if len(self._files) >= _COMMIT_EVERY or len(self._faces) >= _COMMIT_EVERY:
            self.commit()

    def commit(self) -> None:
        """Makes what was added last.

        Raises:
            AppError: it cannot be written.
        """
        try:
            if self._store is not None:
                self._store.flush()
                os.fsync(self._store.fileno())
        except OSError as error:
            raise cannot_write(self._folder / self._name, error) from None
        with self._lock, self._connection as connection:
            store = self._store_row(connection) if self._written else None
            connection.executemany(
                "INSERT OR IGNORE INTO faces VALUES (?, ?, ?, ?, ?)",
                [
                    (self._number, digest, status, None if row is None else store, row)
                    for digest, status, row in self._faces
                ],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO contents VALUES (?, ?, ?, ?, ?)", self._files
            )
        self._faces.clear()
        self._files.clear()

    def faces(self, digests: npt.NDArray[np.void]) -> MappedFaces:
        """The faces of contents that have one, in order.

        Args:
            digests: (photos,) of DIGESTS.
        """
        file_of = np.zeros(len(digests), np.int32)
        rows = np.zeros(len(digests), np.int32)
        places: dict[int, int] = {}
        with self._lock:
            for index, digest in enumerate(digests):
                store, row = self._connection.execute(
                    "SELECT store, row FROM faces WHERE look = ? AND digest = ?",
                    (self._number, digest.tobytes()),
                ).fetchone()
                file_of[index] = places.setdefault(store, len(places))
                rows[index] = row
            names = dict(self._connection.execute("SELECT id, name FROM stores").fetchall())
        files = [self._folder / names[store] for store in places]
        return MappedFaces(files, self._shape, file_of, rows)

    def close(self) -> None:
        """Keeps what can be kept; nothing is added afterwards."""
        with suppress(AppError, sqlite3.Error, OSError):
            self.commit()
        if self._store is not None:
            with suppress(OSError):
                self._store.close()
            self._store = None

    def _open_store(self) -> None:
        self._name = f"{self._number}-{os.getpid()}-{os.urandom(6).hex()}{_SUFFIX}"
        self._store = (self._folder / self._name).open("xb")

    def _store_row(self, connection: sqlite3.Connection) -> int:
        connection.execute(
            "INSERT OR IGNORE INTO stores (name, look, used) VALUES (?, ?, ?)",
            (self._name, self._number, time.time()),
        )
        row = connection.execute("SELECT id FROM stores WHERE name = ?", (self._name,)).fetchone()
        return int(row[0])


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        with connection:
            for statement in _SCHEMA:
                connection.execute(statement)
    except BaseException:
        connection.close()
        raise
    return connection


def _stamp_row(stamp: Stamp) -> tuple[int, int, int]:
    return stamp.size, stamp.modified, stamp.changed


def _writer_of(name: str) -> int:
    """The process that writes a file; 0, which is none, where the name does not say."""
    parts = name.split("-")
    return int(parts[1]) if len(parts) == 3 and parts[1].isdigit() else 0


def _cannot_save(folder: Path, error: sqlite3.Error) -> AppError:
    full = "full" in str(error)
    return AppError(
        "The disk is full: prepared faces were not kept."
        if full
        else f"Prepared faces cannot be kept in {folder} ({error}).",
        "Free some space and try again." if full else "Choose another workspace folder.",
    )
