"""Training jobs: what is kept of a run, whatever becomes of it. The worker is a stand-in."""

import sys
import threading
from pathlib import Path

import pytest

from emotion_desktop.domain.errors import AppError, CancelledError, PausedError, UsageError
from emotion_desktop.domain.job import Batch, JobState, Log, Metrics
from emotion_desktop.domain.run import RunState
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running import worker_process
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.jobs.running.manager import JobManager
from emotion_desktop.jobs.training.overview import overview_job
from emotion_desktop.jobs.training.runs import (
    enlist_job,
    find_run,
    list_runs,
    remove_run,
    remove_run_job,
)
from emotion_desktop.jobs.training.train import Training, go_on_job, repeat_job, train_job
from emotion_desktop.training.recipe.recipes import RECIPES
from emotion_desktop.workspace.model_store import ModelStore
from emotion_desktop.workspace.paths import Workspace
from tests.training_worker import WORKER


@pytest.fixture
def place(monkeypatch, tmp_path):
    monkeypatch.setattr(worker_process, "_command", lambda: [sys.executable, "-c", WORKER])
    return Workspace(tmp_path / "workspace")


def order(place, notes=""):
    output = place.models / "Mine.emodel"
    return Training(RECIPES["quick"], output, "Mine", Path("/data"), seed=7, notes=notes)


def run_one(job, listen=lambda event, context: None):
    context = LocalContext(lambda event: listen(event, context))
    spec, function = job
    return function(spec, context)


def only(place):
    (known,) = list_runs(place)
    return known


def test_a_run_that_is_done_is_kept_with_all_that_repeats_it(place):
    told = []
    result = run_one(train_job(place, order(place)), lambda event, _: told.append(event))
    known = only(place)
    run = known.run
    assert run.state is RunState.SUCCEEDED
    assert (run.name, run.place, run.device) == ("Mine", "here", "abacus")
    assert (run.epochs, run.seconds, run.photos, run.fingerprint) == (3, 6.0, 9, "f1")
    assert (run.model, run.scores) == (result["model"], result["scores"])
    assert run.parameters["recipe"] == RECIPES["quick"].to_dict()
    assert len(known.history.epochs) == 3
    assert known.history.log == ("begun", 1, 2, 3)
    assert known.history.beginning["labels"] == ["fear"]
    assert not known.can_go_on
    assert (place.run(run.id).path / "run.json").is_file()
    assert [e.epoch for e in told if isinstance(e, Metrics)] == [1, 2, 3]

    with pytest.raises(UsageError, match="cannot go on"):
        go_on_job(place, run)
    spec, _ = repeat_job(place, run, place.models / "Again.emodel")
    changed = {k for k in spec.parameters if spec.parameters[k] != run.parameters.get(k)}
    assert changed == {"run", "name", "output", "fingerprint"}
    assert spec.parameters["fingerprint"] == "f1"


@pytest.mark.parametrize(
    ("notes", "state", "error", "message"),
    [
        ("wait", RunState.PAUSED, PausedError, "Paused in epoch 3 of 3."),
        ("wait", RunState.CANCELLED, CancelledError, "Cancelled."),
        ("fail", RunState.FAILED, AppError, "The disk is full."),
        ("die", RunState.FAILED, AppError, "The worker process ended unexpectedly (status 3)."),
    ],
)
def test_a_run_that_ended_before_its_time_goes_on(place, notes, state, error, message):
    def listen(event, context):
        if isinstance(event, Metrics) and event.epoch == 2:
            if state is RunState.PAUSED:
                context.pause()
            if state is RunState.CANCELLED:
                context.cancel()

    with pytest.raises(error):
        run_one(train_job(place, order(place, notes)), listen)
    known = only(place)
    assert (known.run.state, known.run.message) == (state, message)
    assert known.run.epochs == 2
    assert known.can_go_on

    run_one(go_on_job(place, known.run))
    again = only(place)
    assert again.run.state is RunState.SUCCEEDED
    assert again.run.id == known.run.id
    assert again.run.created == known.run.created
    assert (again.run.epochs, again.run.seconds, again.run.message) == (3, 6.0, "")
    assert len(again.history.epochs) == 3


