"""The program, killed at the n-th file that it writes.

    DOOM='{"root": FOLDER, "at": 5, "delay_s": 0.02}' python -m tests.campaigns.doomed VERB …

What counts is whatever changes files below the root (opening one to write, renaming, deleting,
making a folder) and each statement that goes to a database. At ``at``, or so much later, the
process kills itself as ``kill -9`` would. Without ``at`` it ends by itself, and the file ``count``
says how much there was. With ``"worker": true`` it is the training's worker that is killed;
``"stand_in": true`` trains by the stand-in of tests.training_worker.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sqlite3
import sys
import threading
import time
from pathlib import Path
from typing import Any

VARIABLE = "DOOM"
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link")


class Doom:
    """Counts what a process writes, and kills it when its time has come."""

    def __init__(self, root: str, count: str = "", at: int = 0, delay_s: float = 0.0) -> None:
        self._root = root
        self._count = count
        self._at = at
        self._delay_s = delay_s
        self._numbers = itertools.count(1)
        self._seen = 0

    def watch(self) -> None:
        """Begins to count."""
        sys.addaudithook(self._on_event)
        connect = sqlite3.connect
        doom = self

        class Connection(sqlite3.Connection):
            def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:
                if not sql.lstrip().upper().startswith(("SELECT", "PRAGMA")):
                    doom.add()
                return super().execute(sql, *rest)

            def executemany(self, *rest: Any) -> sqlite3.Cursor:
                doom.add()
                return super().executemany(*rest)

        def watched(*arguments: Any, **more: Any) -> sqlite3.Connection:
            return connect(*arguments, **{"factory": Connection, **more})

        sqlite3.connect = watched

    def add(self) -> None:
        """One more."""
        self._seen = next(self._numbers)
        if self._seen == self._at:
            if self._delay_s:
                threading.Thread(target=self._die, daemon=True).start()
            else:
                self._die()

    def tell(self) -> None:
        """Writes down how much there was."""
        if self._count:
            Path(self._count).write_text(str(self._seen))

    def _die(self) -> None:
        time.sleep(self._delay_s)
        os.kill(os.getpid(), signal.SIGKILL)

    def _on_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            changes = bool(flags & _WRITING)
        else:
            path, changes = (arguments or [""])[0], event in _CHANGES
        if changes and isinstance(path, str | bytes) and os.fsdecode(path).startswith(self._root):
            self.add()


def main() -> int:
    """The program."""
    from emotion_desktop.jobs.running import worker_process

    order = json.loads(os.environ[VARIABLE])
    in_worker, stand_in = order.pop("worker", False), order.pop("stand_in", False)
    is_worker = sys.argv[1:] == ["worker"]
    if stand_in or in_worker:
        command = [sys.executable, "-m", "tests.campaigns.doomed", "worker"]
        worker_process._command = lambda: command
    doom = Doom(**order)
    if is_worker == in_worker:
        doom.watch()
    try:
        if is_worker and stand_in:
            from tests.training_worker import WORKER

            exec(WORKER, {"__name__": "__main__"})  # ends the process itself
        if is_worker:
            from emotion_desktop.jobs import worker_loop

            return worker_loop.main()
        from emotion_desktop.cli.main import main as run

        return run(sys.argv[1:])
    finally:
        if is_worker == in_worker:
            doom.tell()


if __name__ == "__main__":
    sys.exit(main())
