"""Training jobs: what is kept of a run, whatever becomes of it. The worker is a stand-in."""

import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from emotion_desktop.domain.errors import AppError, CancelledError, PausedError, UsageError
from emotion_desktop.domain.job import JobState, Log, Metrics
from emotion_desktop.domain.run import RunState
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running import worker_process
from emotion_desktop.jobs.running.context import Context
from emotion_desktop.jobs.running.execute import execute
from emotion_desktop.jobs.running.manager import JobManager
from emotion_desktop.jobs.training.runs import find_run, list_runs, remove_run
from emotion_desktop.jobs.training.specs import (
    end_run_job,
    enlist_job,
    go_on_request,
    overview_job,
    queued_run,
    remove_run_job,
    repeat_request,
    train_job,
)
from emotion_desktop.training.recipe.presets import RECIPES
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.workspace.model_store import ModelStore
from emotion_desktop.workspace.paths import Workspace
from tests.earlier_workspace import earlier_workspace
from tests.training_worker import WORKER


@pytest.fixture
def place(monkeypatch, tmp_path):
    monkeypatch.setattr(worker_process, "_command", lambda: [sys.executable, "-c", WORKER])
    return Workspace(tmp_path / "workspace")


def order(place, notes=""):
    output = place.models / "Mine.emodel"
    return TrainingRequest(RECIPES["quick"], output, "Mine", Path("/data"), seed=7, notes=notes)


def run_one(place, spec, listen=lambda event, context: None):
    context = Context(lambda event: listen(event, context), Resources(place), spec)
    return execute(spec, context)


def only(place):
    (known,) = list_runs(place)
    return known


def test_a_run_that_is_done_is_kept_with_all_that_repeats_it(place):
    told = []
    result = run_one(place, train_job(order(place)), lambda event, _: told.append(event))
    known = only(place)
    run = known.run
    assert run.state is RunState.SUCCEEDED
    assert (run.name, run.place, run.device) == ("Mine", "here", "abacus")
    assert (run.epochs, run.seconds, run.photos, run.fingerprint) == (3, 6.0, 9, "f1")
    assert (run.model, run.scores) == (result["model"], result["scores"])
    assert run.parameters["recipe"] == RECIPES["quick"].to_dict()
    assert len(known.history.epochs) == 3
    assert known.history.log == ("begun", 1, 2, 3)
    assert known.history.began.labels == ("fear",)
    assert not known.can_go_on
    assert (place.run(run.id).path / "run.json").is_file()
    assert [e.epoch for e in told if isinstance(e, Metrics)] == [1, 2, 3]

    with pytest.raises(UsageError, match="cannot go on"):
        go_on_request(place, run)
    again = repeat_request(run, place.models / "Again.emodel").to_dict()
    changed = {key for key in again if again[key] != run.parameters.get(key)}
    assert changed == {"run", "name", "output", "fingerprint"}
    assert again["fingerprint"] == "f1"


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
        run_one(place, train_job(order(place, notes)), listen)
    known = only(place)
    assert (known.run.state, known.run.message) == (state, message)
    assert known.run.epochs == 2
    assert known.can_go_on

    run_one(place, train_job(go_on_request(place, known.run)))
    again = only(place)
    assert again.run.state is RunState.SUCCEEDED
    assert again.run.id == known.run.id
    assert again.run.created == known.run.created
    assert (again.run.epochs, again.run.seconds, again.run.message) == (3, 6.0, "")
    assert len(again.history.epochs) == 3


def test_of_two_programs_that_go_on_with_a_run_at_once_one_trains_it(place):
    with pytest.raises(AppError):
        run_one(place, train_job(order(place, "fail")))
    jobs = [train_job(go_on_request(place, only(place).run)) for _ in range(2)]
    ended = []

    def go_on(job):
        try:
            ended.append(run_one(place, job)["model"])
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
        run_one(place, train_job(order(place, "fail")))
    before = only(place)
    with place.run(before.run.id).owned(), pytest.raises(UsageError, match="another program"):
        run_one(place, train_job(go_on_request(place, before.run)))
    assert only(place) == before


def test_going_on_overwrites_no_other_model(place):
    with pytest.raises(AppError):
        run_one(place, train_job(order(place, "fail")))
    other = place.models / "Mine.emodel"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"another model")
    result = run_one(place, train_job(go_on_request(place, only(place).run)))
    assert result["model"] == str(place.models / "Mine-2.emodel")
    assert other.read_bytes() == b"another model"


def test_a_full_disk_does_not_end_a_run(place, monkeypatch):
    from emotion_desktop.workspace.runs.run_folder import RunFolder

    def full(self, event):
        raise AppError("The disk is full.")

    for name in ("add_began", "add_epoch", "add_log"):
        monkeypatch.setattr(RunFolder, name, full)
    told = []
    run_one(place, train_job(order(place)), lambda event, _: told.append(event))
    assert Log("begun") in told
    assert only(place).run.state is RunState.SUCCEEDED


def test_runs_wait_for_their_turn_in_the_list_and_are_removed_from_it(place):
    request = order(place)
    run_one(place, enlist_job(request))
    queued = only(place).run
    assert (queued.state, queued.name) == (RunState.QUEUED, "Mine")
    assert queued.id == request.run
    with pytest.raises(UsageError, match="Cancel it first"):
        remove_run(place, queued)
    run_one(place, train_job(request))
    run_one(place, enlist_job(request))  # told too late: what is known stays
    done = find_run(place, queued.id[:6])
    assert done.state is RunState.SUCCEEDED
    remove_run(place, done)
    assert list_runs(place) == []
    assert not place.run(done.id).path.exists()