def test_of_two_programs_that_go_on_with_a_run_at_once_one_trains_it(place):
    with pytest.raises(AppError):
        run_one(train_job(place, order(place, "fail")))
    jobs = [go_on_job(place, only(place).run) for _ in range(2)]
    ended = []

    def go_on(job):
        try:
            ended.append(run_one(job)["model"])
        except UsageError as error:
            ended.append(error.message)

    both = [threading.Thread(target=go_on, args=(job,)) for job in jobs]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(60)
    assert sorted(said.endswith(".emodel") for said in ended) == [False, True], ended
    known = only(place)
    assert known.run.state is RunState.SUCCEEDED
    assert known.history.log.count("begun") == 2, "the former start, and one that went on"
    assert ModelStore(place.models).names() == ["builtin", "builtin-fast", "Mine"]


def test_a_run_that_another_program_works_on_is_left_to_it(place):
    with pytest.raises(AppError):
        run_one(train_job(place, order(place, "fail")))
    before = only(place)
    with place.run(before.run.id).owned(), pytest.raises(UsageError, match="another program"):
        run_one(go_on_job(place, before.run))
    assert only(place) == before


def test_going_on_overwrites_no_other_model(place):
    with pytest.raises(AppError):
        run_one(train_job(place, order(place, "fail")))
    other = place.models / "Mine.emodel"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"another model")
    result = run_one(go_on_job(place, only(place).run))
    assert result["model"] == str(place.models / "Mine-2.emodel")
    assert other.read_bytes() == b"another model"


def test_a_full_disk_does_not_end_a_run(place, monkeypatch):
    from emotion_desktop.workspace.runs.run_folder import RunFolder

    def full(self, event):
        raise AppError("The disk is full.")

    monkeypatch.setattr(RunFolder, "add", full)
    told = []
    run_one(train_job(place, order(place)), lambda event, _: told.append(event))
    assert Log("begun") in told
    assert only(place).run.state is RunState.SUCCEEDED


def test_runs_wait_for_their_turn_in_the_list_and_are_removed_from_it(place):
    spec, function = train_job(place, order(place))
    run_one(enlist_job(place, spec))
    queued = only(place).run
    assert (queued.state, queued.name) == (RunState.QUEUED, "Mine")
    assert queued.id == spec.parameters["run"]
    with pytest.raises(UsageError, match="Cancel it first"):
        remove_run(place, queued)
    function(spec, LocalContext(lambda event: None))
    run_one(enlist_job(place, spec))  # told too late: what is known stays
    done = find_run(place, queued.id[:6])
    assert done.state is RunState.SUCCEEDED
    remove_run(place, done)
    assert list_runs(place) == []
    assert not place.run(done.id).path.exists()


def test_listing_is_a_quiet_job(place):
    told = []

    class Journal:
        def save_job(self, record):
            raise AssertionError("it is not kept")

    run_one(train_job(place, order(place)))
    manager = JobManager(Resources(place), Journal())
    manager.subscribe(lambda spec, event: told.append(event))
    jobs = [
        manager.submit(*overview_job(place, ModelStore(place.models))),
        manager.submit(*remove_run_job(place, only(place).run)),
    ]
    states = [manager.wait(job, 30).state for job in jobs]
    manager.shutdown()
    assert states == [JobState.SUCCEEDED] * 2
    (batch,) = [event for event in told if isinstance(event, Batch)]
    (overview,) = batch.items
    assert [known.run.name for known in overview.runs] == ["Mine"]
    assert {"builtin", "Mine"} <= set(overview.models)
    assert (overview.splits, overview.labelled) == ((), 0)
    assert list_runs(place) == []
