"""The jobs panel: every job alike, the newest on top."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from emotion_desktop.domain.job import JobEvent, JobSpec, JobState
from emotion_desktop.ui.widgets.job_row import JobRow

_KEPT = 50


class JobsPanel(QScrollArea):
    """A row per job; finished ones stay, the oldest of them go."""

    cancel_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, JobRow] = {}
        self._empty = QLabel("Nothing has been started yet.")
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside = QWidget()
        self._layout = QVBoxLayout(inside)
        self._layout.setContentsMargins(12, 8, 12, 8)
        self._layout.setSpacing(4)
        self._layout.addWidget(self._empty)
        self.clear = QPushButton("Forget those that are over")
        self.clear.clicked.connect(self.forget_over)
        self.clear.hide()
        self._layout.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignRight)
        self._layout.addStretch(1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Jobs")

    def show_event(self, spec: JobSpec, event: JobEvent) -> None:
        """Shows an event of a job."""
        row = self._rows.get(spec.id)
        if row is None:
            row = JobRow(spec)
            row.setProperty("role", "card")
            row.cancel_wanted.connect(self.cancel_wanted)
            self._rows[spec.id] = row
            self._layout.insertWidget(0, row)
            self._empty.hide()
            self._forget_oldest()
        row.show_event(event)
        self.clear.setVisible(any(row.state.is_over for row in self._rows.values()))

    def row(self, job: str) -> JobRow | None:
        """The row of a job."""
        return self._rows.get(job)

    def counts(self) -> tuple[int, int]:
        """How many jobs run, and how many wait for their turn."""
        states = [row.state for row in self._rows.values() if not row.state.is_over]
        waiting = states.count(JobState.QUEUED)
        return len(states) - waiting, waiting

    @Slot()
    def forget_over(self) -> None:
        """Shows those alone that run or wait."""
        self._forget([job for job, row in self._rows.items() if row.state.is_over])
        self.clear.hide()
        self._empty.setVisible(not self._rows)

    def _forget_oldest(self) -> None:
        over = [job for job, row in self._rows.items() if row.state.is_over]
        self._forget(over[: max(0, len(self._rows) - _KEPT)])

    def _forget(self, jobs: Sequence[str]) -> None:
        for job in jobs:
            row = self._rows.pop(job)
            self._layout.removeWidget(row)
            row.hide()
            row.deleteLater()
