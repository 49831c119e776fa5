"""The records of jobs in the catalogue."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from typing import Any, Final

from emotion_desktop.domain.job import JobRecord, JobSpec, JobState, Lane, Outcome
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.placeholders import placeholders
from emotion_desktop.workspace.files.processes import is_alive

_KEPT_JOBS: Final = 500


class JobRecords:
    """What is known of jobs, those of this program's run and earlier ones."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def save(self, record: JobRecord) -> None:
        """Keeps a job's record, replacing an older one of the same job."""
        outcome = record.outcome or Outcome("")
        with self._catalogue.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    record.spec.id,
                    record.spec.kind,
                    record.spec.title,
                    record.spec.lane.value,
                    json.dumps(dict(record.spec.parameters)),
                    record.state.value,
                    outcome.message,
                    outcome.hint,
                    _result(outcome),
                    record.created,
                    record.started,
                    record.ended,
                    os.getpid(),
                    time.time(),
                ),
            )

    def latest(self, limit: int = _KEPT_JOBS) -> list[JobRecord]:
        """The latest jobs, newest first."""
        with self._catalogue.reading() as connection:
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
        unfinished = [state.value for state in JobState if not state.is_over]
        with self._catalogue.writing() as connection:
            found = [
                row["id"]
                for row in connection.execute(
                    "SELECT id, owner, coalesce(written, created) AS written FROM jobs "
                    f"WHERE state IN ({placeholders(unfinished)})",
                    unfinished,
                )
                if row["id"] not in own
                and (row["owner"] == os.getpid() or not is_alive(row["owner"], row["written"]))
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


def _result(outcome: Outcome) -> str:
    """The result as JSON; none where it is something else, a picture for the window, say."""
    try:
        return json.dumps(outcome.result)
    except (TypeError, ValueError):
        return "null"


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
