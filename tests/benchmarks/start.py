"""One start, measured from inside: prints how long it took since its parent began it.

    python -m tests.benchmarks.start WHAT BEGAN [PHOTO]

WHAT is ``bare`` (an empty window of Qt's), ``window`` (the program's) or ``answer`` (the program
given a photo, until its answer stands in the gallery); BEGAN is the parent's time.time().
"""

from __future__ import annotations

import os
import sys
import time

BARE, WINDOW, ANSWER = "bare", "window", "answer"


def main() -> None:
    """Starts what is asked for; the process ends as soon as the time is told."""
    what, began, *photos = sys.argv[1:]
    sys.argv[1:] = photos

    def tell() -> None:
        print(time.time() - float(began), flush=True)
        os._exit(0)  # how long closing takes is not the question

    if what == BARE:
        show_bare(tell)
    else:
        show_program(tell, wait_for_answer=what == ANSWER)


def show_bare(tell):  # type: ignore[no-untyped-def]
    """An empty window; told once it is painted."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Window(QMainWindow):
        def paintEvent(self, event):  # type: ignore[no-untyped-def]
            super().paintEvent(event)
            QTimer.singleShot(0, tell)

    app = QApplication(sys.argv[:1])
    window = Window()
    window.resize(1280, 800)
    window.show()
    app.exec()


def show_program(tell, wait_for_answer):  # type: ignore[no-untyped-def]
    """The program's own start, with an eye on its window."""
    # In the order of the program's one door; the window class is there for the asking then.
    from PySide6.QtCore import QTimer

    from emotion_desktop import __main__ as program
    from emotion_desktop.ui.main_window import MainWindow

    def painted(self, event):  # type: ignore[no-untyped-def]
        super(MainWindow, self).paintEvent(event)
        if not wait_for_answer:
            QTimer.singleShot(0, tell)
        elif self.gallery.view.model.entries:
            tell()
        else:
            self.gallery.view.model.rowsInserted.connect(tell)

    MainWindow.paintEvent = painted  # type: ignore[method-assign]
    program.main()


if __name__ == "__main__":
    main()
