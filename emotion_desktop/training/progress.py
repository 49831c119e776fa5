"""Progress of a stage, told a few times a second."""

from __future__ import annotations

import time
from typing import Final

from emotion_desktop.domain.job import JobContext, Progress

_INTERVAL_S: Final = 0.2


class Stage:
    """A stage of a job with a known number of steps; each step is a chance to cancel."""

    def __init__(self, context: JobContext, total: int = 0) -> None:
        self._context = context
        self._total = total
        self._told = -_INTERVAL_S

    def step(self, done: int, text: str) -> None:
        """Tells how far the stage is, though not at every step.

        Raises:
            CancelledError: the user cancelled.
        """
        self._context.check_cancelled()
        now = time.monotonic()
        if now - self._told >= _INTERVAL_S or done == self._total:
            self._told = now
            self._context.emit(Progress(done, self._total, text))
