"""The catalogue: its schema, its transactions, and that nothing breaks it."""

import json
import multiprocessing
import os
import signal
import sqlite3
import subprocess
import sys

import pytest

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import JobRecord, JobSpec, JobState, Lane, Outcome
from emotion_desktop.workspace.catalogue import catalogue as module
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.runs.job_records import JobRecords


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
    assert catalogue.root == path.parent


def options(catalogue):
    with catalogue.reading() as connection:
        return {row["name"]: row["value"] for row in connection.execute("SELECT * FROM options")}


def test_what_is_written_together_is_kept_whole_or_not(catalogue):
    def write(name):
        with catalogue.writing() as connection:
            connection.execute("INSERT INTO options VALUES (?, '1')", (name,))
            if name == "bad":
                raise ValueError

    write("good")
    with pytest.raises(ValueError):
        write("bad")
    write("better")
    assert options(catalogue) == {"good": "1", "better": "1"}


def test_reading_sees_one_moment(catalogue, path):
    with catalogue.reading() as connection:
        before = connection.execute("SELECT count(*) FROM options").fetchone()[0]
        ask(path, "INSERT INTO options VALUES ('later', '1')")
        assert connection.execute("SELECT count(*) FROM options").fetchone()[0] == before
    assert options(catalogue) == {"later": "1"}


def test_a_full_disk_is_said_and_changes_nothing(catalogue):
    def write(connection):
        connection.execute("INSERT INTO options VALUES ('large', ?)", ("x" * 10_000_000,))

    with catalogue.reading() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 5}")
    with pytest.raises(AppError, match="disk is full"), catalogue.writing() as connection:
        connection.execute("INSERT INTO options VALUES ('small', '1')")
        write(connection)
    assert options(catalogue) == {}
    with catalogue.writing() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
        write(connection)
    assert list(options(catalogue)) == ["large"]


def test_one_that_may_not_be_written_says_so(catalogue):
    with catalogue.reading() as connection:
        connection.execute("PRAGMA query_only = 1")
    with pytest.raises(AppError, match="may not be written"), catalogue.writing() as connection:
        connection.execute("INSERT INTO options VALUES ('a', '1')")


def test_another_program_that_writes_for_too_long_is_named(catalogue, path, monkeypatch):
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with catalogue.reading() as connection:
        connection.execute("PRAGMA busy_timeout = 50")
    with pytest.raises(AppError, match="Another program"), catalogue.writing():
        raise AssertionError("never reached")
    other.close()


def test_a_mistake_in_a_statement_is_no_sentence_for_the_user(catalogue):
    with pytest.raises(sqlite3.OperationalError), catalogue.writing() as connection:
        connection.execute("NONSENSE")


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


def test_a_disk_too_full_for_a_new_one_is_said(path, monkeypatch):
    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("emotion_desktop.workspace.files.database._migrate", full)
    with pytest.raises(AppError, match="The disk is full") as caught:
        Catalogue(path)
    assert caught.value.hint.startswith("Free some space")


@pytest.mark.parametrize("value", ["CAST(x'ff' AS TEXT)", "'tr\x01e'", "'{\"a\"'"])
def test_contents_that_were_never_written_are_damage(path, value):
    with Catalogue(path) as catalogue, catalogue.writing() as connection:
        connection.execute(f"INSERT INTO options VALUES ('grey', {value})")
    damaged = pytest.raises(AppError, match=r"catalogue\.sqlite .* is damaged")
    with Catalogue(path) as catalogue, damaged, catalogue.reading() as connection:
        for row in connection.execute("SELECT * FROM options"):
            json.loads(row["value"])


def test_a_damaged_schema_that_cannot_be_quoted_is_damage(path):
    """SQLite's message repeats what it cannot read, and Python cannot decode the message."""
    Catalogue(path).close()
    data = path.read_bytes()
    place = data.index(b"CREATE TABLE options")
    place += len(b"CREATE ")
    path.write_bytes(data[:place] + b"\xff" * 5 + data[place + 5 :])
    with pytest.raises(AppError, match=r"catalogue\.sqlite .* is damaged") as caught:
        Catalogue(path)
    assert "Put a copy" in caught.value.hint


def test_a_damaged_file_is_named(path):
    with Catalogue(path) as catalogue, catalogue.writing() as connection:
        connection.execute("INSERT INTO options VALUES ('grey', 'true')")
    ((page,),) = ask(path, "SELECT rootpage FROM sqlite_master WHERE name = 'options'")
    ((size,),) = ask(path, "PRAGMA page_size")
    data = bytearray(path.read_bytes())
    data[(page - 1) * size : page * size] = b"\xa5" * size
    path.write_bytes(data)
    with Catalogue(path) as catalogue:
        damaged = pytest.raises(AppError, match=r"catalogue\.sqlite .* is damaged")
        with damaged, catalogue.reading() as connection:
            connection.execute("SELECT * FROM options").fetchall()


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
    kept = record(outcome=Outcome(""))
    with Catalogue(path) as old:
        JobRecords(old).save(kept)
    newest = len(module._migrations())
    steps = [*module._migrations(), (newest + 1, "-- more\nCREATE TABLE more (\n  id TEXT\n);\n")]
    monkeypatch.setattr(module, "_migrations", lambda: steps)
    with Catalogue(path) as new:
        assert JobRecords(new).latest() == [kept]
    assert ask(path, "SELECT * FROM more") == []


def _open_and_write(path, begin):
    begin.wait()
    with Catalogue(path) as made:
        JobRecords(made).save(record())


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
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.runs.job_records import JobRecords

records = JobRecords(Catalogue(Path(sys.argv[1])))
while True:
    spec = JobSpec("k", "t" * 2000, Lane.COMPUTE)
    records.save(JobRecord(spec, JobState.RUNNING, created=1.0))
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
    with Catalogue(path) as catalogue:
        records = JobRecords(catalogue)
        assert len(records.latest()) >= 50 + rest
        assert records.fail_interrupted(own=set()) >= 50 + rest
        assert {kept.state for kept in records.latest()} == {JobState.FAILED}


@pytest.mark.parametrize(
    "numbered",
    [{3: ("runs", "sketches")}, {3: ("sketches",)}, {3: ("runs",), 4: ("sketches", "evaluations")}],
)
def test_workspaces_made_while_migrations_were_numbered_anew_are_opened(
    path, monkeypatch, numbered
):
    """For a while two scripts bore one number, and later another one."""
    now = module._migrations()
    named = {"runs": now[2][1], "sketches": now[3][1], "evaluations": now[5][1]}
    steps = [*now[:2], *((n, named[name]) for n, names in numbered.items() for name in names)]
    with monkeypatch.context() as patch:
        patch.setattr(module, "_migrations", lambda: steps)
        with Catalogue(path) as made, made.writing() as connection:
            connection.execute("INSERT INTO sketches VALUES (x'01', x'02', x'03')")
    Catalogue(path).close()
    tables = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
    fresh = path.with_name("fresh.sqlite")
    Catalogue(fresh).close()
    assert ask(path, tables) == ask(fresh, tables)
    assert ask(path, "SELECT * FROM sketches") == [(b"\x01", b"\x02", b"\x03")]
    assert ask(path, "PRAGMA user_version") == [(now[-1][0],)]
