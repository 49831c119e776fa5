"""Files that the system hands over as events, as macOS does, reach the window."""

from __future__ import annotations

import subprocess
import sys

#: In a process of its own: there is one application in each.
_SCRIPT = """
from PySide6.QtCore import QCoreApplication, QEvent, QUrl
from PySide6.QtGui import QFileOpenEvent
from emotion_desktop.app import make_application

app = make_application()
opened = []
app.files_opened.connect(opened.append)
assert QCoreApplication.sendEvent(app, QFileOpenEvent("/photos/Anna & Co.jpg"))
assert [[str(path) for path in paths] for paths in opened] == [["/photos/Anna & Co.jpg"]], opened
QCoreApplication.sendEvent(app, QFileOpenEvent(QUrl("https://example.org/")))
QCoreApplication.sendEvent(app, QEvent(QEvent.Type.User))
assert len(opened) == 1, opened
print("heard")
"""


def test_a_file_that_comes_as_an_event_is_opened() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.stdout == "heard\n", done.stderr[-2000:]
