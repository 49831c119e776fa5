"""Signals of the system that ask a program to end: Ctrl-C in its terminal, kill, logging out.

Python hears a signal only when it is its turn, and while nothing happens in the window it never is:
the system's own handler writes into a socket that Qt watches.
"""

from __future__ import annotations

import signal
import socket
from typing import Final

from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

_NAMES: Final = ("SIGINT", "SIGTERM", "SIGHUP")


class EndSignals(QObject):
    """Says in Qt's way that the program is asked to end. Made once, on the main thread."""

    #: Somebody asks; also where that was before Qt's loop began.
    heard = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)
        for name in _NAMES:
            number = getattr(signal, name, None)  # Windows has no SIGHUP
            if number is not None:
                # A handler of Python's, that the number is written for it.
                signal.signal(number, lambda *_: None)
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)

    @Slot()
    def _read(self) -> None:
        try:
            numbers = self._reader.recv(64)
        except OSError:  # it was read already
            return
        if set(numbers) & {int(getattr(signal, name, 0)) for name in _NAMES}:
            self.heard.emit()
