"""Which processes are alive."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from emotion_desktop.workspace.files.processes import is_alive


def test_this_one_and_its_parent_are_alive():
    assert is_alive(os.getpid())
    assert is_alive(os.getppid())


def test_one_that_has_ended_is_not():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert is_alive(child.pid)
    child.communicate(b"\n")
    assert not is_alive(child.pid)


@pytest.mark.parametrize("number", [0, -1])
def test_numbers_that_are_no_process(number):
    assert not is_alive(number)


def test_one_of_another_user_is_alive():
    assert is_alive(1)
    assert is_alive(1, time.time())


def test_one_that_was_started_after_its_id_was_written_down_is_another():
    now = time.time()
    assert is_alive(os.getpid(), now)
    assert not is_alive(os.getpid(), psutil.Process().create_time() - 60)


def test_one_that_does_not_say_when_it_was_started_is_alive(monkeypatch):
    def forbid(_):
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil.Process, "create_time", forbid)
    assert is_alive(os.getpid(), 0.0)


@pytest.mark.skipif(os.name != "posix", reason="its priority is a class there")
def test_a_worker_steps_back_behind_the_window():
    script = (
        "import os; from emotion_desktop.workspace.files.processes import step_back; "
        "before = os.nice(0); step_back(); print(os.nice(0) - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
    )
    assert int(done.stdout) > 0
