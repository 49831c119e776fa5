"""Runs in the catalogue and in their folders."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.domain.run import History, Run, RunState, new_run_id
from emotion_desktop.domain.training_events import TrainingBegan
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.runs.run_folder import RunFolder
from emotion_desktop.workspace.runs.runs import Runs

BEGAN = TrainingBegan("abacus", 3, 2, 9, ("fear",), ({"loss": 1.0},))


def a_run(name="Mine", created=1.0, **more):
    values = {"place": "here", "state": RunState.RUNNING, "parameters": {"seed": 3}, **more}
    return Run(id=new_run_id(), name=name, created=created, **values)


@pytest.fixture
def runs(tmp_path):
    with Catalogue(tmp_path / "catalogue.sqlite") as catalogue:
        yield Runs(catalogue)


def test_a_run_comes_back_as_it_was(runs):
    run = a_run(
        scores={"accuracy": 0.5},
        message="m",
        hint="h",
        epochs=3,
        seconds=1.5,
        photos=9,
        fingerprint="f",
        device="d",
        model="/m.emodel",
        ended=2.0,
    )
    runs.save(run)
    assert runs.all() == [run]
    changed = replace(run, state=RunState.SUCCEEDED, epochs=4)
    runs.save(changed)
    assert runs.all() == [changed]


def test_the_newest_comes_first_and_is_found_by_the_beginning_of_its_id(runs):
    old, new = a_run(created=1.0), a_run(created=2.0)
    runs.save(new)
    runs.save(old)
    assert runs.all() == [new, old]
    assert runs.get(new.id[:8]) == new
    for reference in ("", "no such run"):
        with pytest.raises(UsageError):
            runs.get(reference)
    runs.forget(new.id)
    assert runs.all() == [old]


def test_a_run_whose_program_is_gone_is_interrupted(runs, tmp_path):
    running = a_run()
    elsewhere = a_run(place="elsewhere")
    paused = a_run(state=RunState.PAUSED)
    for run in (running, elsewhere, paused):
        runs.save(run)
    assert {run.state for run in runs.all()} == {RunState.RUNNING, RunState.PAUSED}
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with Catalogue(tmp_path / "catalogue.sqlite") as catalogue, catalogue.writing() as connection:
        connection.execute("UPDATE runs SET owner = ?", (gone.pid,))
    states = {run.id: run.state for run in runs.all()}
    assert states == {
        running.id: RunState.INTERRUPTED,
        elsewhere.id: RunState.RUNNING,
        paused.id: RunState.PAUSED,
    }


@pytest.mark.parametrize("written", [1.0, None])
def test_a_run_whose_programs_id_another_process_bears_is_interrupted(runs, tmp_path, written):
    """None is what a row of an earlier version has."""
    running = a_run(created=1.0)
    runs.save(running)
    with Catalogue(tmp_path / "catalogue.sqlite") as catalogue, catalogue.writing() as connection:
        connection.execute("UPDATE runs SET owner = ?, written = ?", (os.getppid(), written))
    assert runs.get(running.id).state is RunState.INTERRUPTED


def test_a_folder_tells_what_was_told(tmp_path):
    folder = RunFolder(tmp_path / "run")
    assert folder.read() == History()
    assert not folder.can_go_on()
    folder.begin({"seed": 3})
    folder.add_began(BEGAN)
    folder.add_log("ä line")
    folder.add_epoch({"loss": 1.0})
    folder.add_epoch({"loss": 0.5})
    with (folder.path / "events.jsonl").open("a") as file:
        file.write('{"epoch": {"lo')  # cut off in the middle
    told = folder.read()
    assert told.epochs == ({"loss": 1.0}, {"loss": 0.5})
    assert (told.log, told.began) == (("ä line", 1, 2), replace(BEGAN, history=()))


def test_epochs_that_are_done_again_are_forgotten(tmp_path):
    folder = RunFolder(tmp_path / "run")
    for loss in (1.0, 0.5):
        folder.add_epoch({"loss": loss})
        folder.add_log(f"loss {loss}")
    folder.begin_again([{"loss": 1.0}])
    folder.add_epoch({"loss": 0.4})
    assert folder.read().epochs == ({"loss": 1.0}, {"loss": 0.4})
    assert folder.read().log == (1, "loss 1.0", "loss 0.5", 2)


def test_the_state_goes_when_it_is_done_and_all_of_it_when_it_is_removed(tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.begin({})
    folder.checkpoint.touch()
    assert folder.can_go_on()
    folder.drop_checkpoint()
    folder.drop_checkpoint()
    assert not folder.can_go_on()
    folder.remove()
    folder.remove()
    assert not folder.path.exists()


def test_a_folder_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(AppError):
        RunFolder(tmp_path / "file" / "run").add_log("x")


def test_lines_of_another_form_are_passed_over(tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.begin({})
    folder.add_epoch({"loss": 1.0})
    with (tmp_path / "run" / "events.jsonl").open("a") as file:
        file.write("[" * 100_000 + "\n" + '{"epoch": 1e999}\n{"log": 3}\n[]\n')
    folder.add_log("end")
    assert folder.read().log == (1, "end")
