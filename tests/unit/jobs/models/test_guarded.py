"""Files that crash their reader, take all memory or all time: a sentence."""

import os
import subprocess
import sys

import pytest

from emotion_desktop.domain.errors import AppError, BundleError
from emotion_desktop.domain.job import JobSpec, Lane
from emotion_desktop.jobs.models import guarded
from emotion_desktop.jobs.models.guarded import run_guarded
from emotion_desktop.jobs.running import worker_process
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.jobs.running.worker_process import run_in_worker

#: A worker with jobs of its own.
_WORKER = """
import os, signal
from emotion_desktop.domain.errors import AppError
from emotion_desktop.jobs import worker_loop


def crash(spec, context):
    os.kill(os.getpid(), signal.SIGSEGV)


def swell(spec, context):
    held = []
    while True:
        held.append(bytearray(os.urandom(1 << 20) * 20))


def spin(spec, context):
    while True:
        pass


def sentence(spec, context):
    raise AppError("It is damaged.", "Choose another.")


worker_loop._function = lambda kind: globals()[kind]
worker_loop.main()
"""


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A file, and a worker that does to it what a test wants."""
    worker = tmp_path / "worker.py"
    worker.write_text(_WORKER)
    monkeypatch.setattr(worker_process, "_command", lambda: [sys.executable, str(worker)])
    path = tmp_path / "odd.keras"
    path.write_bytes(b"x" * 100)
    return path


def run(kind, source):
    spec = JobSpec(kind, kind, Lane.COMPUTE, {"source": str(source)})
    return run_guarded(spec, LocalContext(lambda _: None))


@pytest.mark.skipif(os.name != "posix", reason="there are no such signals here")
def test_a_crash_is_a_sentence(source):
    with pytest.raises(BundleError, match="made the process crash") as caught:
        run("crash", source)
    assert "Nothing was imported" in caught.value.hint


def test_memory_is_bounded(source, monkeypatch):
    monkeypatch.setattr(guarded, "_MEMORY", 400_000_000)
    with pytest.raises(BundleError, match="more memory than any model of its size"):
        run("swell", source)


def test_time_is_bounded(source, monkeypatch):
    monkeypatch.setattr(guarded, "_CPU_S", 3.0)
    with pytest.raises(BundleError, match="more time than any model of its size"):
        run("spin", source)


def test_what_the_reader_says_stays(source):
    with pytest.raises(AppError, match="It is damaged"):
        run("sentence", source)


@pytest.mark.skipif(os.name != "posix", reason="TMPDIR is for POSIX")
def test_without_a_folder_for_temporary_files(tmp_path):
    """Python raises FileNotFoundError then."""
    script = tmp_path / "script.py"
    script.write_text(
        "import tempfile\n"
        "def none(): raise FileNotFoundError(2, 'No usable temporary directory found')\n"
        "tempfile._get_default_tempdir = none\n"
        "from emotion_desktop.domain.errors import AppError\n"
        "from emotion_desktop.domain.job import JobSpec, Lane\n"
        "from emotion_desktop.jobs.running.context import LocalContext\n"
        "from emotion_desktop.jobs.running.worker_process import run_in_worker\n"
        "try: run_in_worker(JobSpec('x', 'x', Lane.COMPUTE), LocalContext(print))\n"
        "except AppError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False
    )
    assert "no folder for temporary files" in done.stdout, done.stderr
    assert "TMPDIR" in done.stdout


def test_without_limits_nothing_is_watched(source):
    spec = JobSpec("sentence", "sentence", Lane.COMPUTE)
    with pytest.raises(AppError, match="It is damaged"):
        run_in_worker(spec, LocalContext(lambda _: None))
