"""Models of MXNet: brought in, answering in both engines alike, refused in words."""

from __future__ import annotations

import gc
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from emotion_desktop.assets import SAMPLES
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import AppError, BundleError, UsageError
from emotion_desktop.domain.external_model import parse_labels
from emotion_desktop.domain.files.model_files import is_model
from emotion_desktop.engines.bundle import read_bundle
from emotion_desktop.engines.extractors import NetFeatures
from emotion_desktop.engines.loading import load_classifier
from emotion_desktop.engines.mxnet.module import load_mxnet
from emotion_desktop.jobs.gallery.specs import classify_job
from emotion_desktop.jobs.models.specs import describe_mxnet_job, import_mxnet_job
from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
from emotion_desktop.jobs.predicting.remote_classifier import RemoteClassifier
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running.context import Context
from emotion_desktop.jobs.running.execute import execute
from emotion_desktop.jobs.running.manager import JobManager
from emotion_desktop.workspace.model_store import ModelStore
from emotion_desktop.workspace.paths import Workspace
from tests.unit.engines.mxnet_models import make_archive, pack_archive
from tests.unit.engines.mxnet_nets import bare_shortcut, faces, random_params, saved

NOWHERE = Workspace(Path("nowhere"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    return make_archive(tmp_path_factory.mktemp("archive") / "model.tar.gz")


@pytest.fixture(scope="module")
def imported(archive, tmp_path_factory) -> Path:
    place = Workspace(tmp_path_factory.mktemp("workspace"))
    assert run(import_mxnet_job(archive, EMOTIONS, name="cloud"), place) == "cloud"
    return ModelStore(place.models).resolve("cloud")


@pytest.fixture
def loaded():
    made = LoadedModels()
    yield made
    made.close()


def run(job, place=NOWHERE):
    return execute(job, Context(lambda _: None, Resources(place), job))


def test_it_is_looked_into(archive):
    assert run(describe_mxnet_job(archive)) == {"classes": 8, "size": 32}


def test_the_bundle_has_both_engines_and_prefers_onnx(imported):
    bundle = read_bundle(imported, verify=True)
    assert bundle.engines == ("onnx", "mxnet")
    assert bundle.engine() == "onnx"
    assert bundle.card.labels == EMOTIONS
    assert (bundle.card.preprocessing.size, bundle.card.preprocessing.channels) == (32, 3)
    with pytest.raises(UsageError, match="nothing for the engine"):
        bundle.engine("litert")


def test_the_original_notebooks_model_is_brought_in(tmp_path, loaded):
    """Grey pictures of 350 × 350, and a label that the graph calls ``out_label``."""
    archive = make_archive(tmp_path / "model.tar.gz", (1, 350, 350), layers=18, label="out_label")
    place = Workspace(tmp_path)
    run(import_mxnet_job(archive, EMOTIONS, name="notebook"), place)
    path = ModelStore(place.models).resolve("notebook")
    need = read_bundle(path).card.preprocessing
    assert (need.size, need.channels) == (350, 1)
    seen = faces(2, (1, 350, 350))
    quick, reference = (
        loaded.classifier(path, engine).logits(seen) for engine in ("onnx", "mxnet")
    )
    assert np.abs(_softmax(quick) - _softmax(reference)).max() < 1e-4


def _softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def test_both_engines_answer_alike(imported, loaded):
    seen = faces(37, (3, 32, 32))
    quick, reference = loaded.classifier(imported), loaded.classifier(imported, "mxnet")
    assert isinstance(reference, RemoteClassifier)
    assert reference.card == quick.card
    expected = reference.logits(seen)
    assert expected.shape == (37, 8)
    assert np.abs(quick.logits(seen) - expected).max() < 1e-4
    assert reference.logits(seen[:0]).shape == (0, 8)
    assert np.allclose(reference.logits(seen[3:4]), expected[3:4], atol=1e-5)


def test_photos_are_classified_by_either(imported, tmp_path):
    answers = {}
    for engine in ("onnx", "mxnet"):
        results = []
        manager = JobManager(Resources(Workspace(tmp_path)))
        manager.subscribe(lambda _, event, to=results: to.extend(getattr(event, "items", ())))
        job = classify_job([SAMPLES / "official_portrait.jpg"], imported, "find", engine)
        manager.wait(manager.submit(job), 120)
        manager.shutdown()
        answers[engine] = results[0].faces[0].probabilities
    assert set(answers["onnx"]) == set(EMOTIONS)
    for emotion, value in answers["onnx"].items():
        assert answers["mxnet"][emotion] == pytest.approx(value, abs=1e-4)


def test_layers_that_fusion_spoils_are_not_fused(tmp_path, loaded):
    mx = load_mxnet()
    symbol = bare_shortcut(mx, 8)
    raw = saved(mx, symbol, random_params(mx, symbol, (3, 28, 28)), tmp_path)
    source = pack_archive(tmp_path / "model.tar.gz", *raw, (3, 28, 28))
    place = Workspace(tmp_path)
    run(import_mxnet_job(source, EMOTIONS, name="bare"), place)
    path = ModelStore(place.models).resolve("bare")
    notes = read_bundle(path).card.provenance.notes
    assert "On 12 test pictures it answers as MXNet does, within" in notes
    seen = faces(4, (3, 28, 28))
    by_onnx, by_mxnet = (loaded.classifier(path, e).logits(seen) for e in ("onnx", "mxnet"))
    assert np.abs(by_onnx - by_mxnet).max() < 1e-3


def test_answers_of_the_two_engines_are_kept_apart(imported, loaded):
    keys = {loaded.predictor(str(imported), "find", e).key for e in ("", "onnx", "mxnet")}
    assert len(keys) == 2


def test_a_process_that_died_is_said_and_started_again(imported, loaded):
    reference = loaded.classifier(imported, "mxnet")
    seen = faces(2, (3, 32, 32))
    first = reference.logits(seen)
    os.kill(reference._conversation._process.pid, signal.SIGKILL)
    with pytest.raises(AppError, match="killed"):
        reference.logits(seen)
    assert np.allclose(reference.logits(seen), first)


def test_no_process_is_left_behind(imported):
    reference = RemoteClassifier(imported, read_bundle(imported).card, "mxnet")
    reference.logits(faces(1, (3, 32, 32)))
    process = reference._conversation._process
    del reference
    gc.collect()
    assert process.poll() is not None


def test_what_the_process_cannot_load_is_said(builtin, tmp_path):
    gone = RemoteClassifier(tmp_path / "gone.emodel", builtin.card, "mxnet")
    with pytest.raises(AppError, match="no model file"):
        gone.logits(np.zeros((1, 64, 64, 1), np.uint8))
    with pytest.raises(AppError, match="nothing for the engine"):
        RemoteClassifier(builtin.path, builtin.card, "mxnet").logits(
            np.zeros((1, 64, 64, 1), np.uint8)
        )


def test_labels_in_words():
    assert parse_labels("Happy, SAD,angry") == ("happiness", "sadness", "anger")
    for text in ("", "anger", "anger,anger", "anger,joyful", "happy,joy"):
        with pytest.raises(UsageError):
            parse_labels(text)


def test_refusals_leave_nothing_behind(archive, tmp_path):
    place = Workspace(tmp_path)
    with pytest.raises(AppError, match="8 classes, and 7 labels"):
        run(import_mxnet_job(archive, EMOTIONS[:7]), place)
    with pytest.raises(AppError, match="cannot be a model's name"):
        run(import_mxnet_job(archive, EMOTIONS, name="../x"), place)
    assert ModelStore(place.models).names() == ["builtin", "builtin-fast"]
    assert not list(tmp_path.rglob("*.emodel"))


def test_a_model_of_many_other_things_is_refused(tmp_path):
    other = make_archive(tmp_path / "cats.tar.gz", classes=20)
    with pytest.raises((BundleError, AppError), match="20 classes"):
        run(describe_mxnet_job(other))


def test_names_of_models():
    for name in ("a.emodel", "model.tar.gz", "M.TGZ", "x-symbol.json", "x-0001.params"):
        assert is_model(Path(name))
    for name in ("a.jpg", "a.csv", "symbol.json", "a.gz"):
        assert not is_model(Path(name))


def test_its_own_features_lead_to_its_answers(imported):
    """One linear layer lies between them and the logits: it can be found, and it holds."""
    bundle = read_bundle(imported)
    need = bundle.card.preprocessing
    shown = np.random.default_rng(0).integers(
        0, 256, (400, need.size, need.size, need.channels), np.uint8
    )
    features = NetFeatures(bundle).extract(shown)
    logits = load_classifier(bundle).logits(shown)
    assert features.shape[1] > logits.shape[1]
    known = np.hstack([features, np.ones((len(shown), 1))])
    weights, *_ = np.linalg.lstsq(known[:300], logits[:300], rcond=None)
    spread = logits[300:].std(axis=0).min()
    assert known[300:] @ weights == pytest.approx(logits[300:], abs=float(0.02 * spread))
