"""The context of a job that runs in this process."""

from __future__ import annotations

import threading
from collections.abc import Callable

from emotion_desktop.domain.errors import CancelledError
from emotion_desktop.domain.job import JobEvent


class LocalContext:
    """Passes events on to a function; cancelled and finished early by calls from any thread."""

    def __init__(self, emit: Callable[[JobEvent], None]) -> None:
        self._emit = emit
        self._cancelled = threading.Event()
        self._finish_early = threading.Event()
        self._pause = threading.Event()

    def emit(self, event: JobEvent) -> None:
        """Tells whoever listens."""
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
