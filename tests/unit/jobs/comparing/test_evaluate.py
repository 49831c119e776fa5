"""Several models on the same photos, as a job and as a verb."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
from sklearn import metrics as reference

from emotion_desktop.assets import BUILTIN_MODEL, SAMPLES
from emotion_desktop.cli.main import main
from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.job import Progress
from emotion_desktop.domain.model import Calibration
from emotion_desktop.engines import predictor
from emotion_desktop.engines.bundle import KERAS, write_bundle
from emotion_desktop.engines.table import LITERT
from emotion_desktop.imaging.copy_code import copy_code
from emotion_desktop.imaging.crop import cut, frame_face
from emotion_desktop.imaging.decode import decode
from emotion_desktop.imaging.faces import make_face_finder
from emotion_desktop.jobs.comparing.specs import evaluate_job
from emotion_desktop.jobs.predicting.labelled_set import LabelledSource
from emotion_desktop.jobs.predicting.model_choice import ModelChoice, choose_models
from emotion_desktop.workspace.model_store import ModelStore
from emotion_desktop.workspace.paths import Workspace
from tests.faces import PORTRAITS, make_data_set
from tests.stored_models import put_model
from tests.unit.engines.bundles import small_files
from tests.unit.jobs.asking import result_of


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_data_set(tmp_path_factory.mktemp("data"), 2, 3, faceless=2, broken=1)


@pytest.fixture
def biased(builtin, tmp_path):
    """The built-in net with a liking for sadness: another model as far as answers go."""
    bias = np.array(builtin.card.calibration.bias)
    bias[builtin.card.labels.index("sadness")] += 20
    card = replace(builtin.card, name="Biased", calibration=Calibration(1.0, tuple(bias)))
    path = tmp_path / "biased.emodel"
    write_bundle(path, card, {KERAS: b"x", LITERT: builtin.read(LITERT)})
    return path


def evaluate(place, models, data, listen=lambda _: None, **more):
    spec = evaluate_job(models, LabelledSource(path=str(data)), "find", **more)
    return result_of(spec, Workspace(place), listen)


def test_two_models_answer_the_same_photos(data, biased, tmp_path):
    models = [ModelChoice("Built-in", str(BUILTIN_MODEL)), ModelChoice("Biased", str(biased))]
    events = []
    comparison = evaluate(tmp_path, models, data, events.append)
    scores = comparison.scores
    assert [model.name for model in scores.models] == ["Built-in", "Biased"]
    assert scores.photos == 8 * 2 * 3 + 3
    sad = scores.emotions.index("sadness")
    assert (comparison.predicted[1] == sad).sum() > (comparison.predicted[0] == sad).sum()
    assert {group.kind for group in scores.groups} <= {"person", "size", "colour"}
    totals = {event.total for event in events if isinstance(event, Progress)}
    assert 2 * scores.photos in totals


def test_nothing_is_classified_twice(data, biased, tmp_path, monkeypatch):
    models = [ModelChoice("Built-in", str(BUILTIN_MODEL)), ModelChoice("Biased", str(biased))]
    first = evaluate(tmp_path, models[:1], data)
    asked = []
    classify = predictor.predict

    def watched(*args, **kwargs):
        for batch in classify(*args, **kwargs):
            asked.extend((prediction.model, prediction.path) for prediction in batch)
            yield batch

    monkeypatch.setattr(predictor, "predict", watched)
    both = evaluate(tmp_path, models, data)
    unreadable = [r for r in first.predictions[0] if r.error is not None]
    assert len(unreadable) == 1
    of_first = [path for bundle, path in asked if bundle == str(BUILTIN_MODEL)]
    assert of_first == [result.path for result in unreadable]
    assert both.predictions[0] == first.predictions[0]
    assert both.scores.models[0].scores == first.scores.models[0].scores
    asked.clear()
    evaluate(tmp_path, models, data)
    assert {path for _, path in asked} == {result.path for result in unreadable}


def test_photos_that_any_of_them_was_trained_on_are_left_out(data, builtin, biased, tmp_path):
    photos = sorted((data / "images").glob("*.jpg"))
    known = tmp_path / "known.emodel"
    files = {KERAS: b"x", LITERT: builtin.read(LITERT)}
    write_bundle(known, builtin.card, files, [digest(p.read_bytes()) for p in photos[:9]])
    models = [ModelChoice("Biased", str(biased)), ModelChoice("Known", str(known))]
    comparison = evaluate(tmp_path, models, data)
    assert comparison.scores.left_out == {"trained_on": 9}
    assert not {s.path for s in comparison.samples} & set(photos[:9])
    flattered = evaluate(tmp_path, models, data, include_trained_on=True)
    assert flattered.scores.photos == comparison.scores.photos + 9


def test_copies_of_training_photos_are_left_out_whatever_was_done_to_them(builtin, tmp_path):
    finder = make_face_finder()
    portraits = {
        name: cut(p, frame_face(finder.find(p)[0], "eyes", 4.0), 320)[:, :, ::-1]
        for name in PORTRAITS
        for p in [decode(SAMPLES / name)]
    }
    learnt, *others = portraits.values()
    turn = cv2.getRotationMatrix2D((160, 160), 5, 1)
    copies = {
        "again.png": learnt,
        "half.jpg": cv2.resize(learnt, (160, 160), interpolation=cv2.INTER_AREA),
        "mirrored.jpg": learnt[:, ::-1],
        "turned.jpg": cv2.warpAffine(learnt, turn, (320, 320)),
        "darker.jpg": cv2.convertScaleAbs(learnt, alpha=0.7),
    }
    photos = tmp_path / "set" / "happiness"
    photos.mkdir(parents=True)
    for name, pixels in {**copies, "one.jpg": others[0], "two.jpg": others[1]}.items():
        cv2.imwrite(str(photos / name), pixels)
    cv2.imwrite(str(tmp_path / "learnt.jpg"), learnt)
    known = tmp_path / "known.emodel"
    data = (tmp_path / "learnt.jpg").read_bytes()
    picture = decode(data)
    code = copy_code(picture, finder.find(picture)[0])
    write_bundle(known, builtin.card, small_files(builtin), [digest(data)], [code])
    models = [ModelChoice("Known", str(known))]
    comparison = evaluate(tmp_path, models, tmp_path / "set")
    assert comparison.scores.left_out["trained_on"] == len(copies)
    assert {s.path.name for s in comparison.samples} == {"one.jpg", "two.jpg"}
    everything = evaluate(tmp_path, models, tmp_path / "set", include_trained_on=True)
    assert everything.scores.photos == len(copies) + 2
    # A bundle of an earlier version knows the very same files alone.
    write_bundle(known, builtin.card, small_files(builtin), [digest(data)])
    assert evaluate(tmp_path, models, tmp_path / "set").scores.photos == len(copies) + 2


def test_models_are_chosen_by_name_or_path(biased, tmp_path):
    place = Workspace(tmp_path)
    put_model(ModelStore(place.models), biased, "mine")
    chosen = choose_models(place, ["builtin", "mine", str(biased)])
    assert [model.name for model in chosen] == ["Built-in", "mine", "biased"]
    assert chosen[2].reference == str(biased)
    twin = tmp_path / "other" / "biased.emodel"
    twin.parent.mkdir()
    twin.write_bytes(biased.read_bytes())
    names = [model.name for model in choose_models(place, [str(biased), str(twin)])]
    assert names == ["biased", str(twin)]
    with pytest.raises(UsageError, match="twice"):
        choose_models(place, ["mine", "mine"])
    with pytest.raises(UsageError, match="no model"):
        choose_models(place, ["missing"])


def test_the_verb_writes_figures_that_anyone_can_compute_again(data, biased, capsys, tmp_path):
    arguments = ["evaluate", "--data", str(data), "--model", "builtin", "--model", str(biased)]
    out = tmp_path / "out.json"
    assert main([*arguments, "--json", str(out)]) == 0
    printed = capsys.readouterr().out
    figures = json.loads(out.read_text())
    rows = figures["answers"]
    assert len(rows) == figures["photos"] == 51
    truth = [row["label"] for row in rows]
    for model in figures["models"]:
        said = [row["answers"][model["name"]] for row in rows]
        named = [answer["emotion"] if answer else "none" for answer in said]
        scores = model["scores"]
        assert scores["accuracy"] == pytest.approx(reference.accuracy_score(truth, named))
        over = scores["mean_recall_over"]
        assert scores["mean_recall"] == pytest.approx(
            reference.recall_score(truth, named, labels=over, average="macro")
        )
        assert f"{scores['accuracy'] * 100:.1f} %" in printed
    assert "Built-in" in printed
    assert "photos that every model gets wrong" in printed
