"""Work that only the window's thread can do, in pieces: between two of them it reacts."""

from __future__ import annotations

import importlib
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

Step = Callable[[], Any]


class IdleQueue(QObject):
    """Runs one step per turn of the event loop, in the order they were added."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps: deque[Step] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._run_next)

    def add(self, *steps: Step) -> None:
        """Adds steps behind those that wait already."""
        self._steps.extend(steps)
        self._timer.start()

    def stop(self) -> None:
        """Forgets what was not done yet."""
        self._timer.stop()
        self._steps.clear()

    @Slot()
    def _run_next(self) -> None:
        step = self._steps.popleft()
        if not self._steps:
            self._timer.stop()
        step()


def imports(modules: Iterable[str]) -> list[Step]:
    """Steps that import modules of this program, each by itself.

    Args:
        modules: names below the package; those that others import come first.
    """
    return [partial(importlib.import_module, f"emotion_desktop.{name}") for name in modules]
