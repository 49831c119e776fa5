"""Looking for doubtful labels, as a job and as a verb."""

import csv
import json
import shutil

import numpy as np
import pytest

from emotion_desktop.assets import FAST_MODEL
from emotion_desktop.cli.main import main
from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.domain.errors import CancelledError, DataError
from emotion_desktop.engines.bundle import KERAS, read_bundle, write_bundle
from emotion_desktop.engines.extractors import GeneralFeatures, NetFeatures
from emotion_desktop.engines.litert import LiteRTClassifier
from emotion_desktop.engines.table import LITERT, ONNX
from emotion_desktop.imaging.decode import decode
from emotion_desktop.imaging.prepare import FaceMode, prepare_faces
from emotion_desktop.jobs.comparing.specs import label_issues_job
from emotion_desktop.jobs.predicting.labelled_set import LabelledSource
from emotion_desktop.jobs.predicting.model_choice import ModelChoice
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running.context import Context
from emotion_desktop.jobs.running.execute import call
from emotion_desktop.workspace.paths import Workspace
from tests.faces import PORTRAITS, SAMPLES, make_data_set
from tests.unit.jobs.asking import result_of


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Photos of three faces; the emotion is the face, but for two labels that are wrong."""
    folder = make_data_set(
        tmp_path_factory.mktemp("data"), 30, 2, emotions=("anger",), faceless=2, broken=1
    )
    rows = []
    for path in sorted((folder / "images").glob("*.jpg")):
        person = int(path.name.split("_")[1])
        emotion = ("anger", "happiness", "surprise")[person % 3]
        rows.append([path.name, emotion])
    rows[0][1] = rows[20][1] = "neutral"
    rows[0][1], rows[21][1] = rows[1][1], rows[21][1]
    wrong = {rows[4][0]: "surprise" if rows[4][1] != "surprise" else "anger"}
    rows[4][1] = wrong[rows[4][0]]
    rows[20][1] = rows[21][1]
    with (folder / "data" / "legend.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("image", "emotion"), *rows])
    return folder, wrong


def judge(place, source, models=()):
    spec = label_issues_job(models, LabelledSource(path=str(source)))
    return result_of(spec, Workspace(place))


def test_a_wrong_label_stands_first(data, tmp_path):
    folder, wrong = data
    found = judge(tmp_path, folder)
    assert {found.labels[0].sample.path.name: found.labels[0].sample.emotion} == wrong
    assert found.labels[0].suspect
    assert found.labels[0].suggestion_probability > found.labels[0].label_probability
    assert found.unscored == 3
    assert judge(tmp_path, folder) == found


def test_models_judge_where_they_were_not_trained(data, builtin, tmp_path):
    folder, _ = data
    known = tmp_path / "known.emodel"
    photos = [p.read_bytes() for p in sorted((folder / "images").glob("*.jpg"))]
    files = {KERAS: b"x", LITERT: builtin.read(LITERT)}
    write_bundle(known, builtin.card, files, [digest(photo) for photo in photos])
    fresh = ModelChoice("Fresh", str(builtin.path))
    trained = ModelChoice("Trained", str(known))
    alone = judge(tmp_path, folder)
    both = judge(tmp_path, folder, [fresh, trained])
    assert [model.split(",")[0] for model in both.models[1:]] == ["Fresh"]
    assert both.labels != alone.labels
    assert judge(tmp_path, folder, [trained]) == alone


def test_too_few_photos_are_refused(tmp_path):
    few = make_data_set(tmp_path / "few", 1, 2, emotions=("anger", "fear"))
    with pytest.raises(DataError, match="too few"):
        judge(tmp_path, few)


def test_it_can_be_cancelled(data, tmp_path):
    spec = label_issues_job([], LabelledSource(path=str(data[0])))
    context = Context(lambda _: context.cancel(), Resources(Workspace(tmp_path)), spec)
    with pytest.raises(CancelledError):
        call(spec, context)


def test_the_verb(data, tmp_path, capsys):
    folder, wrong = data
    out = tmp_path / "out.json"
    assert main(["doubtful", "--data", str(folder), "--top", "3", "--json", str(out)]) == 0
    printed = capsys.readouterr().out
    (name,) = wrong
    assert name in printed
    assert "suspects" in printed
    assert "cannot be told" in printed or "about" in printed
    rows = json.loads(out.read_text())["labels"]
    assert rows[0]["path"].endswith(name)
    assert main(["doubtful"]) == 2


def test_features_see_faces_not_labels(finder, builtin, tmp_path):
    general, own = GeneralFeatures(), NetFeatures(builtin)
    assert general.key != own.key
    for extractor in (general, own):
        need = extractor.preprocessing
        looks = [
            prepare_faces(SAMPLES / name, finder, need, FaceMode.FIND)[1][0].pixels
            for name in PORTRAITS
        ]
        vectors = extractor.extract(np.stack(looks))
        assert vectors.shape[0] == 3
        assert np.isfinite(vectors).all()
        assert vectors[1] == pytest.approx(extractor.extract(looks[1][None])[0], abs=1e-4)
        # A mirrored face is nearer to itself than to another one.
        turned = extractor.extract(looks[0][None, :, ::-1])[0]
        gaps = np.linalg.norm(vectors - turned, axis=1)
        assert gaps.argmin() == 0


def test_the_nets_own_features_lead_to_its_answers():
    """One linear layer lies between them and the logits: it can be found, and it holds."""
    bundle = read_bundle(FAST_MODEL)
    extractor = NetFeatures(bundle)
    rng = np.random.default_rng(0)
    size = extractor.preprocessing.size
    face = decode(SAMPLES / PORTRAITS[0]).pixels[:size, :size, :1]
    faces = np.clip(face + rng.normal(0, 60, (260, size, size, 1)), 0, 255).astype(np.uint8)
    features, logits = extractor.extract(faces), LiteRTClassifier(bundle).logits(faces)
    known = np.hstack([features, np.ones((len(faces), 1))])
    weights, *_ = np.linalg.lstsq(known[:230], logits[:230], rcond=None)
    assert known[230:] @ weights == pytest.approx(logits[230:], abs=0.05)


def test_a_net_that_cannot_be_looked_into_is_refused(builtin, tmp_path):
    from emotion_desktop.domain.errors import BundleError

    path = tmp_path / "bad.emodel"
    write_bundle(path, builtin.card, {KERAS: b"x", LITERT: b"no net"})
    with pytest.raises(BundleError):
        NetFeatures(read_bundle(path)).extract(np.zeros((1, 64, 64, 1), np.uint8))
    write_bundle(path, builtin.card, {ONNX: b"no net"})
    with pytest.raises(BundleError, match="cannot be looked into"):
        NetFeatures(read_bundle(path)).extract(np.zeros((1, 64, 64, 1), np.uint8))
    shutil.rmtree(tmp_path)
