"""What writers leave that were killed goes with the next write into the folder."""

import os
import subprocess
import sys

import pytest

from emotion_desktop.workspace.files import staging
from emotion_desktop.workspace.files.atomic import folder_written_atomically, write_atomically
from emotion_desktop.workspace.files.staging import staged_path

#: Writes half a file and half a folder, and is killed.
_DYING = """
import os, signal, sys
from pathlib import Path
from emotion_desktop.workspace.files.atomic import folder_written_atomically, written_atomically
folder = Path(sys.argv[1])
with written_atomically(folder / "file.json") as file:
    file.write(b"half")
    file.flush()
    with folder_written_atomically(folder / "out") as out:
        (out / "photo.png").write_bytes(b"half")
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def _nothing_swept_yet(monkeypatch):
    monkeypatch.setattr(staging, "_swept", set())


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def left_by(process, target, monkeypatch, host=None):
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: process)
        if host is not None:
            patch.setattr(staging, "_host", lambda: host)
        path = staged_path(target)
    path.write_bytes(b"half")
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
@pytest.mark.parametrize("folder", [False, True])
def test_what_a_killed_writer_left_goes_with_the_next_write(tmp_path, *, folder):
    done = subprocess.run([sys.executable, "-c", _DYING, tmp_path], check=False)
    assert done.returncode == -9
    assert len(names(tmp_path)) == 2
    if folder:
        with folder_written_atomically(tmp_path / "other"):
            pass
    else:
        write_atomically(tmp_path / "other", b"x")
    assert names(tmp_path) == ["other"]


def test_what_another_writer_is_at_stays(tmp_path, monkeypatch):
    alive = left_by(os.getppid(), tmp_path / "a", monkeypatch)
    mine = staged_path(tmp_path / "a")
    mine.write_bytes(b"half")
    staging.sweep(tmp_path)
    assert names(tmp_path) == sorted([alive.name, mine.name])


def test_a_later_process_of_the_same_id_is_not_the_writer(tmp_path, monkeypatch):
    left = left_by(os.getppid(), tmp_path / "a", monkeypatch)
    os.utime(left, (1, 1))
    staging.sweep(tmp_path)
    assert names(tmp_path) == []


def test_another_computer_has_a_day(tmp_path, monkeypatch):
    left = left_by(2**22 + 1, tmp_path / "a", monkeypatch, host="0" * 8)
    staging.sweep(tmp_path)
    assert names(tmp_path) == [left.name]
    os.utime(left, (1, 1))
    staging.sweep(tmp_path)
    assert names(tmp_path) == []


def test_nothing_else_is_touched(tmp_path):
    others = [".hidden", ".a.part", ".a.part-1", "a.part-00000000-999999999-0123456789abcdef"]
    for name in others:
        (tmp_path / name).write_bytes(b"x")
    staging.sweep(tmp_path)
    assert names(tmp_path) == sorted(others)
    staging.sweep(tmp_path / "not there")
