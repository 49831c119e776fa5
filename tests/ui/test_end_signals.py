"""The window ends when the system asks it to: Ctrl-C in its terminal, kill, logging out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from emotion_desktop.domain.run import RunState
from emotion_desktop.jobs.training.runs import list_runs
from emotion_desktop.workspace.paths import Workspace

#: The window with a training that waits to be stopped; prints a line once it is at work.
_TRAINING = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from emotion_desktop import app
from emotion_desktop.domain.job import Progress
from emotion_desktop.jobs.running import worker_process
from emotion_desktop.jobs.training.specs import train_job
from emotion_desktop.training.recipe.presets import RECIPES
from emotion_desktop.training.recipe.request import TrainingRequest
from tests.training_worker import WORKER

worker_process._command = lambda: [sys.executable, "-c", WORKER]
real = app.Controller.start

def start(self, paths=()):
    real(self, paths)
    output = self.services.workspace.models / "Mine.emodel"
    request = TrainingRequest(
        RECIPES["quick"], output, "Mine", Path("/data"), seed=7, notes="wait"
    )
    job = self.manager.submit(train_job(request))
    state = self.services.workspace.run(request.run).checkpoint

    def look():
        if state.is_file() and state.read_text() == "2":
            timer.stop()
            print("ready", flush=True)

    timer = QTimer(self)
    timer.timeout.connect(look)
    timer.start(50)

app.Controller.start = start
sys.exit(app.main([]))
"""
_QUIET = """
import sys
from PySide6.QtCore import QTimer
from emotion_desktop import app
real = app.Controller.start

def start(self, paths=()):
    real(self, paths)
    QTimer.singleShot(500, lambda: print("ready", flush=True))

app.Controller.start = start
sys.exit(app.main([]))
"""


def opened(program, tmp_path):
    environment = {
        **os.environ,
        "EMOTION_DESKTOP_WORKSPACE": str(tmp_path / "workspace"),
        "QT_QPA_PLATFORM": "offscreen",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def ends(process) -> int:
    try:
        return process.wait(60)
    finally:
        process.kill()
        process.stdout.close()


@pytest.mark.skipif(os.name != "posix", reason="signals are sent otherwise there")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_quiet_window_ends(tmp_path, name):
    process = opened(_QUIET, tmp_path)
    time.sleep(1)  # nothing happens in it any more
    process.send_signal(getattr(signal, name))
    assert ends(process) == 0


@pytest.mark.skipif(os.name != "posix", reason="signals are sent otherwise there")
def test_a_training_is_paused_as_by_closing(tmp_path):
    process = opened(_TRAINING, tmp_path)
    process.send_signal(signal.SIGTERM)
    assert ends(process) == 0
    (known,) = list_runs(Workspace(tmp_path / "workspace"))
    assert known.run.state is RunState.PAUSED
    assert known.can_go_on
