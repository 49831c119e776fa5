"""The job that runs, in one line of the status bar: what it is, how far it is, and Cancel."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from emotion_desktop.domain.job import JobEvent, JobSpec, JobState, StateChanged
from emotion_desktop.ui.widgets.job_row import JobRow

#: A job that is over sooner than this is not shown: nothing flickers.
_SHOWN_AFTER_MS: Final = 1_000


class JobStrip(QWidget):
    """Shows the job that has run for the longest; how many there are the Jobs button tells.

    It has its place in the status bar whether there is a job or not: nothing moves when one
    begins or ends.
    """

    cancel_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, JobRow] = {}
        self._began: dict[str, float] = {}
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(8, 0, 8, 0)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_SHOWN_AFTER_MS)
        self._later.timeout.connect(self._choose)

    def show_event(self, spec: JobSpec, event: JobEvent) -> None:
        """Follows a job."""
        row = self._rows.get(spec.id)
        if row is None:
            if isinstance(event, StateChanged) and event.state.is_over:
                return
            row = self._rows[spec.id] = JobRow(spec, one_line=True)
            row.hide()
            row.cancel_wanted.connect(self.cancel_wanted)
            self._layout.addWidget(row)
        row.show_event(event)
        if row.state is not JobState.QUEUED and spec.id not in self._began:
            self._began[spec.id] = time.monotonic()
            if not self._later.isActive():
                self._later.start()
        if row.state.is_over:
            del self._rows[spec.id]
            self._began.pop(spec.id, None)
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
            self._choose()

    def waiting(self) -> list[str]:
        """The titles of the jobs that wait for their turn."""
        return [row.title for row in self._rows.values() if row.state is JobState.QUEUED]

    @Slot()
    def _choose(self) -> None:
        """Shows the job that has run for the longest, if that is long enough."""
        now = time.monotonic()
        # A timer may be a few milliseconds early.
        old = now - _SHOWN_AFTER_MS / 1000 * 0.9
        shown = min(self._began, key=self._began.__getitem__, default=None)
        if shown is not None and self._began[shown] > old:
            shown = None
        for job, row in self._rows.items():
            row.setVisible(job == shown)
        if shown is None and self._began and not self._later.isActive():
            self._later.start()
