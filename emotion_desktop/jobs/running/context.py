"""The contexts of jobs: what a job's function may ask and tell, and what it finds."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from emotion_desktop.domain.errors import CancelledError

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobEvent, JobSpec
    from emotion_desktop.jobs.resources import Resources
    from emotion_desktop.workspace.paths import Workspace


class LocalContext:
    """A JobContext; passes events on to a function, is cancelled by calls from any thread."""

    def __init__(self, emit: Callable[[JobEvent], None]) -> None:
        self._emit = emit
        self._cancelled = threading.Event()
        self._finish_early = threading.Event()
        self._pause = threading.Event()

    def emit(self, event: JobEvent) -> None:
        """Sends the event to the listeners."""
        self._emit(event)

    def cancel(self) -> None:
        """The user wants no result any more."""
        self._cancelled.set()

    def ask_to_finish(self) -> None:
        """The user wants the best so far."""
        self._finish_early.set()

    def pause(self) -> None:
        """The user wants to go on later."""
        self._pause.set()

    @property
    def cancelled(self) -> bool:
        """True once cancel was called."""
        return self._cancelled.is_set()

    @property
    def finish_early(self) -> bool:
        """True once ask_to_finish was called."""
        return self._finish_early.is_set()

    @property
    def pause_wanted(self) -> bool:
        """True once pause was called."""
        return self._pause.is_set()

    def check_cancelled(self) -> None:
        """Raises CancelledError once cancel was called."""
        if self.cancelled:
            raise CancelledError

    def wait(self, seconds: float) -> bool:
        """Sleeps, or until cancelled; returns whether the job was cancelled."""
        return self._cancelled.wait(seconds)


class Context(LocalContext):
    """What the function of a job of the table is called with.

    Attributes:
        resources: what the process has loaded already.
        job: the job's id.
        title: the job's, as people read it.
    """

    def __init__(
        self, emit: Callable[[JobEvent], None], resources: Resources, spec: JobSpec
    ) -> None:
        super().__init__(emit)
        self.resources = resources
        self.job = spec.id
        self.title = spec.title

    @property
    def workspace(self) -> Workspace:
        """The workspace that the job works in."""
        return self.resources.workspace
