"""Asking no faster than a service allows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class RateLimit:
    """Lets calls through evenly, so many a second. For any thread.

    Args:
        per_second: calls.
    """

    def __init__(self, per_second: float) -> None:
        self._gap = 1 / per_second
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self, stop: Callable[[], bool] = lambda: False) -> bool:
        """Waits for one's turn; False if ``stop`` returned True before it came."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._gap
        while (left := turn - time.monotonic()) > 0:
            if stop():
                return False
            time.sleep(min(left, 0.1))
        return not stop()
