"""The program's window as it is started, which writes down what it shows: ``watched_window.py STATE
[PATH…]``.

STATE is replaced five times a second. Used by test_second_start.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QTimer

from emotion_desktop import app
from emotion_desktop.workspace.files.atomic import write_atomically

STATE = Path(sys.argv[1])


class Watched(app.Controller):
    """The program's own, with a timer."""

    def start(self, paths=()) -> None:
        """Starts as ever."""
        super().start(paths)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.write_down)
        self._timer.start(200)

    def write_down(self) -> None:
        """What a user sees."""
        entries = self.window.gallery.view.model.entries
        told = {
            "photos": sorted({Path(entry.prediction.path).name for entry in entries}),
            "models": sorted(self.services.store.names()),
            "minimised": self.window.isMinimized(),
        }
        write_atomically(STATE, json.dumps(told).encode())
        if (STATE.parent / "minimise").exists():
            (STATE.parent / "minimise").unlink()
            self.window.showMinimized()


app.Controller = Watched
sys.exit(app.main(sys.argv[2:]))
