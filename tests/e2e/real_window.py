"""The real window, which writes down what it shows: ``real_window.py COUNT FOLDER``.

After a job has put COUNT photos into the gallery it writes answers.json and screenshot.png into
FOLDER and quits. Used by test_drop.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from emotion_desktop.app import Controller
from emotion_desktop.workspace.paths import Workspace, default_workspace


def main() -> None:
    count, folder = int(sys.argv[1]), Path(sys.argv[2])
    app = QApplication(sys.argv[:1])
    app.setStyle("fusion")
    controller = Controller(app, Workspace(default_workspace()))
    window = controller.window
    window.resize(1000, 600)
    window.move(0, 0)
    window.show()
    controller.get_ready()

    def finish() -> None:
        window.grab().save(str(folder / "screenshot.png"))
        results = {
            entry.prediction.path: entry.prediction for entry in window.gallery.view.model.entries
        }
        answers = [result.to_dict() for result in results.values()]
        (folder / "answers.json").write_text(json.dumps(answers))
        controller.shut_down()

    def look() -> None:
        shown = {entry.prediction.path for entry in window.gallery.view.model.entries}
        if len(shown) >= count and not controller.manager.unfinished():
            timer.stop()
            QTimer.singleShot(1500, controller, finish)

    timer = QTimer()
    timer.timeout.connect(look)
    timer.start(200)
    (folder / "ready").touch()
    app.exec()


if __name__ == "__main__":
    main()
