"""Of all that is written to stderr, LiteRT's greeting alone is left out."""

import os
import subprocess
import sys
import threading

import pytest

from emotion_desktop.assets import BUILTIN_MODEL
from emotion_desktop.engines import quiet_litert
from emotion_desktop.engines.quiet_litert import without_notice

LINE = b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n"
LOAD = """
import sys
from pathlib import Path
from emotion_desktop.engines.bundle import read_bundle
from emotion_desktop.engines.litert import LiteRTClassifier
LiteRTClassifier(read_bundle(Path(sys.argv[1])))
"""


@pytest.fixture(autouse=True)
def nothing_heard(monkeypatch):
    """As in a process that has no interpreter yet."""
    monkeypatch.setattr(quiet_litert, "_notice_seen", threading.Event())


def test_a_model_is_loaded_without_a_word():
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(BUILTIN_MODEL)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_what_others_say_meanwhile_comes_out(capfd, ending):
    with without_notice():
        os.write(2, b"before" + ending + LINE.replace(b"\n", ending) + b"after" + ending)
    os.write(2, b"later\n")
    assert capfd.readouterr().err.split() == ["before", "after", "later"]


def test_stderr_is_back_after_an_error(capfd):
    with pytest.raises(ValueError, match="damaged"), without_notice():
        os.write(2, b"ERROR: odd model\n")
        raise ValueError("damaged")
    os.write(2, b"later\n")
    assert capfd.readouterr().err == "ERROR: odd model\nlater\n"


def test_stderr_is_left_alone_once_it_was_heard(capfd):
    with without_notice():
        os.write(2, LINE)
    before = os.fstat(2)
    with without_notice():
        assert os.path.samestat(os.fstat(2), before)
    assert capfd.readouterr().err == ""


def test_a_process_without_stderr_does_without():
    kept = os.dup(2)
    os.close(2)
    try:
        with without_notice():
            pass
    finally:
        os.dup2(kept, 2)
        os.close(kept)
