"""Keeping job records in the catalogue, opened when the first record comes."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import JobRecord

if TYPE_CHECKING:
    from pathlib import Path

    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.runs.job_records import JobRecords

_log = logging.getLogger(__name__)


class LazyJournal:
    """A Journal that costs nothing until a job is started, and does without a catalogue if it
    cannot be opened: reading photos needs none.

    Records are written by a thread of their own: whoever starts or cancels a job, the window's
    thread say, never waits for the disk.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._writer: ThreadPoolExecutor | None = None
        self._closed = False
        self._catalogue: Catalogue | None = None
        self._records: JobRecords | None = None
        self._gave_up = False

    def save_job(self, record: JobRecord) -> None:
        """Saves a job's record, soon and in order; none after close."""
        with self._lock:
            if self._closed:
                return
            if self._writer is None:
                self._writer = ThreadPoolExecutor(1, thread_name_prefix="journal")
            self._writer.submit(self._save, record)

    def close(self) -> None:
        """Writes what is left, and closes the catalogue if it was opened."""
        with self._lock:
            self._closed = True
            writer, self._writer = self._writer, None
        if writer is not None:
            writer.shutdown(wait=True)
        if self._catalogue is not None:
            self._catalogue.close()
            self._catalogue = self._records = None

    def _save(self, record: JobRecord) -> None:
        """On the writer's thread alone."""
        try:
            if self._records is None and not self._gave_up:
                self._open(record.spec.id)
            if self._records is not None:
                self._records.save(record)
        except Exception:  # noqa: BLE001 - a full disk must not stop the work itself
            _log.exception("the record of %s was not kept", record.spec.title)

    def _open(self, first_job: str) -> None:
        # SQLite is loaded with the first job, not with the program.
        from emotion_desktop.workspace.catalogue.catalogue import Catalogue
        from emotion_desktop.workspace.runs.job_records import JobRecords

        try:
            self._catalogue = Catalogue(self._path)
            records = JobRecords(self._catalogue)
            records.fail_interrupted(own={first_job})
            self._records = records
        except AppError as error:
            self._gave_up = True
            _log.warning("no record of jobs is kept: %s", error)
