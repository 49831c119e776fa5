"""Job records find their way into the catalogue, when there is one."""

import threading
import time
from pathlib import Path

import pytest

from emotion_desktop.domain.job import JobState
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running.journal import LazyJournal
from emotion_desktop.jobs.running.manager import JobManager
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.paths import Workspace
from emotion_desktop.workspace.runs.job_records import JobRecords


def run(journal, spec):
    manager = JobManager(Resources(Workspace(Path("nowhere"))), journal)
    job = manager.submit(spec)
    record = manager.wait(job, 10)
    manager.shutdown()
    journal.close()
    return record


def wait_until_kept(path, state):
    """Records are written in the background."""
    deadline = time.monotonic() + 10
    while True:
        if path.exists():
            catalogue = Catalogue(path)
            states = [kept.state for kept in JobRecords(catalogue).latest()]
            catalogue.close()
            if states == [state]:
                return
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "workspace" / "catalogue.sqlite"


@pytest.fixture
def ok(job_of):
    return job_of(lambda _: {"ok": 1})


def test_nothing_is_made_before_a_job_is_started(path):
    LazyJournal(path).close()
    assert not path.parent.exists()


def test_a_job_is_kept_as_it_ended(path, ok):
    record = run(LazyJournal(path), ok)
    catalogue = Catalogue(path)
    assert JobRecords(catalogue).latest() == [record]
    assert record.state is JobState.SUCCEEDED
    catalogue.close()


def test_what_a_crash_left_is_seen_to_with_the_first_job(path, tmp_path, job_of, ok):
    crashed = LazyJournal(path)
    manager = JobManager(Resources(Workspace(tmp_path)), crashed)
    running = threading.Event()

    def never_end(context):
        running.set()
        context.wait(30)

    endless = manager.submit(job_of(never_end, title="Never ends"))
    assert running.wait(10)
    wait_until_kept(path, JobState.RUNNING)
    # As a program finds it that has the process id of the one that crashed.
    run(LazyJournal(path), ok)
    catalogue = Catalogue(path)
    states = {kept.spec.title: kept.state for kept in JobRecords(catalogue).latest()}
    assert states == {"Never ends": JobState.FAILED, "A job": JobState.SUCCEEDED}
    catalogue.close()
    manager.cancel(endless)
    manager.shutdown()
    crashed.close()


def test_without_a_workspace_jobs_run_all_the_same(tmp_path, caplog, ok):
    (tmp_path / "file").touch()
    record = run(LazyJournal(tmp_path / "file" / "catalogue.sqlite"), ok)
    assert record.state is JobState.SUCCEEDED
    assert caplog.text.count("no record of jobs is kept") == 1
