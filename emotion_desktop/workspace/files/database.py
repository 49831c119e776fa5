"""An SQLite file of the workspace: WAL, numbered migrations, one connection per thread."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Final, TypeVar

from emotion_desktop.domain.errors import AppError
from emotion_desktop.workspace.files.atomic import cannot_write

#: How long one program waits while another one writes, seconds.
_PATIENCE_S: Final = 10

#: SQLite's words for a file that is not as it was written.
_MALFORMED: Final = (
    *("malformed", "Could not decode to UTF-8", "no such table", "no such column"),
    "No item with that key",
)
#: What Python raises on such a file. IndexError is a column's that the schema lacks.
_UNREADABLE: Final = (UnicodeDecodeError, json.JSONDecodeError, IndexError)

#: Scripts by number, from 1 and without a gap.
Migrations = Sequence[tuple[int, str]]
_COMMENT: Final = re.compile(r"--[^\n]*")
_MADE: Final = re.compile(r"\A\s*CREATE\s+(?:UNIQUE\s+)?(?:TABLE|INDEX)\s+(\w+)")
_Made = TypeVar("_Made", bound="Database")


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
            _migrate(self._connection(), migrations)
        except OSError as error:
            raise cannot_write(path, error) from None
        except AppError:
            self.close()
            raise
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self.close()
            if _is_malformed(error):
                raise _damaged(path) from None
            if "full" in str(error):
                raise AppError(
                    f"The disk is full: the workspace {path.parent} cannot be opened.",
                    "Free some space and try again.",
                ) from None
            raise AppError(
                f"The workspace {path.parent} cannot be opened ({error}).",
                "Choose another workspace folder.",
            ) from None

    def __enter__(self: _Made) -> _Made:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def root(self) -> Path:
        """The workspace's folder: relative paths in the file start there."""
        return self._path.parent

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The thread's connection; all that is read within is of one moment.

        Raises:
            AppError: the file cannot be read.
        """
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The thread's connection in a transaction: what is written within is kept whole or not.

        Raises:
            AppError: the disk is full, the file may not be written, or another program has been
                writing for too long. The file is as before.
        """
        # At once, not with the first change: a reader that turns writer may find it too late.
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def close(self) -> None:
        """Closes all connections; the database is not used afterwards."""
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        connection = self._connection()
        try:
            connection.execute(begin)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # A full disk may have ended the transaction already.
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
        except (sqlite3.DatabaseError, *_UNREADABLE) as error:
            raise _in_words(self._path, error) from error

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            # Closed by close(), on whichever thread that is. Transactions are begun here alone.
            connection = sqlite3.connect(
                self._path, timeout=_PATIENCE_S, check_same_thread=False, isolation_level=None
            )
            with self._lock:
                self._open.append(connection)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode=WAL")
            # Safe in WAL mode, and no wait for the disk with every record.
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA foreign_keys=ON")
            self._local.connection = connection
        return connection


def scripts_in(*folder: str) -> Migrations:
    """The migrations in a folder below ``workspace/migrations``; none names that folder itself."""
    place = resources.files("emotion_desktop.workspace").joinpath("migrations", *folder)
    scripts = [item for item in place.iterdir() if item.name.endswith(".sql")]
    return sorted((int(s.name.split("_")[0]), s.read_text(encoding="utf-8")) for s in scripts)


def _in_words(path: Path, error: Exception) -> Exception:
    """What the user can do something about, as a sentence; anything else is a bug and stays one."""
    text = str(error)
    if "full" in text:
        return AppError(
            "The disk is full: the workspace is as it was before.", "Free some space and try again."
        )
    if "readonly" in text or "unable to open" in text:
        return AppError(
            f"The workspace {path.parent} may not be written.",
            "Give yourself permission to write there, or choose another workspace.",
        )
    if "locked" in text:
        return AppError(
            "Another program is writing into this workspace.", "Try again when it is done."
        )
    if _is_malformed(error) or "not a database" in text:
        return _damaged(path)
    if "disk I/O" in text:
        return AppError(
            f"The workspace {path.parent} could not be read or written.",
            "Check that its disk is there and has free space, then try again.",
        )
    return error


def _is_malformed(error: Exception) -> bool:
    """Whether a file of ours was damaged: all that it holds was once text, JSON and its schema.

    Words that are none cannot be decoded, nor SQLite's message that repeats them.
    """
    if isinstance(error, UnicodeDecodeError | json.JSONDecodeError):
        return True
    return any(words in str(error) for words in _MALFORMED)


def _damaged(path: Path) -> AppError:
    return AppError(
        f"The file {path.name} of the workspace is damaged.",
        f"Put a copy of {path} in its place, or choose another workspace.",
    )


def _migrate(connection: sqlite3.Connection, steps: Migrations) -> None:
    """Brings the schema up to date, all in one transaction."""
    newest = steps[-1][0]
    if _version(connection) < newest:
        # Another program may be at it, too: what is left to do is known once the lock is ours.
        connection.execute("BEGIN IMMEDIATE")
        with connection:  # ends the transaction, one way or the other
            version = _version(connection)
            for number, script in steps:
                for statement in _statements(script):
                    if _is_to_run(connection, statement, later=number > version):
                        connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {max(version, newest)}")
    if _version(connection) > newest:
        raise AppError(
            "The workspace was made by a newer version of this program.", "Update the program."
        )


def _is_to_run(connection: sqlite3.Connection, statement: str, *, later: bool) -> bool:
    """Whether a statement of a script is to be run.

    While they were written, scripts were numbered anew: a file's number does not tell for sure
    which tables are there. Those that are, as they would be made, are left; those that are missing
    are made.

    Args:
        later: the script's number is above the file's.
    """
    made = _MADE.search(_COMMENT.sub("", statement))
    if made is None:
        return later
    row = connection.execute(
        "SELECT sql FROM sqlite_master WHERE name = ? COLLATE NOCASE", (made[1],)
    ).fetchone()
    if row is None:
        return True
    return later and _plain(row[0]) != _plain(statement)


def _plain(statement: str) -> str:
    return "".join(_COMMENT.sub("", statement).split()).rstrip(";")


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
