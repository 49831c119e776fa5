"""A close look at real faces."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from emotion_desktop.domain.experts import (
    BLENDSHAPES,
    EXPERTS,
    LEARNT,
    LEAST_LIKELY,
    OPINIONS_AT,
    SIGNALS,
    ExpertEnsemble,
    mirrored,
)
from emotion_desktop.engines.bundle import LITERT, write_bundle
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.engines.experts import CLOSE_UP, ExpertReader, spoken
from emotion_desktop.engines.litert import LiteRTClassifier
from emotion_desktop.engines.pipeline import answer
from emotion_desktop.imaging.prepare import FaceMode, look_at
from tests.faces import PORTRAITS, SAMPLES


@pytest.fixture(scope="module")
def reader():
    return ExpertReader()


@pytest.fixture(scope="module")
def close_ups(finder):
    looks = [look_at(SAMPLES / name, finder, CLOSE_UP, FaceMode.FIND)[1][0] for name in PORTRAITS]
    return np.stack([look.pixels for look in looks])


def some_voice(labels, seed=0):
    rng = np.random.default_rng(seed)
    return ExpertEnsemble(
        tuple(rng.uniform(0, 0.5, SIGNALS).tolist()),
        tuple(tuple(row) for row in rng.normal(size=(SIGNALS, len(labels))).tolist()),
        tuple(rng.normal(size=len(labels)).tolist()),
        share=0.7,
    )


def test_a_smile_is_seen(reader, close_ups):
    signals = reader.read(close_ups)
    assert signals.shape == (len(close_ups), SIGNALS)
    movements = signals[:, : len(BLENDSHAPES)]
    assert movements.min() >= 0
    assert movements.max() <= 1
    # The first and the third smile, Grace Hopper does not, and nobody's jaw hangs.
    for side in ("left", "right"):
        corner = movements[:, BLENDSHAPES.index(f"{side} mouth corner up")]
        assert (corner > 0.6).tolist() == [True, False, True]
    assert (movements[:, BLENDSHAPES.index("jaw open")] < 0.5).all()


def test_a_mirrored_face_moves_the_other_way_round(reader, close_ups):
    movements = reader.read(close_ups)[:, : len(BLENDSHAPES)]
    other = reader.read(close_ups[:, :, ::-1])[:, mirrored()]
    assert np.abs(other - movements).mean() < 0.08


@pytest.mark.parametrize("judge", EXPERTS)
def test_the_other_nets_see_the_smile_too(reader, close_ups, judge):
    opinions = reader.read(close_ups)[:, OPINIONS_AT[judge]]
    assert np.allclose(np.exp(opinions).sum(axis=1), 1, atol=5e-3)
    named = [EXPERTS[judge][number] for number in opinions.argmax(axis=1)]
    assert named[0] == named[2] == "happiness"
    assert named[1] != "happiness"


@pytest.mark.parametrize("judge", EXPERTS)
def test_no_opinion_is_more_certain_than_is_believed(reader, close_ups, judge):
    # A black picture, and one of noise: what a net has never seen it may be sure of.
    noise = np.random.default_rng(0).integers(0, 256, close_ups[:1].shape, np.uint8)
    odd = np.concatenate([close_ups, np.zeros_like(close_ups[:1]), noise])
    opinions = reader.read(odd)[:, OPINIONS_AT[judge]]
    assert opinions.min() >= -8
    assert opinions.max() <= 0


def test_many_faces_at_once_are_as_each_alone(reader, close_ups):
    movements = reader.read(close_ups)
    assert reader.read(close_ups[:0]).shape == (0, SIGNALS)
    with ThreadPoolExecutor(4) as pool:
        alone = list(pool.map(lambda n: reader.read(close_ups[n : n + 1])[0], [0, 1, 2] * 4))
    assert np.array_equal(np.stack(alone), np.concatenate([movements] * 4))


def test_what_signals_say_follows_the_formula():
    voice = some_voice(("a", "b", "c"))
    faces = np.random.default_rng(1).uniform(0, 1, (5, SIGNALS)).astype(np.float32)
    expected = []
    for face in faces:
        logits, judged = list(voice.bias), [0.0] * 3
        for number, (value, mean, row) in enumerate(
            zip(face, voice.means, voice.weights, strict=True)
        ):
            part = logits if number < LEARNT else judged
            for label in range(3):
                part[label] += (float(value) - mean) * row[label]
        most = max(logits)
        total = most + math.log(sum(math.exp(logit - most) for logit in logits))
        expected.append(
            [0.7 * max(z - total, LEAST_LIKELY) + j for z, j in zip(logits, judged, strict=True)]
        )
    assert np.allclose(spoken(voice, faces), expected, atol=1e-5)


def test_what_was_learnt_from_one_source_cannot_outvote_all_others():
    labels = ("a", "b")
    weights = np.zeros((SIGNALS, 2))
    weights[0] = (0, 500)  # as sure of b as can be
    weights[LEARNT] = (4, 0)  # a judge says a
    voice = ExpertEnsemble((0.0,) * SIGNALS, tuple(map(tuple, weights.tolist())), (0.0, 0.0), 1.0)
    faces = np.zeros((2, SIGNALS), np.float32)
    faces[:, 0] = 1
    faces[1, LEARNT] = 1
    said = spoken(voice, faces)
    assert said[0].tolist() == [LEAST_LIKELY, 0]
    assert labels[said[1].argmax()] == "a"


def test_a_voice_of_judges_alone_says_nothing_of_its_own():
    voice = replace(some_voice(("a", "b", "c")), share=0.0)
    faces = np.random.default_rng(1).uniform(0, 1, (2, SIGNALS)).astype(np.float32)
    faces[1, LEARNT:] = faces[0, LEARNT:]
    said = spoken(voice, faces)
    assert np.allclose(said[0], said[1])


def test_a_model_that_looks_closely_adds_that_to_its_answer(
    tmp_path, builtin, finder, reader, close_ups
):
    voice = some_voice(builtin.card.labels)
    card = replace(builtin.card, signals=voice)
    listening = LiteRTClassifier(
        write_bundle(tmp_path / "listening.emodel", card, {LITERT: builtin.read(LITERT)})
    )
    assert listening.card.signals == voice
    paths = [SAMPLES / name for name in PORTRAITS]
    results = [r for batch in answer(paths, listening, finder, FaceMode.FIND) for r in batch]
    need = card.preprocessing
    faces = np.stack([look_at(p, finder, need, FaceMode.FIND)[1][0].pixels for p in paths])
    logits = listening.logits(faces) + spoken(voice, reader.read(close_ups))
    expected = calibrate(logits, card.calibration)
    found = [[r.faces[0].probabilities[label] for label in card.labels] for r in results]
    assert np.allclose(found, expected, atol=1e-6)
    silent = calibrate(listening.logits(faces), card.calibration)
    assert np.abs(expected - silent).max() > 0.05
