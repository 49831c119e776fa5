"""A second start on the same workspace: real processes, and what the first window shows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from emotion_desktop.assets import BUILTIN_MODEL, SAMPLES

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
_PATIENCE = 240.0


def _wait_for(condition, what: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(0.2)


class Desktop:
    """Starts the program as a desktop does, on one workspace."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Short: a socket's address has room for about a hundred bytes.
        self.runtime = Path(tempfile.mkdtemp(prefix="ed"))
        self.environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": str(_ROOT),
            "EMOTION_DESKTOP_WORKSPACE": str(folder / "workspace"),
            "XDG_RUNTIME_DIR": str(self.runtime),
        }
        self.started: list[subprocess.Popen[bytes]] = []

    def window(self, name: str, *paths: Path) -> subprocess.Popen[bytes]:
        """A start that writes down what its window shows."""
        command = [sys.executable, str(_HERE / "watched_window.py"), str(self.folder / name)]
        process = subprocess.Popen([*command, *map(str, paths)], env=self.environment)
        self.started.append(process)
        return process

    def start_again(self, *paths: Path | str, folder: Path | None = None) -> int:
        """A further start; returns its exit status."""
        command = [sys.executable, "-m", "emotion_desktop", *map(str, paths)]
        done = subprocess.run(
            command, env=self.environment, cwd=folder, timeout=_PATIENCE, check=False
        )
        return done.returncode

    def shown(self, name: str) -> dict[str, object]:
        """What a window shows; nothing before it is there."""
        state = self.folder / name
        return json.loads(state.read_text()) if state.exists() else {}


@pytest.fixture
def desktop(tmp_path):
    made = Desktop(tmp_path)
    yield made
    for process in made.started:
        process.kill()
        process.wait()
    shutil.rmtree(made.runtime)


def test_a_second_start_hands_its_files_to_the_first_window(desktop, tmp_path):
    photo, *others = sorted(SAMPLES.glob("*.jpg"))
    folder = tmp_path / "holiday"
    folder.mkdir()
    for other in others:
        shutil.copyfile(other, folder / other.name)
    model = tmp_path / "mine.emodel"
    shutil.copyfile(BUILTIN_MODEL, model)

    first = desktop.window("first")
    _wait_for(lambda: desktop.shown("first"), "the first window")
    (tmp_path / "minimise").touch()
    _wait_for(lambda: desktop.shown("first")["minimised"], "its minimising")
    assert desktop.start_again() == 0
    _wait_for(lambda: not desktop.shown("first")["minimised"], "its coming back")
    # A name that means something only where the second start was made.
    assert desktop.start_again(photo.name, folder=photo.parent) == 0
    _wait_for(lambda: photo.name in desktop.shown("first")["photos"], "the photo")
    assert desktop.start_again(folder, model) == 0
    everything = sorted(path.name for path in (photo, *others))
    _wait_for(lambda: desktop.shown("first")["photos"] == everything, "the folder's photos")
    _wait_for(lambda: len(desktop.shown("first")["models"]) > 1, "the model")
    assert first.poll() is None


def test_what_a_dead_first_window_left_does_not_block_the_next(desktop):
    first = desktop.window("first")
    _wait_for(lambda: desktop.shown("first"), "the first window")
    first.kill()
    first.wait()
    # Nobody was there to remove it.
    assert any(path.is_socket() for path in desktop.runtime.rglob("*"))
    photo = min(SAMPLES.glob("*.jpg"))
    desktop.window("second", photo)
    _wait_for(lambda: desktop.shown("second").get("photos") == [photo.name], "the next window")
    assert desktop.start_again(photo) == 0


def test_a_window_opens_where_no_lock_can_be_had(desktop):
    (desktop.runtime / "Emotion Desktop").mkdir()
    (desktop.runtime / "Emotion Desktop").chmod(0o777)
    desktop.window("first")
    _wait_for(lambda: desktop.shown("first"), "the first window")
    desktop.window("second")
    _wait_for(lambda: desktop.shown("second"), "the second window")
