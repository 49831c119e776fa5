"""The crossing from job threads to the window's thread."""

from __future__ import annotations

import threading
from collections import deque

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from emotion_desktop.domain.job import JobEvent, JobSpec, Progress
from emotion_desktop.jobs.running.manager import JobManager

_PROGRESS_MS = 100


class JobBridge(QObject):
    """Passes a manager's events on, on the thread the bridge lives on.

    Progress comes at most ten times a second per job and is the latest; everything else comes
    complete and in order.
    """

    happened = Signal(object, object)
    """A JobSpec and its JobEvent."""
    _arrived = Signal()

    def __init__(self, manager: JobManager, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._events: deque[tuple[JobSpec, JobEvent]] = deque()
        self._latest: dict[str, tuple[JobSpec, Progress]] = {}
        self._woken = False
        self._arrived.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PROGRESS_MS)
        self._timer.timeout.connect(self._flush_progress)
        self._unsubscribe = manager.subscribe(self._listen)

    def close(self) -> None:
        """Hears nothing more."""
        self._unsubscribe()
        self._timer.stop()

    def _listen(self, spec: JobSpec, event: JobEvent) -> None:
        """Called on any thread."""
        with self._lock:
            if isinstance(event, Progress):
                self._latest[spec.id] = (spec, event)
            else:
                self._events.append((spec, event))
            if self._woken:
                return
            self._woken = True
        self._arrived.emit()

    @Slot()
    def _drain(self) -> None:
        with self._lock:
            events = list(self._events)
            self._events.clear()
            self._woken = False
            progress_waits = bool(self._latest)
        for spec, event in events:
            # What was done before this event is told before it.
            self._tell_progress(spec.id)
            self.happened.emit(spec, event)
        if progress_waits and not self._timer.isActive():
            self._timer.start()

    def _tell_progress(self, job: str) -> None:
        with self._lock:
            latest = self._latest.pop(job, None)
        if latest is not None:
            self.happened.emit(*latest)

    @Slot()
    def _flush_progress(self) -> None:
        with self._lock:
            jobs = list(self._latest)
        for job in jobs:
            self._tell_progress(job)
