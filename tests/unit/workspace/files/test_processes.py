"""Which processes are alive."""

import os
import subprocess
import sys

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


@pytest.mark.skipif(os.name != "posix", reason="asked in another way there")
def test_one_of_another_user_is_alive(monkeypatch):
    def forbid(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.kill", forbid)
    assert is_alive(1)


@pytest.mark.skipif(os.name != "posix", reason="asked in another way there")
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
