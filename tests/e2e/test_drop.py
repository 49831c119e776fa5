"""A folder dragged with the mouse onto the real window gives what the command gives."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from emotion_desktop.assets import SAMPLES

pytestmark = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in ("Xvfb", "xdotool", "openbox")),
    reason="needs Xvfb, xdotool and openbox",
)

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
_UNLABELLED = _ROOT.parent / "shared" / "data" / "facial_expressions" / "test"
_PATIENCE = 120.0


def _wait_for(condition, what: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen"
        time.sleep(0.2)


def _drag(environment: dict[str, str]) -> None:
    """Drags from the source window onto the middle of the program's window."""

    def tool(*words: object) -> None:
        command = ["xdotool", *map(str, words)]
        subprocess.run(command, env=environment, check=True, capture_output=True)

    tool("search", "--sync", "--onlyvisible", "--name", "Drag source", "windowmove", 1060, 640)
    tool("search", "--sync", "--onlyvisible", "--name", "Drag source", "windowraise")
    time.sleep(0.5)
    tool("mousemove", 1130, 710, "mousedown", 1)
    for step in range(1, 21):
        tool("mousemove", 1130 - step * 34, 710 - step * 20)
        time.sleep(0.03)
    time.sleep(0.5)
    tool("mouseup", 1)


@pytest.mark.parametrize(
    "photos",
    [
        SAMPLES,
        pytest.param(
            _UNLABELLED,
            marks=pytest.mark.skipif(not _UNLABELLED.is_dir(), reason="needs the data set"),
        ),
    ],
    ids=["samples", "data-set"],
)
def test_dropped_with_the_mouse(tmp_path: Path, display: str, photos: Path) -> None:
    environment = {
        **os.environ,
        "DISPLAY": display,
        "QT_QPA_PLATFORM": "xcb",
        "PYTHONPATH": str(_ROOT),
        "EMOTION_DESKTOP_WORKSPACE": str(tmp_path / "workspace"),
    }
    count = len(list(photos.glob("*.jpg")))
    python = sys.executable
    window = subprocess.Popen(
        [python, str(_HERE / "real_window.py"), str(count), str(tmp_path)], env=environment
    )
    source = subprocess.Popen([python, str(_HERE / "drag_source.py"), str(photos)], env=environment)
    try:
        _wait_for((tmp_path / "ready").exists, "the window")
        _drag(environment)
        _wait_for(lambda: window.poll() is not None, "the answer to the drop")
    finally:
        for process in (source, window):
            process.kill()
            process.wait()
    shown = {Path(a["path"]).name: a for a in json.loads((tmp_path / "answers.json").read_text())}
    command = [python, "-m", "emotion_desktop", "classify", str(photos), "--json", "-"]
    output = subprocess.run(command, env=environment, check=True, capture_output=True).stdout
    told = {Path(a["path"]).name: a for a in json.loads(output)}
    assert shown.keys() == told.keys()
    assert len(told) == count
    for name, answer in told.items():
        assert shown[name]["status"] == answer["status"]
        for a, b in zip(shown[name]["faces"], answer["faces"], strict=True):
            assert a["box"] == b["box"]
            assert a["probabilities"] == pytest.approx(b["probabilities"], abs=1e-4)
    assert (tmp_path / "screenshot.png").stat().st_size > 10_000
