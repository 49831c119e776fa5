"""The real window inside a benchmark, and the clock on its thread."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from emotion_desktop.app import Controller, make_application
from emotion_desktop.workspace.paths import Workspace

TICK_S: Final = 0.005
_POLL_MS: Final = 20


def application() -> QApplication:
    """The application; without a screen, none is needed."""
    if not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    running = QApplication.instance()
    return running if isinstance(running, QApplication) else make_application()


@contextmanager
def real_window(app: QApplication) -> Iterator[Controller]:
    """The program's window on an empty workspace, not shown yet; shut down at the end."""
    with tempfile.TemporaryDirectory() as folder:
        controller = Controller(app, Workspace(Path(folder) / "workspace"))
        try:
            yield controller
        finally:
            controller.shut_down()
            controller.window.deleteLater()
            controller.deleteLater()
            app.processEvents()


def run_until(done: Callable[[], bool], seconds: float) -> bool:
    """Lets the window live until something is so, or the time is over; returns which."""
    loop = QEventLoop()
    timer = QTimer()
    end = time.monotonic() + seconds

    def look() -> None:
        if done() or time.monotonic() > end:
            loop.quit()

    timer.timeout.connect(look)
    timer.start(_POLL_MS)
    loop.exec()
    timer.stop()
    return done()


class Gaps(QObject):
    """A timer on the window's thread that ought to tick every TICK_S, and how late it was.

    A gap is the time from one tick to the next: as long as it lasts the window reacts to nothing.
    ``seconds`` are by the clock; ``busy`` is the processor time of the window's thread in each,
    which other programs do not lengthen.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seconds: list[float] = []
        self.busy: list[float] = []
        self._last = 0.0
        self._spent = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(TICK_S * 1000))
        self._timer.timeout.connect(self._tick)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Collects gaps, from here to the end of the block."""
        self.seconds, self.busy = [], []
        self._last, self._spent = time.perf_counter(), time.thread_time()
        self._timer.start()
        try:
            yield
        finally:
            self._timer.stop()
            self._tick()

    def _tick(self) -> None:
        now, spent = time.perf_counter(), time.thread_time()
        self.seconds.append(now - self._last)
        self.busy.append(spent - self._spent)
        self._last, self._spent = now, spent
