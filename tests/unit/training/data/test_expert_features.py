"""A close look at a data set, and what is learnt from it."""

from dataclasses import replace

import numpy as np
import pytest

from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.domain.errors import CancelledError, UnreadablePictureError
from emotion_desktop.domain.experts import (
    BLENDSHAPES,
    EXPERTS,
    LEARNT,
    OPINIONS_AT,
    SIGNALS,
    mirrored,
)
from emotion_desktop.domain.job import Progress
from emotion_desktop.engines.experts import CLOSE_UP, ExpertReader, spoken
from emotion_desktop.imaging.faces import FaceFinder
from emotion_desktop.imaging.prepare import FaceMode, look_at
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.training.data import expert_features as module
from emotion_desktop.training.data.expert_features import learn, measure
from emotion_desktop.training.data.face_store import FaceStore
from emotion_desktop.training.data.pictures import prepare_pictures
from emotion_desktop.training.recipe.recipes import RECIPES
from emotion_desktop.workspace.predictions.store import PredictionStore
from tests.faces import make_data_set

SMILE = BLENDSHAPES.index("left mouth corner up")
BROW = BLENDSHAPES.index("left brow down")


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    folder = make_data_set(
        tmp_path_factory.mktemp("faces"), 1, emotions=("fear", "neutral"), faceless=1, broken=1
    )
    return read_labelled(folder).samples


@pytest.fixture(scope="module")
def pictures(samples, tmp_path_factory):
    cache = FaceStore(tmp_path_factory.mktemp("cache"))
    need = RECIPES["best"].preprocessing
    return prepare_pictures(samples, need, cache, LocalContext(lambda event: None))


def test_each_face_is_measured_once_and_remembered(samples, pictures, tmp_path, monkeypatch):
    events = []
    with PredictionStore(tmp_path / "readings.sqlite") as readings:
        found = measure(samples, pictures, readings, LocalContext(events.append))
        finder, reader = FaceFinder(), ExpertReader()
        for sample, row, signals in zip(samples, pictures.rows, found, strict=True):
            if row < 0:
                assert not signals.any()
                continue
            _, (look, *_) = look_at(sample.path, finder, CLOSE_UP, FaceMode.FIND)
            assert np.array_equal(signals, reader.read(look.pixels[None])[0])
        assert events[-1] == Progress(4, 4, "looking closely, 4 of 4")
        monkeypatch.setattr(module, "look_at", None)
        again = measure(samples, pictures, readings, LocalContext(lambda event: None))
        assert np.array_equal(again, found)


def test_a_photo_that_was_away_for_a_moment_is_measured_the_next_time(
    samples, pictures, tmp_path, monkeypatch
):
    def away(*_):
        raise UnreadablePictureError("There is no such file.")

    with PredictionStore(tmp_path / "readings.sqlite") as readings:
        with monkeypatch.context() as patch:
            patch.setattr(module, "look_at", away)
            assert not measure(samples, pictures, readings, LocalContext(lambda _: None)).any()
        found = measure(samples, pictures, readings, LocalContext(lambda _: None))
        assert (found.any(axis=1) == (pictures.rows >= 0)).all()


def test_measuring_can_be_cancelled(samples, pictures, tmp_path):
    context = LocalContext(lambda event: None)
    context.cancel()
    with PredictionStore(tmp_path / "readings.sqlite") as readings, pytest.raises(CancelledError):
        measure(samples, pictures, readings, context)


def moved(rng, count, **strength):
    """Faces at rest but for some movements, and of which the other nets think nothing."""
    faces = np.full((count, SIGNALS), -np.log(7), np.float32)
    faces[:, len(BLENDSHAPES) : LEARNT] = 0
    faces[:, : len(BLENDSHAPES)] = rng.uniform(0, 0.2, (count, len(BLENDSHAPES)))
    for number, value in strength.items():
        faces[:, int(number[1:])] += value
    return faces


def told(signals, targets, labels=3, **shares):
    recipe = replace(
        RECIPES["best"], **{"close_look": 1.0, **dict.fromkeys(EXPERTS, 0.0), **shares}
    )
    return learn(signals, targets, ("anger", "happiness", "neutral")[:labels], recipe)


def test_a_dozen_faces_are_enough_to_learn_what_a_movement_means():
    rng = np.random.default_rng(0)
    rest, smiles, frowns = (
        moved(rng, 300),
        moved(rng, 100, **{f"n{SMILE}": 0.6}),
        moved(rng, 12, **{f"n{BROW}": 0.6}),
    )
    signals = np.concatenate([frowns, smiles, rest])
    targets = np.repeat(np.array([0, 1, 2], np.int32), [12, 100, 300])
    voice = told(signals, targets)
    unseen = np.concatenate(
        [moved(rng, 5, **{f"n{BROW}": 0.6}), moved(rng, 5, **{f"n{SMILE}": 0.6}), moved(rng, 5)]
    )
    said = spoken(voice, unseen)
    assert (said.argmax(axis=1) == np.repeat([0, 1, 2], 5)).all()
    # Which side of the face it is makes no difference.
    turned = unseen.copy()
    turned[:, : len(BLENDSHAPES)] = unseen[:, mirrored()]
    assert np.allclose(spoken(voice, turned), said, atol=1e-3)
    assert voice.spoke_for(unseen[0].tolist(), 0, 1) == ["brow down"]
    # The share is a share of what is said.
    assert np.allclose(spoken(told(signals, targets, close_look=0.3), unseen), 0.3 * said)


