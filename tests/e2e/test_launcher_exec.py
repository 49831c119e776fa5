"""The installed desktop entry, started the way a desktop starts it: through its Exec line."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from emotion_desktop.assets import SAMPLES
from emotion_desktop.launcher.launcher import install_launcher

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="desktop entries are Linux's"),
    pytest.mark.skipif(
        any(shutil.which(tool) is None for tool in ("Xvfb", "xdotool")),
        reason="needs Xvfb and xdotool",
    ),
]

WINDOW_SECONDS = 60.0


def words_of_exec(entry: Path, files: list[str]) -> list[str]:
    """The command of a desktop entry, by the Desktop Entry Specification, for some files."""
    (value,) = re.findall(r"^Exec=(.*)$", entry.read_text("utf-8"), re.MULTILINE)
    escapes = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}
    string = re.sub(r"\\([sntr\\])", lambda found: escapes[found[1]], value)
    words: list[str] = []
    for quoted, plain in re.findall(r'"((?:[^"\\]|\\.)*)"|([^\s"]+)', string):
        if plain == "%F":
            words += files
        else:
            word = re.sub(r'\\(["`$\\])', r"\1", quoted) if quoted else plain
            words.append(word.replace("%%", "%"))
    return words


def window_titles(display: str) -> list[str]:
    """Titles of the visible windows named after the program."""
    search = ["xdotool", "search", "--onlyvisible", "--name", "Emotion Desktop"]
    environment = {**os.environ, "DISPLAY": display}
    found = subprocess.run(search, env=environment, check=False, capture_output=True, text=True)
    return found.stdout.split()


def test_the_menu_entry_opens_the_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, display: str
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    photo = tmp_path / "it's 100% a photo.jpg"
    shutil.copy(SAMPLES / "grace_hopper.jpg", photo)
    entry = install_launcher()
    command = words_of_exec(entry, [str(photo)])
    (folder,) = re.findall(r"^Path=(.*)$", entry.read_text("utf-8"), re.MULTILINE)
    assert command[-1] == str(photo)

    environment = {
        **os.environ,
        "DISPLAY": display,
        "EMOTION_DESKTOP_WORKSPACE": str(tmp_path / "workspace"),
        # Where the tests run without an installation, the program is found beside them.
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "QT_QPA_PLATFORM": "xcb",
    }
    output = tmp_path / "output.txt"
    with (
        output.open("wb") as stream,
        subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as program,
    ):
        try:
            deadline = time.monotonic() + WINDOW_SECONDS
            while not (shown := window_titles(display)):
                assert program.poll() is None, f"it ended: {output.read_text('utf-8')}"
                assert time.monotonic() < deadline, f"no window: {output.read_text('utf-8')}"
                time.sleep(0.1)
            assert shown
        finally:
            # Its whole session: a worker it may have started belongs to it.
            with suppress(ProcessLookupError):  # it may have ended by itself, and failed above
                os.killpg(program.pid, signal.SIGTERM)
            try:
                program.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(program.pid, signal.SIGKILL)