def test_a_run_that_never_began_is_written_down_as_it_ended(place):
    request = order(place)
    run_one(place, enlist_job(request))
    cancelled = replace(queued_run(request), state=RunState.CANCELLED, message="m", hint="h")
    run_one(place, end_run_job(cancelled))
    run = only(place).run
    assert (run.state, run.message, run.hint) == (RunState.CANCELLED, "m", "h")
    assert run.ended is not None
    assert run.parameters == request.to_dict()


def test_listing_is_a_quiet_job(place):
    class Journal:
        def save_job(self, record):
            raise AssertionError("it is not kept")

    run_one(place, train_job(order(place)))
    manager = JobManager(Resources(place), Journal())
    jobs = [manager.submit(overview_job()), manager.submit(remove_run_job(only(place).run))]
    records = [manager.wait(job, 30) for job in jobs]
    manager.shutdown()
    assert [record.state for record in records] == [JobState.SUCCEEDED] * 2
    overview = records[0].outcome.result
    assert [known.run.name for known in overview.runs] == ["Mine"]
    assert {"builtin", "Mine"} <= set(overview.models)
    assert (overview.splits, overview.labelled) == ((), 0)
    assert list_runs(place) == []


def earlier(tmp_path, name):
    place = earlier_workspace(tmp_path / "earlier")
    (run,) = (known.run for known in list_runs(place) if known.run.name == name)
    return place, run


@pytest.mark.parametrize("name", ["paused", "failed"])
def test_runs_of_an_earlier_version_go_on(place, tmp_path, name):
    place, run = earlier(tmp_path, name)
    request = go_on_request(place, run)
    assert request.recipe.fractions == ((0.6, 0.2, 0.2) if name == "paused" else (0.7, 0.15, 0.15))
    run_one(place, train_job(request))
    (again,) = (known for known in list_runs(place) if known.run.id == run.id)
    assert again.run.state is RunState.SUCCEEDED
    assert (again.run.epochs, len(again.history.epochs)) == (3, 3)


def test_a_run_of_an_earlier_version_is_repeated(place, tmp_path):
    place, run = earlier(tmp_path, "done")
    request = repeat_request(run, place.models / "again.emodel")
    assert (request.seed, request.fingerprint) == (7, "f1")
    assert request.data == place.root / "data"
    run_one(place, train_job(request))
    assert (place.models / "again.emodel").is_file()


def test_a_run_with_what_this_version_does_not_do_is_refused_in_words(place, tmp_path):
    place, run = earlier(tmp_path, "paused")
    gone = {**run.parameters, "recipe": {**run.parameters["recipe"], "movements": 1.0}}
    with pytest.raises(UsageError, match="another version"):
        go_on_request(place, replace(run, parameters=gone))


def write_model_of(run, path):
    """A bundle as a training of this run writes it."""
    from emotion_desktop.assets import BUILTIN_MODEL
    from emotion_desktop.engines.bundle import read_bundle, write_bundle

    made = read_bundle(BUILTIN_MODEL)
    origin = made.card.provenance
    named = replace(origin, recipe={**origin.recipe, "run": run})
    files = {name: made.read(name) for name in made.files if name != "CARD.md"}
    write_bundle(path, replace(made.card, provenance=named), files)


@pytest.mark.parametrize("name", ["Mine", "Mine-2"])
def test_going_on_takes_the_model_that_was_written_before_the_kill(place, name):
    """Killed between the bundle and the record of the run."""
    with pytest.raises(AppError):
        run_one(place, train_job(order(place, "fail")))
    run = only(place).run
    path = place.models / f"{name}.emodel"
    write_model_of(run.id, path)
    write_model_of("another run", place.models / "Another.emodel")
    (place.models / "Damaged.emodel").write_bytes(b"no model")
    result = run_one(place, train_job(go_on_request(place, run)))
    assert result["model"] == str(path)
    after = only(place)
    assert (after.run.state, after.run.model) == (RunState.SUCCEEDED, str(path))
    assert after.run.scores["mean_recall"] == result["scores"]["mean_recall"]
    assert not after.can_go_on
    assert sorted(ModelStore(place.models).names()) == sorted(
        ["builtin", "builtin-fast", "Another", "Damaged", name]
    )


def test_a_run_whose_end_could_not_be_written_down_is_one_model(place, monkeypatch):
    """The catalogue is locked when the training ends."""
    from emotion_desktop.workspace.runs.runs import Runs

    real = Runs.save

    def locked(self, run):
        if run.state is RunState.SUCCEEDED:
            raise AppError("Another program is writing into this workspace.")
        real(self, run)

    with monkeypatch.context() as patch:
        patch.setattr(Runs, "save", locked)
        result = run_one(place, train_job(order(place)))
    run = only(place).run
    write_model_of(run.id, Path(result["model"]))
    # Its program is gone by then.
    with place.open_catalogue() as catalogue, catalogue.writing() as connection:
        connection.execute("UPDATE runs SET owner = 0")
    known = only(place)
    assert known.run.state is RunState.INTERRUPTED
    assert known.can_go_on
    again = run_one(place, train_job(go_on_request(place, known.run)))
    assert again["model"] == result["model"]
    assert len(list(place.models.iterdir())) == 1