def test_a_movement_that_hardly_ever_came_does_not_drown_the_others():
    rng = np.random.default_rng(1)
    signals = moved(rng, 200)
    signals[:, BROW] = 1e-3
    signals[100:, SMILE] += 0.6
    targets = np.repeat(np.array([0, 1], np.int32), 100)
    signals[:100, BROW] = 2e-3  # tells both apart, by nothing that can be seen
    voice = told(signals, targets, 2)
    face = signals[150:151].copy()
    before = spoken(voice, face)
    face[0, BROW] = 1.0
    assert np.abs(spoken(voice, face) - before).max() < np.abs(before).max() * 3
    assert (spoken(voice, signals).argmax(axis=1) == targets).mean() > 0.95


@pytest.mark.parametrize("judge", EXPERTS)
def test_another_nets_opinion_is_heard_without_its_prior(judge):
    rng = np.random.default_rng(3)
    signals = moved(rng, 300)
    names = EXPERTS[judge]
    opinions = np.full((300, len(names)), 0.02)
    targets = np.repeat(np.array([0, 1, 2], np.int32), 100)
    # It has a liking for neutral, and says so even of angry faces.
    for label, (neutral, happiness, anger) in enumerate(
        [(0.6, 0.1, 0.2), (0.4, 0.5, 0.02), (0.8, 0.1, 0.02)]
    ):
        for name, share in (("neutral", neutral), ("happiness", happiness), ("anger", anger)):
            opinions[targets == label, names.index(name)] = share
    signals[:, OPINIONS_AT[judge]] = np.log(opinions / opinions.sum(axis=1, keepdims=True))
    voice = told(signals, targets, close_look=0.0, **{judge: 0.5})
    assert spoken(voice, signals).argmax(axis=1).tolist() == targets.tolist()
    assert not np.array(voice.weights)[:LEARNT].any()
    assert voice.spoke_for(signals[0].tolist(), 0, 3) == []


@pytest.mark.parametrize("judge", EXPERTS)
def test_an_emotion_that_a_judge_does_not_know_is_not_likely_for_that(judge):
    rng = np.random.default_rng(6)
    signals = moved(rng, 90)
    names = EXPERTS[judge]
    targets = np.repeat(np.array([0, 1, 2], np.int32), 30)
    labels = ("contempt", "happiness", "neutral")
    opinions = np.full((90, len(names)), 1e-3)
    opinions[:60, names.index("happiness")] = 1
    opinions[60:, names.index("neutral")] = 1
    signals[:, OPINIONS_AT[judge]] = np.log(opinions / opinions.sum(axis=1, keepdims=True))
    shares = {**dict.fromkeys(EXPERTS, 0.0), judge: 1.0, "close_look": 0.0}
    said = spoken(learn(signals, targets, labels, replace(RECIPES["best"], **shares)), signals)
    # Nobody who smiles comes near contempt, and where the judge is in doubt it stays possible.
    smile = said[30]
    assert smile.argmax() == 1
    assert smile[0] == pytest.approx((smile[1] + smile[2]) / 2)


def test_photos_that_could_not_be_measured_teach_nothing():
    rng = np.random.default_rng(5)
    signals = np.concatenate([moved(rng, 40, **{f"n{BROW}": 0.6}), moved(rng, 40)])
    signals[40:, SMILE] += 0.6
    targets = np.repeat(np.array([0, 1], np.int32), 40)
    away = np.concatenate([signals, np.zeros((30, SIGNALS), np.float32)])
    assert told(away, np.append(targets, np.zeros(30, np.int32)), 2) == told(signals, targets, 2)
    # An emotion of which none could be measured is still one of the labels.
    none = np.concatenate([signals, np.zeros((5, SIGNALS), np.float32)])
    assert len(told(none, np.append(targets, np.full(5, 2, np.int32))).bias) == 3


def test_a_frequent_emotion_does_not_fill_the_memory(monkeypatch):
    rng = np.random.default_rng(4)
    signals = np.concatenate([moved(rng, 12, **{f"n{BROW}": 0.6}), moved(rng, 90), moved(rng, 90)])
    signals[102:, SMILE] += 0.6
    targets = np.repeat(np.array([0, 1, 2], np.int32), [12, 90, 90])
    asked = []

    class Table:
        def __getitem__(self, which):
            asked.extend(which.tolist())
            return signals[which]

    monkeypatch.setattr(module, "_ENOUGH", 30)
    learn(Table(), targets, ("anger", "happiness", "neutral"), RECIPES["best"])
    assert np.bincount(targets[asked]).tolist() == [12, 30, 30]
    assert asked == sorted(set(asked))


def test_two_emotions_are_as_good_as_many():
    rng = np.random.default_rng(2)
    signals = np.concatenate([moved(rng, 90), moved(rng, 90, **{f"n{SMILE}": 0.6})])
    targets = np.repeat(np.array([0, 1], np.int32), 90)
    voice = told(signals, targets, 2)
    assert len(voice.bias) == 2
    assert (spoken(voice, signals).argmax(axis=1) == targets).mean() > 0.95
