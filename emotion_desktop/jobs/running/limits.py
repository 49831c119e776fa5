"""Bounds to what a worker process may use, for work on files that nobody has looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a worker; beyond them it is ended.

    Attributes:
        memory: resident, bytes.
        cpu_s: seconds of all its threads together: other programs on the machine do not count.
    """

    memory: int
    cpu_s: float


class LimitWatch:
    """Asks now and then how much a process uses."""

    def __init__(self, pid: int, limits: Limits) -> None:
        import psutil

        self._errors = (psutil.Error, OSError)
        self._limits = limits
        self._process: Any = None
        try:
            self._process = psutil.Process(pid)
        except self._errors:  # it has ended by itself
            return

    def exceeded(self) -> str:
        """What it uses too much of, ``memory`` or ``time``; empty for a process within bounds."""
        if self._process is None:
            return ""
        try:
            if self._process.memory_info().rss > self._limits.memory:
                return "memory"
            times = self._process.cpu_times()
        except self._errors:
            return ""
        return "time" if times.user + times.system > self._limits.cpu_s else ""
