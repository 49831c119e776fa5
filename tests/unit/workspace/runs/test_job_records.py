"""Job records in the catalogue: what is kept, and what becomes of jobs that a crash left."""

import os
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from emotion_desktop.domain.job import JobRecord, JobSpec, JobState, Lane, Outcome
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.runs import job_records as module
from emotion_desktop.workspace.runs.job_records import JobRecords


@pytest.fixture
def path(tmp_path):
    return tmp_path / "workspace" / "catalogue.sqlite"


@pytest.fixture
def records(path):
    with Catalogue(path) as catalogue:
        yield JobRecords(catalogue)


def record(state=JobState.RUNNING, created=1.0, **more):
    spec = JobSpec("classify", "Classify", Lane.CLASSIFY, {"paths": ["ä", "\udcff"]})
    return JobRecord(spec, state, created=created, **more)


def set_owner(path, process):
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE jobs SET owner = ?", (process,))
    connection.close()


def test_records_come_back_as_they_were_newest_first(records):
    outcome = Outcome("Done.", "Look.", {"ok": 5, "list": [1.5, None]})
    first = record(JobState.SUCCEEDED, 1.0, outcome=outcome, started=1.5, ended=2.5)
    second = record(JobState.QUEUED, 2.0, outcome=Outcome(""))
    for kept in (first, second):
        records.save(kept)
    assert records.latest() == [second, first]
    assert records.latest(limit=1) == [second]


def test_a_job_is_kept_once(records):
    kept = record(outcome=Outcome(""))
    records.save(kept)
    ended = JobRecord(kept.spec, JobState.FAILED, Outcome("No."), kept.created, 1.0, 2.0)
    records.save(ended)
    assert records.latest() == [ended]


def test_a_result_that_is_no_json_stays_with_who_asked(records):
    kept = record(JobState.SUCCEEDED, outcome=Outcome("Done.", result=object()), ended=2.0)
    records.save(kept)
    (found,) = records.latest()
    assert found.state is JobState.SUCCEEDED
    assert found.outcome == Outcome("Done.")


def test_threads_write_at_once(records):
    def write():
        for _ in range(10):
            records.save(record())

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(records.latest()) == 40


def test_only_the_latest_are_kept_for_good(records, monkeypatch):
    monkeypatch.setattr(module, "_KEPT_JOBS", 3)
    for number in range(6):
        records.save(record(JobState.SUCCEEDED, float(number)))
    records.fail_interrupted(own=set())
    assert [kept.created for kept in records.latest(limit=10)] == [5.0, 4.0, 3.0]


def a_dead_process():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def states(records):
    return {kept.spec.id: kept.state for kept in records.latest()}


def test_jobs_that_a_crash_left_unfinished_are_failed(records, path):
    left = [record(s) for s in (JobState.QUEUED, JobState.RUNNING, JobState.CANCELLING)]
    over = [record(s, outcome=Outcome("x")) for s in JobState if s.is_over]
    for kept in (*left, *over):
        records.save(kept)
    set_owner(path, a_dead_process())
    assert records.fail_interrupted(own=set()) == 3
    now = states(records)
    assert {now[kept.spec.id] for kept in left} == {JobState.FAILED}
    assert all(now[kept.spec.id] is kept.state for kept in over)
    failed = next(kept for kept in records.latest() if kept.spec.id == left[0].spec.id)
    assert "Interrupted" in failed.outcome.message
    assert failed.ended == pytest.approx(time.time(), abs=60)
    assert records.fail_interrupted(own=set()) == 0


def test_jobs_of_another_program_that_is_alive_are_left_alone(records, path):
    kept = record()
    records.save(kept)
    set_owner(path, os.getppid())
    assert records.fail_interrupted(own=set()) == 0
    assert states(records) == {kept.spec.id: JobState.RUNNING}


def test_a_job_whose_owners_id_another_process_bears_is_failed(records, path):
    kept = record()
    records.save(kept)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE jobs SET owner = ?, written = 1.0", (os.getppid(),))
    connection.close()
    assert records.fail_interrupted(own=set()) == 1


def test_own_jobs_are_left_alone_but_not_those_of_a_former_process_with_this_id(records):
    own, former = record(), record()
    records.save(own)
    records.save(former)
    assert records.fail_interrupted(own={own.spec.id}) == 1
    assert states(records) == {own.spec.id: JobState.RUNNING, former.spec.id: JobState.FAILED}
