"""The window reacts between the pieces of what its thread has to do."""

import subprocess
import sys

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QWidget

from emotion_desktop.ui.idle_queue import IdleQueue, imports
from emotion_desktop.ui.widgets.lazy_page import LazyPage


def test_what_happens_meanwhile_is_heard_between_two_steps(qtbot):
    idle_queue, told = IdleQueue(), []

    def step(number):
        told.append(number)
        QTimer.singleShot(0, lambda: told.append(f"heard after {number}"))

    idle_queue.add(lambda: step(1), lambda: step(2))
    idle_queue.add(lambda: step(3))
    assert not told
    qtbot.waitUntil(lambda: len(told) == 6)
    assert [item for item in told if isinstance(item, int)] == [1, 2, 3]
    assert told.index("heard after 1") < told.index(3)


def test_a_step_that_fails_does_not_take_the_others_with_it(qtbot):
    idle_queue, told = IdleQueue(), []

    def fail():
        raise ValueError("no")

    with qtbot.captureExceptions() as errors:
        idle_queue.add(fail, lambda: told.append(1))
        qtbot.waitUntil(lambda: told == [1])
    assert [kind for kind, _, _ in errors] == [ValueError]


def test_what_was_stopped_is_not_done(qtbot):
    idle_queue, told = IdleQueue(), []
    idle_queue.add(lambda: told.append(1), idle_queue.stop, lambda: told.append(2))
    qtbot.wait(50)
    assert told == [1]
    idle_queue.add(lambda: told.append(3))
    qtbot.waitUntil(lambda: told == [1, 3])


def test_modules_are_imported_by_their_names_in_the_package():
    (step,) = imports(["ui.idle_queue"])
    assert step().IdleQueue is IdleQueue


def test_a_page_is_made_once_it_is_prepared_or_asked_for(qtbot):
    made, calls = [], []

    def make():
        made.append(QLabel("page"))
        return made[-1]

    window = QWidget()
    qtbot.addWidget(window)
    place = LazyPage(make, calls.append)
    place.setParent(window)
    window.show()
    assert not place.is_made
    (prepared,) = calls
    prepared()
    assert place.page is made[0]
    qtbot.waitUntil(made[0].isVisible)
    other = LazyPage(make, calls.append)
    other.setParent(window)
    assert other.page is made[1]
    other.show()
    assert len(made) == 2
    assert len(calls) == 1


_LIBRARY = """
import sys
from pathlib import Path
from emotion_desktop.app import Controller, make_application
from emotion_desktop.workspace.paths import Workspace, default_workspace

app = make_application()
controller = Controller(app, Workspace(default_workspace()))
assert "pyqtgraph" not in sys.modules
plots, told = controller.services.plots, []
plots.want(lambda: told.append("first"))
plots.want(lambda: told.append("second"))
assert not told
controller.services.idle_queue.add(lambda: None)

def look():
    if len(told) == 2:
        plots.want(lambda: told.append("at once"))
        controller.shut_down()

from PySide6.QtCore import QTimer
timer = QTimer()
timer.timeout.connect(look)
timer.start(10)
QTimer.singleShot(60_000, app.quit)
app.exec()
assert "pyqtgraph" in sys.modules
assert told == ["first", "second", "at once"], told
assert [r.spec.kind for r in controller.manager.records()] == ["load"]
"""


def test_the_plotting_library_is_loaded_once_for_all_who_want_it(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTION_DESKTOP_WORKSPACE", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", _LIBRARY], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("percent", [False, True])
def test_curves_keep_their_items_and_say_what_they_show(qapp, qtbot, percent):
    from emotion_desktop.ui.theme import apply_theme
    from emotion_desktop.ui.training.curves import Curve, CurvesView

    theme = apply_theme(qapp, "light")
    view = CurvesView("Loss", theme, percent=percent)
    qtbot.addWidget(view)
    view.resize(400, 240)
    blank = view.grab().toImage()
    assert view._plot.accessibleDescription() == "no epoch is finished yet"
    one = Curve("training", [(1, 40.0)], theme.accent)
    view.show_curves([one])
    dot = view.grab().toImage()
    assert dot != blank
    items = len(view._box.addedItems)
    two = Curve("training", [(1, 40.0), (2, 60.0)], theme.accent, marked=(2, 60.0))
    view.show_curves([two])
    assert view.grab().toImage() != dot
    assert len(view._box.addedItems) == items
    assert view._plot.accessibleDescription() == "training: 60 at epoch 2"
    view.show_curves([])
    assert view.grab().toImage() != dot
    assert view._legend._names == []
