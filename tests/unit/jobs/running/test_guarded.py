"""Files that crash their reader, take all memory or all time: a sentence."""

import os
import subprocess
import sys

import pytest

from emotion_desktop.domain.errors import AppError, BundleError
from emotion_desktop.domain.job import JobSpec, Lane
from emotion_desktop.jobs.running import guarded, worker_process
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.jobs.running.guarded import run_guarded
from emotion_desktop.jobs.running.worker_process import run_in_worker

#: A worker with jobs of its own.
_WORKER = """
import os, signal
from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import Lane
from emotion_desktop.jobs import worker_loop
from emotion_desktop.jobs.table import JOBS, JobKind


def crash(context, *, source):
    os.kill(os.getpid(), signal.SIGSEGV)


def swell(context, *, source):
    held = []
    while True:
        held.append(bytearray(os.urandom(1 << 20) * 20))


def spin(context, *, source):
    while True:
        pass


def sentence(context, *, source):
    raise AppError("It is damaged.", "Choose another.")


JobKind.load = lambda kind: globals()[kind.name]
for name in ("crash", "swell", "spin", "sentence"):
    JOBS[name] = JobKind(name, "A job", Lane.COMPUTE, "none:at_all")
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
    return run_guarded(spec, LocalContext(lambda _: None), source.parent)


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
        "try: run_in_worker(JobSpec('x', 'x', Lane.COMPUTE), LocalContext(print), None)\n"
        "except AppError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False
    )
    assert "no folder for temporary files" in done.stdout, done.stderr
    assert "TMPDIR" in done.stdout


def test_without_limits_nothing_is_watched(source):
    spec = JobSpec("sentence", "sentence", Lane.COMPUTE, {"source": str(source)})
    with pytest.raises(AppError, match="It is damaged"):
        run_in_worker(spec, LocalContext(lambda _: None), source.parent)
