"""The job manager: a queue per lane, and the only place where a job's state changes."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Protocol

from emotion_desktop.domain.errors import SEE_LOG, AppError, CancelledError, PausedError, UsageError
from emotion_desktop.domain.job import (
    JobEvent,
    JobRecord,
    JobSpec,
    JobState,
    Lane,
    Outcome,
    StateChanged,
)
from emotion_desktop.jobs.running.context import Context
from emotion_desktop.jobs.running.execute import execute
from emotion_desktop.jobs.running.shortage import shortage

if TYPE_CHECKING:
    from emotion_desktop.jobs.resources import Resources

_log = logging.getLogger(__name__)

Listener = Callable[[JobSpec, JobEvent], None]

#: Jobs of a lane that run at once.
_WORKERS: Final[dict[Lane, int]] = {
    Lane.CLASSIFY: 1,
    Lane.COMPUTE: 1,
    Lane.CATALOGUE: 1,
    Lane.EDITS: 1,
    Lane.CLOUD: 4,
    Lane.FOLLOW: 8,
}
#: How a job ends that is done elsewhere, when this program does.
_ELSEWHERE: Final = Outcome("It goes on without this program, and is found again.")


class Journal(Protocol):
    """Where job records are saved (the catalogue)."""

    def save_job(self, record: JobRecord) -> None:
        """Saves a job's record."""


@dataclass
class _Job:
    record: JobRecord
    context: Context
    done: threading.Event = field(default_factory=threading.Event)


