"""Keeping job records in the catalogue, opened when the first record comes."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import JobRecord

if TYPE_CHECKING:
    from pathlib import Path

    from emotion_desktop.workspace.catalogue import Catalogue

_log = logging.getLogger(__name__)


class LazyJournal:
    """A Journal that costs nothing until a job is started, and does without a catalogue if it
    cannot be opened: reading photos needs none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._catalogue: Catalogue | None = None
        self._gave_up = False

    def save_job(self, record: JobRecord) -> None:
        """Keeps a job's record."""
        catalogue = self._open(record.spec.id)
        if catalogue is not None:
            catalogue.save_job(record)

    def close(self) -> None:
        """Closes the catalogue if it was opened."""
        with self._lock:
            if self._catalogue is not None:
                self._catalogue.close()
                self._catalogue = None
            self._gave_up = True

    def _open(self, first_job: str) -> Catalogue | None:
        # SQLite is loaded with the first job, not with the program.
        from emotion_desktop.workspace.catalogue import Catalogue

        with self._lock:
            if self._catalogue is None and not self._gave_up:
                try:
                    self._catalogue = Catalogue(self._path)
                    self._catalogue.fail_interrupted(own={first_job})
                except AppError as error:
                    self._gave_up = True
                    _log.warning("no record of jobs is kept: %s", error)
            return self._catalogue
