"""The catalogue: what it keeps, and that nothing breaks it."""

import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import JobRecord, JobSpec, JobState, Lane, Outcome
from emotion_desktop.workspace import catalogue as module
from emotion_desktop.workspace.catalogue import Catalogue


@pytest.fixture
def path(tmp_path):
    return tmp_path / "workspace" / "catalogue.sqlite"


@pytest.fixture
def catalogue(path):
    made = Catalogue(path)
    yield made
    made.close()


def record(state=JobState.RUNNING, created=1.0, **more):
    spec = JobSpec("classify", "Classify", Lane.CLASSIFY, {"paths": ["ä", "\udcff"]})
    return JobRecord(spec, state, created=created, **more)


def ask(path, question, *values):
    connection = sqlite3.connect(path)
    try:
        with connection:
            return connection.execute(question, values).fetchall()
    finally:
        connection.close()


def test_a_new_one_is_made_with_its_folder(catalogue, path):
    assert ask(path, "PRAGMA journal_mode") == [("wal",)]
    assert ask(path, "PRAGMA user_version") == [(len(module._migrations()),)]
    assert catalogue.jobs() == []


def test_migrations_are_numbered_without_a_gap():
    assert [number for number, _ in module._migrations()] == list(
        range(1, len(module._migrations()) + 1)
    )


def test_records_come_back_as_they_were_newest_first(catalogue):
    outcome = Outcome("Done.", "Look.", {"ok": 5, "list": [1.5, None]})
    first = record(JobState.SUCCEEDED, 1.0, outcome=outcome, started=1.5, ended=2.5)
    second = record(JobState.QUEUED, 2.0, outcome=Outcome(""))
    for kept in (first, second):
        catalogue.save_job(kept)
    assert catalogue.jobs() == [second, first]
    assert catalogue.jobs(limit=1) == [second]


def test_a_job_is_kept_once(catalogue):
    kept = record(outcome=Outcome(""))
    catalogue.save_job(kept)
    ended = JobRecord(kept.spec, JobState.FAILED, Outcome("No."), kept.created, 1.0, 2.0)
    catalogue.save_job(ended)
    assert catalogue.jobs() == [ended]


def test_threads_write_at_once(catalogue):
    def write():
        for _ in range(10):
            catalogue.save_job(record())

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(catalogue.jobs()) == 40


def test_only_the_latest_are_kept_for_good(catalogue, monkeypatch):
    monkeypatch.setattr(module, "_KEPT_JOBS", 3)
    for number in range(6):
        catalogue.save_job(record(JobState.SUCCEEDED, float(number)))
    catalogue.fail_interrupted(own=set())
    assert [kept.created for kept in catalogue.jobs(limit=10)] == [5.0, 4.0, 3.0]


def a_dead_process():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def states(catalogue):
    return {kept.spec.id: kept.state for kept in catalogue.jobs()}


def test_jobs_that_a_crash_left_unfinished_are_failed(catalogue, path):
    left = [record(s) for s in (JobState.QUEUED, JobState.RUNNING, JobState.CANCELLING)]
    over = [record(s, outcome=Outcome("x")) for s in JobState if s.final]
    for kept in (*left, *over):
        catalogue.save_job(kept)
    ask(path, "UPDATE jobs SET owner = ?", a_dead_process())
    assert catalogue.fail_interrupted(own=set()) == 3
    now = states(catalogue)
    assert {now[kept.spec.id] for kept in left} == {JobState.FAILED}
    assert all(now[kept.spec.id] is kept.state for kept in over)
    failed = next(kept for kept in catalogue.jobs() if kept.spec.id == left[0].spec.id)
    assert "Interrupted" in failed.outcome.message
    assert failed.ended == pytest.approx(time.time(), abs=60)
    assert catalogue.fail_interrupted(own=set()) == 0


def test_jobs_of_another_program_that_is_alive_are_left_alone(catalogue, path):
    kept = record()
    catalogue.save_job(kept)
    ask(path, "UPDATE jobs SET owner = ?", os.getppid())
    assert catalogue.fail_interrupted(own=set()) == 0
    assert states(catalogue) == {kept.spec.id: JobState.RUNNING}


