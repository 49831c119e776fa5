"""Jobs as the window sees them: started with handlers, which are called on the window's thread."""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from shiboken6 import isValid

from emotion_desktop.domain.job import (
    Batch,
    JobEvent,
    JobSpec,
    JobState,
    Outcome,
    Progress,
    StateChanged,
)
from emotion_desktop.jobs.running.manager import JobManager
from emotion_desktop.jobs.table import CHANGES_DATA_SET

_PROGRESS_MS = 100


@dataclass(frozen=True, slots=True)
class _Handlers:
    """What is called of one job's events, and the object that wants to hear them."""

    owner: QObject | None
    done: Callable[[Any], object] | None
    failed: Callable[[Outcome], object] | None
    ended: Callable[[JobState], object] | None
    batch: Callable[[tuple[Any, ...]], object] | None
    progress: Callable[[Progress], object] | None
    event: Callable[[JobEvent], object] | None

    def call(self, event: JobEvent) -> None:
        """Calls those that an event is for."""
        self._call(self.event, event)
        if isinstance(event, Batch):
            self._call(self.batch, event.items)
        elif isinstance(event, Progress):
            self._call(self.progress, event)
        elif isinstance(event, StateChanged) and event.state.is_over:
            outcome = event.outcome or Outcome("")
            if event.state is JobState.SUCCEEDED:
                self._call(self.done, outcome.result)
            elif event.state is JobState.FAILED:
                self._call(self.failed, outcome)
            self._call(self.ended, event.state)

    def _call(self, handler: Callable[[Any], object] | None, what: Any) -> None:
        if handler is None:
            return
        owner = self.owner or getattr(handler, "__self__", None)
        if isinstance(owner, QObject) and not isValid(owner):
            return
        try:
            handler(what)
        except Exception:  # noqa: BLE001 - as after a slot of Qt's: told, and events go on
            sys.excepthook(*sys.exc_info())


class JobBridge(QObject):
    """Starts jobs for the window, and passes the manager's events on, on the window's thread.

    Progress comes at most ten times a second per job and is the latest; everything else comes
    complete and in order.
    """

    #: A JobSpec and its JobEvent, of every job: for who shows them all. Others use run.
    happened = Signal(object, object)
    #: A job is over that may have changed photos or splits, wherever it was started.
    data_set_changed = Signal()
    _event_waits = Signal()

    def __init__(self, manager: JobManager, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._manager = manager
        self._handlers: dict[str, _Handlers] = {}
        self._lock = threading.Lock()
        self._events: deque[tuple[JobSpec, JobEvent]] = deque()
        self._latest: dict[str, tuple[JobSpec, Progress]] = {}
        self._woken = False
        self._event_waits.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PROGRESS_MS)
        self._timer.timeout.connect(self._flush_progress)
        self._unsubscribe = manager.subscribe(self._listen)

    def run(
        self,
        spec: JobSpec,
        *,
        done: Callable[[Any], object] | None = None,
        failed: Callable[[Outcome], object] | None = None,
        ended: Callable[[JobState], object] | None = None,
        batch: Callable[[tuple[Any, ...]], object] | None = None,
        progress: Callable[[Progress], object] | None = None,
        event: Callable[[JobEvent], object] | None = None,
        owner: QObject | None = None,
        instead_of: str = "",
    ) -> str:
        """Queues a job; its handlers are called on the window's thread, with its own events only.

        A handler that is a method of a QObject is not called once that is deleted, as with Qt's
        signals.

        Args:
            done: gets the result, if the job succeeds.
            failed: gets what went wrong, which the window says in any case.
            ended: gets the final state, after done or failed, or once it is cancelled.
            batch: gets results that are ready while the job runs.
            progress: gets the latest progress, at most ten times a second.
            event: gets every event, before those.
            owner: no handler is called once this is deleted; for handlers that are no methods.
            instead_of: an earlier job that is not wanted any more; see drop.

        Returns:
            The job's id.

        Raises:
            UsageError: the program is closing.
        """
        self.drop(instead_of)
        self._handlers[spec.id] = _Handlers(owner, done, failed, ended, batch, progress, event)
        return self._manager.submit(spec)

    def drop(self, job: str) -> None:
        """Cancels a job whose result is not wanted any more; none of its handlers is called.

        Args:
            job: one of run's; nothing happens if it is over, or empty.
        """
        if self._handlers.pop(job, None) is not None:
            self._manager.cancel(job)

    def close(self) -> None:
        """Hears nothing more."""
        self._unsubscribe()
        self._handlers.clear()
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
        self._event_waits.emit()

    @Slot()
    def _drain(self) -> None:
        with self._lock:
            events = list(self._events)
            self._events.clear()
            self._woken = False
            progress_waits = bool(self._latest)
        for spec, event in events:
            # What was done before this event is told before it.
            self._send_progress(spec.id)
            self._send(spec, event)
        if progress_waits and not self._timer.isActive():
            self._timer.start()

    def _send_progress(self, job: str) -> None:
        with self._lock:
            latest = self._latest.pop(job, None)
        if latest is not None:
            self._send(*latest)

    def _send(self, spec: JobSpec, event: JobEvent) -> None:
        self.happened.emit(spec, event)
        handlers = self._handlers.get(spec.id)
        is_over = isinstance(event, StateChanged) and event.state.is_over
        if is_over:
            self._handlers.pop(spec.id, None)
        if handlers is not None:
            handlers.call(event)
        if is_over and spec.kind in CHANGES_DATA_SET:
            self.data_set_changed.emit()

    @Slot()
    def _flush_progress(self) -> None:
        with self._lock:
            jobs = list(self._latest)
        for job in jobs:
            self._send_progress(job)