class JobManager:
    """Runs jobs in the background, in threads that start with a lane's first job.

    Listeners are called on the thread an event arises on, and must be quick.

    Args:
        resources: what jobs find in this process.
        journal: where records of jobs are kept; None keeps none.
    """

    def __init__(self, resources: Resources, journal: Journal | None = None) -> None:
        self.resources = resources
        self._journal = journal
        self._lock = threading.RLock()
        self._jobs: dict[str, _Job] = {}
        self._queues: dict[Lane, queue.SimpleQueue[_Job | None]] = {}
        self._threads: list[threading.Thread] = []
        self._listeners: list[Listener] = []
        self._closed = False

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Adds a listener; the function returned removes it."""
        with self._lock:
            self._listeners.append(listener)

        def unsubscribe() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unsubscribe

    def submit(self, spec: JobSpec) -> str:
        """Queues a job and returns its id.

        Raises:
            UsageError: the manager was shut down.
        """
        with self._lock:
            if self._closed:
                raise UsageError("The program is closing; nothing new is started.")
            context = Context(lambda event: self._notify(spec, event), self.resources, spec)
            record = JobRecord(spec, JobState.QUEUED, created=time.time())
            job = _Job(record, context)
            self._jobs[spec.id] = job
            self._save(job)
            lane = self._lane(spec.lane)
        self._notify(spec, StateChanged(JobState.QUEUED))
        lane.put(job)
        return spec.id

    def cancel(self, job_id: str) -> None:
        """Cancels a job that waits or runs; one that is over is left as it is."""
        job = self._jobs[job_id]
        job.context.cancel()
        outcome = Outcome("Cancelled before it began.")
        if not self._end(job, JobState.CANCELLED, outcome, only_from=JobState.QUEUED):
            self._move(job, JobState.CANCELLING)

    def finish_early(self, job_id: str) -> None:
        """Asks a job to stop and keep what is best so far."""
        self._jobs[job_id].context.ask_to_finish()

    def pause(self, job_id: str) -> None:
        """Asks a job to stop and save its state; jobs that cannot go on later ignore it."""
        self._jobs[job_id].context.pause()

    def record(self, job_id: str) -> JobRecord:
        """The job as it is now."""
        return self._jobs[job_id].record

    def records(self) -> list[JobRecord]:
        """All jobs of this program's run, oldest first."""
        with self._lock:
            return [job.record for job in self._jobs.values()]

    def unfinished(self) -> list[JobRecord]:
        """Jobs that wait or run."""
        return [record for record in self.records() if not record.state.is_over]

    def wait(self, job_id: str, timeout: float | None = None) -> JobRecord:
        """Waits until a job is over; returns its record as it then is."""
        job = self._jobs[job_id]
        job.done.wait(timeout)
        return job.record

    def shutdown(self, timeout: float = 10.0) -> None:
        """Cancels everything and waits for the threads to end. What can go on later, will."""
        with self._lock:
            self._closed = True
        for record in self.unfinished():
            self.pause(record.spec.id)
            job = self._jobs[record.spec.id]
            if record.spec.lane is Lane.FOLLOW:
                self._end(job, JobState.DETACHED, _ELSEWHERE, only_from=JobState.QUEUED)
            self.cancel(record.spec.id)
        for lane, waiting in self._queues.items():
            for _ in range(_WORKERS[lane]):
                waiting.put(None)
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _lane(self, lane: Lane) -> queue.SimpleQueue[_Job | None]:
        if lane not in self._queues:
            self._queues[lane] = queue.SimpleQueue()
            for number in range(_WORKERS[lane]):
                thread = threading.Thread(
                    target=self._work,
                    args=(self._queues[lane],),
                    name=f"lane-{lane.value}-{number}",
                    daemon=True,
                )
                self._threads.append(thread)
                thread.start()
        return self._queues[lane]

    def _work(self, waiting: queue.SimpleQueue[_Job | None]) -> None:
        while (job := waiting.get()) is not None:
            if self._move(job, JobState.RUNNING):
                self._run(job)

    def _run(self, job: _Job) -> None:
        spec = job.record.spec
        try:
            result = execute(spec, job.context)
        except PausedError as error:
            self._end(job, JobState.PAUSED, Outcome(error.message, error.hint))
        except CancelledError as error:
            if spec.lane is Lane.FOLLOW and job.context.pause_wanted:
                self._end(job, JobState.DETACHED, _ELSEWHERE)
            else:
                self._end(job, JobState.CANCELLED, Outcome(error.message, error.hint))
        except AppError as error:
            _log.warning("%s failed: %s", spec.title, error)
            self._end(job, JobState.FAILED, Outcome(error.message, error.hint))
        except Exception as error:  # noqa: BLE001 - the lane must live on whatever a job does
            _log.exception("%s failed unexpectedly", spec.title)
            unexpected = f"Something unexpected went wrong ({type(error).__name__})."
            self._end(job, JobState.FAILED, Outcome(*(shortage(error) or (unexpected, SEE_LOG))))
        else:
            self._end(job, JobState.SUCCEEDED, Outcome("Done.", result=result))

    def _move(self, job: _Job, state: JobState) -> bool:
        """Puts a job into a state that is not final; False if it is there or beyond."""
        before = {JobState.RUNNING: JobState.QUEUED, JobState.CANCELLING: JobState.RUNNING}
        with self._lock:
            if job.record.state is not before[state]:
                return False
            started = time.time() if state is JobState.RUNNING else job.record.started
            job.record = replace(job.record, state=state, started=started)
            self._save(job)
            # Told under the lock: no listener hears a state after the one that followed it.
            self._notify(job.record.spec, StateChanged(state))
        return True

    def _end(
        self, job: _Job, state: JobState, outcome: Outcome, only_from: JobState | None = None
    ) -> bool:
        """Ends a job that is not over; with ``only_from``, in that state alone."""
        with self._lock:
            now = job.record.state
            if now.is_over or only_from not in (None, now):
                return False
            job.record = replace(job.record, state=state, outcome=outcome, ended=time.time())
            self._save(job)
            self._notify(job.record.spec, StateChanged(state, outcome))
        job.done.set()
        return True

    def _save(self, job: _Job) -> None:
        if self._journal is None or job.record.spec.quiet:
            return
        try:
            self._journal.save_job(job.record)
        except Exception:  # noqa: BLE001 - a full disk must not stop the work itself
            _log.exception("the record of %s was not kept", job.record.spec.title)

    def _notify(self, spec: JobSpec, event: JobEvent) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            _call(listener, spec, event)


def _call(listener: Listener, spec: JobSpec, event: JobEvent) -> None:
    try:
        listener(spec, event)
    except Exception:  # noqa: BLE001 - one listener's bug must not reach the job or the others
        _log.exception("a listener failed on %s", type(event).__name__)
