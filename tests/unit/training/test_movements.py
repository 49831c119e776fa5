"""Movements of a data set, and what is learnt from them."""

import numpy as np
import pytest

from emotion_desktop.dataset.labels import read_labelled
from emotion_desktop.domain.errors import CancelledError
from emotion_desktop.domain.job import Progress
from emotion_desktop.domain.movements import MOVEMENTS, mirrored
from emotion_desktop.engines.movements import CLOSE_UP, MovementReader, spoken
from emotion_desktop.imaging.faces import FaceFinder
from emotion_desktop.imaging.look import Faces, look_at
from emotion_desktop.jobs.context import LocalContext
from emotion_desktop.training import movements as module
from emotion_desktop.training.cache import PictureCache
from emotion_desktop.training.movements import learn, measure
from emotion_desktop.training.pictures import prepare_pictures
from emotion_desktop.training.recipes import RECIPES
from emotion_desktop.workspace.readings import Readings
from tests.faces import make_data_set

SMILE = MOVEMENTS.index("left mouth corner up")
BROW = MOVEMENTS.index("left brow down")


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    folder = make_data_set(
        tmp_path_factory.mktemp("faces"), 1, emotions=("fear", "neutral"), faceless=1, broken=1
    )
    return read_labelled(folder).samples


@pytest.fixture(scope="module")
def pictures(samples, tmp_path_factory):
    cache = PictureCache(tmp_path_factory.mktemp("cache"))
    need = RECIPES["best"].preprocessing
    return prepare_pictures(samples, need, cache, LocalContext(lambda event: None))


def test_each_face_is_measured_once_and_remembered(samples, pictures, tmp_path, monkeypatch):
    events = []
    with Readings(tmp_path / "readings.sqlite") as readings:
        found = measure(samples, pictures, readings, LocalContext(events.append))
        finder, reader = FaceFinder(), MovementReader()
        for sample, row, movements in zip(samples, pictures.rows, found, strict=True):
            if row < 0:
                assert not movements.any()
                continue
            _, (look, *_) = look_at(sample.path, finder, CLOSE_UP, Faces.FIND)
            assert np.array_equal(movements, reader.read(look.pixels[None])[0])
        assert events[-1] == Progress(4, 4, "measuring movements, 4 of 4")
        monkeypatch.setattr(module, "look_at", None)
        again = measure(samples, pictures, readings, LocalContext(lambda event: None))
        assert np.array_equal(again, found)


def test_measuring_can_be_cancelled(samples, pictures, tmp_path):
    context = LocalContext(lambda event: None)
    context.cancel()
    with Readings(tmp_path / "readings.sqlite") as readings, pytest.raises(CancelledError):
        measure(samples, pictures, readings, context)


def moved(rng, count, **strength):
    faces = rng.uniform(0, 0.05, (count, len(MOVEMENTS))).astype(np.float32)
    for number, value in strength.items():
        faces[:, int(number[1:])] += value
    return faces


def test_a_dozen_faces_are_enough_to_learn_what_a_movement_means():
    rng = np.random.default_rng(0)
    rest, smiles, frowns = (
        moved(rng, 300),
        moved(rng, 100, **{f"n{SMILE}": 0.6}),
        moved(rng, 12, **{f"n{BROW}": 0.6}),
    )
    movements = np.concatenate([rest, smiles, frowns])
    targets = np.repeat(np.array([0, 1, 2], np.int32), [300, 100, 12])
    voice = learn(movements, targets, 3, share=1.0)
    unseen = np.concatenate(
        [moved(rng, 5), moved(rng, 5, **{f"n{SMILE}": 0.6}), moved(rng, 5, **{f"n{BROW}": 0.6})]
    )
    said = spoken(voice, unseen)
    assert (said.argmax(axis=1) == np.repeat([0, 1, 2], 5)).all()
    # Which side of the face it is makes no difference.
    assert np.allclose(spoken(voice, unseen[:, mirrored()]), said, atol=1e-3)
    assert voice.spoke_for(unseen[-1].tolist(), 2, 1) == ["brow down"]
    # The share is a share of what is said.
    assert np.allclose(spoken(learn(movements, targets, 3, share=0.3), unseen), 0.3 * said)


def test_a_movement_that_hardly_ever_came_does_not_drown_the_others():
    rng = np.random.default_rng(1)
    movements = moved(rng, 200)
    movements[:, BROW] = 1e-6
    movements[100:, SMILE] += 0.6
    targets = np.repeat(np.array([0, 1], np.int32), 100)
    movements[:100, BROW] = 2e-6  # tells both apart, by nothing that can be seen
    voice = learn(movements, targets, 2, share=1.0)
    face = movements[150:151].copy()
    before = spoken(voice, face)
    face[0, BROW] = 1.0
    assert np.abs(spoken(voice, face) - before).max() < np.abs(before).max() * 3
    assert spoken(voice, movements).argmax(axis=1).tolist() == targets.tolist()


def test_two_emotions_are_as_good_as_many():
    rng = np.random.default_rng(2)
    movements = np.concatenate([moved(rng, 90), moved(rng, 90, **{f"n{SMILE}": 0.6})])
    targets = np.repeat(np.array([0, 1], np.int32), 90)
    voice = learn(movements, targets, 2, share=0.5)
    assert len(voice.bias) == 2
    assert spoken(voice, movements).argmax(axis=1).tolist() == targets.tolist()
