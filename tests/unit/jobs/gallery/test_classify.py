"""The verbs “classify” and “evaluate”, and getting ready for them, as jobs."""

import shutil
import threading

import pytest

from emotion_desktop.assets import BUILTIN_MODEL, SAMPLES
from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import BundleError
from emotion_desktop.domain.job import Batch, JobState, Progress
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.engines.bundle import KERAS, write_bundle
from emotion_desktop.engines.table import LITERT
from emotion_desktop.jobs import table
from emotion_desktop.jobs.comparing.specs import evaluate_job
from emotion_desktop.jobs.gallery.specs import classify_job
from emotion_desktop.jobs.models.specs import warm_up_job
from emotion_desktop.jobs.predicting.labelled_set import LabelledSource
from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
from emotion_desktop.jobs.predicting.model_choice import ModelChoice
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running.manager import JobManager
from emotion_desktop.workspace.paths import Workspace
from tests.faces import FACELESS, PORTRAITS, make_data_set


@pytest.fixture
def manager(tmp_path):
    made = JobManager(Resources(Workspace(tmp_path / "workspace")))
    yield made
    made.shutdown()


BUILTIN = ModelChoice("Built-in", str(BUILTIN_MODEL))


def run(manager, job):
    """The job's record once it is over, and its events."""
    events = []
    stop = manager.subscribe(lambda _, event: events.append(event))
    record = manager.wait(manager.submit(job), 60)
    stop()
    return record, events


def test_photos_are_classified(manager, tmp_path):
    (tmp_path / "notes.jpg").write_text("text")
    record, events = run(manager, classify_job([SAMPLES, tmp_path], BUILTIN_MODEL, "find"))
    assert record.state is JobState.SUCCEEDED
    assert record.outcome.result == {"ok": 3, "no_face": 1, "unreadable": 1}
    results = [item for event in events if isinstance(event, Batch) for item in event.items]
    assert [result.path.split("/")[-1] for result in results] == [
        *sorted((*PORTRAITS, FACELESS)),
        "notes.jpg",
    ]
    last = [event for event in events if isinstance(event, Progress)][-1]
    assert (last.done, last.total) == (5, 5)


def test_a_model_that_cannot_be_used_fails_the_job(manager, tmp_path):
    (tmp_path / "bad.emodel").write_bytes(b"x")
    record, _ = run(manager, classify_job([SAMPLES], tmp_path / "bad.emodel", "find"))
    assert record.state is JobState.FAILED
    assert "not a model file" in record.outcome.message


def test_cancelling_ends_it_within_a_moment(manager, monkeypatch):
    first = threading.Event()
    manager.subscribe(lambda _, event: isinstance(event, Batch) and first.set())
    classify = table.CLASSIFY_PHOTOS.load()

    def endless(context, **parameters):
        while not context.cancelled:
            classify(context, **parameters)
        context.check_cancelled()

    monkeypatch.setattr(table.JobKind, "load", lambda _: endless)
    job = manager.submit(classify_job([SAMPLES / PORTRAITS[0]], BUILTIN_MODEL, "find"))
    assert first.wait(30)
    manager.cancel(job)
    assert manager.wait(job, 5).state is JobState.CANCELLED


def test_a_title_says_what_it_is_about(tmp_path):
    one = classify_job([tmp_path / "a.jpg"], BUILTIN_MODEL, "find")
    many = classify_job([tmp_path] * 2000, BUILTIN_MODEL, "find")
    assert one.title == "Classify a.jpg"
    assert many.title == "Classify 2,000 files and folders"


def test_a_model_is_loaded_once_and_again_when_its_file_changes(builtin, tmp_path):
    loaded = LoadedModels()
    path = tmp_path / "m.emodel"
    shutil.copy(builtin.path, path)
    first = loaded.classifier(path)
    assert loaded.classifier(path) is first
    files = {KERAS: b"another", LITERT: builtin.read(LITERT)}
    write_bundle(path, builtin.card, files)
    assert loaded.classifier(path) is not first
    path.unlink()
    with pytest.raises(BundleError):
        loaded.classifier(path)


def test_getting_ready_leaves_errors_to_who_needs_it(manager, tmp_path):
    record, _ = run(manager, warm_up_job(tmp_path / "missing.emodel"))
    assert record.state is JobState.SUCCEEDED
    record, _ = run(manager, warm_up_job(BUILTIN_MODEL))
    assert record.state is JobState.SUCCEEDED


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_data_set(tmp_path_factory.mktemp("data"), 2, 3, faceless=2, broken=1)


def test_a_model_is_scored(manager, data):
    record, _ = run(manager, evaluate_job([BUILTIN], LabelledSource(path=str(data)), "find"))
    assert record.state is JobState.SUCCEEDED
    (model,) = record.outcome.result.scores.models
    scores = model.scores
    assert scores.photos == 8 * 2 * 3 + 3
    assert scores.persons == 8 * 2 + 3
    assert scores.interval_by == "person"
    assert scores.unanswered == 3
    assert scores.labels == EMOTIONS
    assert scores.left_out == {}


def test_photos_a_model_was_trained_on_do_not_judge_it(manager, data, builtin, tmp_path):
    photos = sorted((data / "images").glob("*.jpg"))
    files = {KERAS: b"x", LITERT: builtin.read(LITERT)}

    def evaluate(known, include=False):
        path = tmp_path / "m.emodel"
        write_bundle(path, builtin.card, files, [digest(p.read_bytes()) for p in known])
        chosen = [ModelChoice("m", str(path))]
        source = LabelledSource(path=str(data))
        job = evaluate_job(chosen, source, "find", include_trained_on=include)
        return run(manager, job)[0]

    some = evaluate(photos[:20]).outcome.result.scores.models[0].scores
    assert (some.photos, some.left_out) == (len(photos) - 20, {"trained_on": 20})
    flattered = evaluate(photos[:20], include=True).outcome.result.scores.models[0].scores
    assert (flattered.photos, flattered.left_out) == (len(photos), {})
    nothing_left = evaluate(photos)
    assert nothing_left.state is JobState.FAILED
    assert "trained on every one" in nothing_left.outcome.message


def test_a_photo_is_an_entry_even_twice_and_by_other_names(manager, tmp_path):
    for name in ("a.jpg", "b.jpg"):
        shutil.copy(SAMPLES / PORTRAITS[0], tmp_path / name)
    _, events = run(manager, classify_job([tmp_path], BUILTIN_MODEL, "find"))
    results = [item for event in events if isinstance(event, Batch) for item in event.items]
    assert [result.status for result in results] == [PhotoStatus.OK] * 2
    assert results[0].faces == results[1].faces
