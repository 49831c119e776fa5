"""The workspace's SQLite catalogue: WAL, numbered migrations, one connection per thread."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import JobRecord, JobSpec, JobState, Lane, Outcome
from emotion_desktop.workspace.atomic import cannot_write
from emotion_desktop.workspace.processes import is_alive

_KEPT_JOBS = 500


class Catalogue:
    """What the workspace remembers. Methods may be called from any thread.

    Raises:
        AppError: the file cannot be opened, is not a catalogue, or is from a newer program.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._connection() as connection:
                _migrate(connection)
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
        """Closes all connections; the catalogue is not used afterwards."""
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()

    def save_job(self, record: JobRecord) -> None:
        """Keeps a job's record, replacing an older one of the same job."""
        outcome = record.outcome or Outcome("")
        with self._connection() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    record.spec.id,
                    record.spec.kind,
                    record.spec.title,
                    record.spec.lane.value,
                    json.dumps(dict(record.spec.parameters)),
                    record.state.value,
                    outcome.message,
                    outcome.hint,
                    json.dumps(outcome.result),
                    record.created,
                    record.started,
                    record.ended,
                    os.getpid(),
                ),
            )

    def jobs(self, limit: int = _KEPT_JOBS) -> list[JobRecord]:
        """The latest jobs, newest first."""
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT * FROM jobs ORDER BY created DESC, rowid DESC LIMIT ?", (limit,)
            ).fetchall()
        return [_to_record(row) for row in rows]

    def fail_interrupted(self, own: set[str]) -> int:
        """Marks jobs that a crash left unfinished as failed; returns how many there were.

        Jobs of another program that is alive in this workspace (the command line beside the
        window) are left alone.

        Args:
            own: ids of jobs that run in this program; others under its process id are left from
                a former process with the same id.
        """
        unfinished = [state.value for state in JobState if not state.final]
        marks = ",".join("?" * len(unfinished))
        with self._connection() as connection:
            found = [
                row["id"]
                for row in connection.execute(
                    f"SELECT id, owner FROM jobs WHERE state IN ({marks})",
                    unfinished,
                )
                if row["id"] not in own
                and (row["owner"] == os.getpid() or not is_alive(row["owner"]))
            ]
            connection.executemany(
                "UPDATE jobs SET state = ?, message = ?, hint = ?, ended = ? WHERE id = ?",
                [
                    (
                        JobState.FAILED.value,
                        "Interrupted: the program ended before this was done.",
                        "Start it again.",
                        time.time(),
                        job,
                    )
                    for job in found
                ],
            )
            connection.execute(
                "DELETE FROM jobs WHERE id NOT IN "
                "(SELECT id FROM jobs ORDER BY created DESC, rowid DESC LIMIT ?)",
                (_KEPT_JOBS,),
            )
        return len(found)


def _migrations() -> list[tuple[int, str]]:
    folder = resources.files("emotion_desktop.workspace") / "migrations"
    scripts = [item for item in folder.iterdir() if item.name.endswith(".sql")]
    return sorted((int(s.name.split("_")[0]), s.read_text(encoding="utf-8")) for s in scripts)


def _migrate(connection: sqlite3.Connection) -> None:
    """Brings the schema up to date, all in one transaction."""
    steps = _migrations()
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


def _to_record(row: sqlite3.Row) -> JobRecord:
    parameters: dict[str, Any] = json.loads(row["parameters"])
    return JobRecord(
        spec=JobSpec(row["kind"], row["title"], Lane(row["lane"]), parameters, row["id"]),
        state=JobState(row["state"]),
        outcome=Outcome(row["message"], row["hint"], json.loads(row["result"])),
        created=row["created"],
        started=row["started"],
        ended=row["ended"],
    )
