"""An SQLite file of the workspace: WAL, numbered migrations, one connection per thread."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from emotion_desktop.domain.errors import AppError
from emotion_desktop.workspace.atomic import cannot_write

Migrations = Sequence[tuple[int, str]]
"""Scripts by number, from 1 and without a gap."""


class Database:
    """A file and its schema. Methods may be called from any thread.

    Args:
        migrations: what brings the file's schema up to date, oldest first.

    Raises:
        AppError: the file cannot be opened, is none of ours, or is from a newer program.
    """

    def __init__(self, path: Path, migrations: Migrations) -> None:
        self._path = path
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._connection() as connection:
                _migrate(connection, migrations)
        except OSError as error:
            raise cannot_write(path, error) from None
        except AppError:
            self.close()
            raise
        except sqlite3.Error as error:
            self.close()
            raise AppError(
                f"The workspace {path.parent} cannot be opened ({error}).",
                "Choose another workspace folder.",
            ) from None

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """The thread's connection, inside a transaction."""
        connection = getattr(self._local, "connection", None)
        if connection is None:
            # Closed by close(), on whichever thread that is.
            connection = sqlite3.connect(self._path, timeout=10, check_same_thread=False)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode=WAL")
            # Safe in WAL mode, and no wait for the disk with every record.
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA foreign_keys=ON")
            self._local.connection = connection
            with self._lock:
                self._open.append(connection)
        with connection:
            yield connection

    def close(self) -> None:
        """Closes all connections; the database is not used afterwards."""
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()


def scripts_in(*folder: str) -> Migrations:
    """The migrations in a folder below ``workspace/migrations``; none names that folder itself."""
    place = resources.files("emotion_desktop.workspace").joinpath("migrations", *folder)
    scripts = [item for item in place.iterdir() if item.name.endswith(".sql")]
    return sorted((int(s.name.split("_")[0]), s.read_text(encoding="utf-8")) for s in scripts)


def _migrate(connection: sqlite3.Connection, steps: Migrations) -> None:
    """Brings the schema up to date, all in one transaction."""
    newest = steps[-1][0]
    if _version(connection) < newest:
        # Another program may be at it, too: what is left to do is known once the lock is ours.
        connection.execute("BEGIN IMMEDIATE")
        version = _version(connection)
        for number, script in steps:
            if number > version:
                for statement in _statements(script):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number}")
    if _version(connection) > newest:
        raise AppError(
            "The workspace was made by a newer version of this program.", "Update the program."
        )


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; executescript() would end the transaction they belong in."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