def test_own_jobs_are_left_alone_but_not_those_of_a_former_process_with_this_id(catalogue):
    own, former = record(), record()
    catalogue.save_job(own)
    catalogue.save_job(former)
    assert catalogue.fail_interrupted(own={own.spec.id}) == 1
    assert states(catalogue) == {own.spec.id: JobState.RUNNING, former.spec.id: JobState.FAILED}


def test_one_from_the_future_is_refused_and_left_as_it_is(path):
    Catalogue(path).close()
    ask(path, "PRAGMA user_version = 1000")
    before = path.read_bytes()
    with pytest.raises(AppError, match="newer version"):
        Catalogue(path)
    assert path.read_bytes() == before


def test_something_else_in_its_place(path):
    path.parent.mkdir()
    path.write_bytes(b"this is no database, it only stands where one should be" * 100)
    with pytest.raises(AppError, match="cannot be opened"):
        Catalogue(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(AppError, match="cannot be opened"):
        Catalogue(path)


def test_a_workspace_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(AppError):
        Catalogue(tmp_path / "file" / "catalogue.sqlite")


def test_a_migration_that_fails_leaves_the_former_state(path, monkeypatch):
    Catalogue(path).close()
    newest = len(module._migrations())
    steps = [
        *module._migrations(),
        (newest + 1, "CREATE TABLE good (id);\nCREATE TABLE bad (;\n"),
    ]
    with monkeypatch.context() as patch:
        patch.setattr(module, "_migrations", lambda: steps)
        with pytest.raises(AppError, match="cannot be opened"):
            Catalogue(path)
    assert ask(path, "SELECT name FROM sqlite_master WHERE name IN ('good', 'bad')") == []
    assert ask(path, "PRAGMA user_version") == [(newest,)]
    Catalogue(path).close()


def test_what_is_there_survives_a_migration(path, monkeypatch):
    old = Catalogue(path)
    kept = record(outcome=Outcome(""))
    old.save_job(kept)
    old.close()
    newest = len(module._migrations())
    steps = [*module._migrations(), (newest + 1, "-- more\nCREATE TABLE more (\n  id TEXT\n);\n")]
    monkeypatch.setattr(module, "_migrations", lambda: steps)
    new = Catalogue(path)
    assert new.jobs() == [kept]
    new.close()
    assert ask(path, "SELECT * FROM more") == []


def _open_and_write(path, begin):
    begin.wait()
    made = Catalogue(path)
    made.save_job(record())
    made.close()


def test_programs_that_start_at_once_do_not_collide(path):
    spawn = multiprocessing.get_context("fork" if os.name == "posix" else "spawn")
    begin = spawn.Event()
    programs = [spawn.Process(target=_open_and_write, args=(path, begin)) for _ in range(6)]
    for program in programs:
        program.start()
    begin.set()
    for program in programs:
        program.join(30)
    assert [program.exitcode for program in programs] == [0] * 6
    assert ask(path, "SELECT count(*) FROM jobs") == [(6,)]


_WRITE_FOR_EVER = """
import sys
from pathlib import Path
from emotion_desktop.domain.job import JobRecord, JobSpec, JobState, Lane
from emotion_desktop.workspace.catalogue import Catalogue

catalogue = Catalogue(Path(sys.argv[1]))
while True:
    spec = JobSpec("k", "t" * 2000, Lane.COMPUTE)
    catalogue.save_job(JobRecord(spec, JobState.RUNNING, created=1.0))
    print("kept", flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal here")
def test_a_program_killed_while_it_writes_breaks_nothing(path):
    program = subprocess.Popen(
        [sys.executable, "-c", _WRITE_FOR_EVER, str(path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    for _ in range(50):
        assert program.stdout.readline() == b"kept\n"
    program.kill()
    rest = program.stdout.read().count(b"kept\n")
    program.wait()
    program.stdout.close()
    assert ask(path, "PRAGMA integrity_check") == [("ok",)]
    catalogue = Catalogue(path)
    assert len(catalogue.jobs()) >= 50 + rest
    assert catalogue.fail_interrupted(own=set()) >= 50 + rest
    assert {kept.state for kept in catalogue.jobs()} == {JobState.FAILED}
    catalogue.close()
