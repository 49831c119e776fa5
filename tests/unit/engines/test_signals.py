"""A close look at real faces."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from emotion_desktop.domain.signals import (
    JUDGES,
    MOVEMENTS,
    OPINIONS_AT,
    SIGNALS,
    SignalVoice,
    mirrored,
)
from emotion_desktop.engines.bundle import LITERT, write_bundle
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.engines.litert import LiteRTClassifier
from emotion_desktop.engines.pipeline import answer
from emotion_desktop.engines.signals import CLOSE_UP, SignalReader, spoken
from emotion_desktop.imaging.look import Faces, look_at
from tests.faces import PORTRAITS, SAMPLES


@pytest.fixture(scope="module")
def reader():
    return SignalReader()


@pytest.fixture(scope="module")
def close_ups(finder):
    looks = [look_at(SAMPLES / name, finder, CLOSE_UP, Faces.FIND)[1][0] for name in PORTRAITS]
    return np.stack([look.pixels for look in looks])


def some_voice(labels, seed=0):
    rng = np.random.default_rng(seed)
    return SignalVoice(
        tuple(rng.uniform(0, 0.5, SIGNALS).tolist()),
        tuple(tuple(row) for row in rng.normal(size=(SIGNALS, len(labels))).tolist()),
        tuple(rng.normal(size=len(labels)).tolist()),
    )


def test_a_smile_is_seen(reader, close_ups):
    signals = reader.read(close_ups)
    assert signals.shape == (len(close_ups), SIGNALS)
    movements = signals[:, : len(MOVEMENTS)]
    assert movements.min() >= 0
    assert movements.max() <= 1
    # The first and the third smile, Grace Hopper does not, and nobody's jaw hangs.
    for side in ("left", "right"):
        corner = movements[:, MOVEMENTS.index(f"{side} mouth corner up")]
        assert (corner > 0.6).tolist() == [True, False, True]
    assert (movements[:, MOVEMENTS.index("jaw open")] < 0.5).all()


def test_a_mirrored_face_moves_the_other_way_round(reader, close_ups):
    movements = reader.read(close_ups)[:, : len(MOVEMENTS)]
    other = reader.read(close_ups[:, :, ::-1])[:, mirrored()]
    assert np.abs(other - movements).mean() < 0.08


@pytest.mark.parametrize("judge", JUDGES)
def test_the_other_nets_see_the_smile_too(reader, close_ups, judge):
    opinions = reader.read(close_ups)[:, OPINIONS_AT[judge]]
    assert np.allclose(np.exp(opinions).sum(axis=1), 1, atol=5e-3)
    named = [JUDGES[judge][number] for number in opinions.argmax(axis=1)]
    assert named[0] == named[2] == "happiness"
    assert named[1] != "happiness"


def test_many_faces_at_once_are_as_each_alone(reader, close_ups):
    movements = reader.read(close_ups)
    assert reader.read(close_ups[:0]).shape == (0, SIGNALS)
    with ThreadPoolExecutor(4) as pool:
        alone = list(pool.map(lambda n: reader.read(close_ups[n : n + 1])[0], [0, 1, 2] * 4))
    assert np.array_equal(np.stack(alone), np.concatenate([movements] * 4))


def test_what_signals_say_follows_the_formula():
    voice = some_voice(("a", "b", "c"))
    movements = np.random.default_rng(1).uniform(0, 1, (5, SIGNALS)).astype(np.float32)
    expected = [
        [
            sum(
                (float(m) - mean) * row[label]
                for m, mean, row in zip(face, voice.means, voice.weights, strict=True)
            )
            + voice.bias[label]
            for label in range(3)
        ]
        for face in movements
    ]
    assert np.allclose(spoken(voice, movements), expected, atol=1e-5)


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
    results = [r for batch in answer(paths, listening, finder, Faces.FIND) for r in batch]
    need = card.preprocessing
    faces = np.stack([look_at(p, finder, need, Faces.FIND)[1][0].pixels for p in paths])
    logits = listening.logits(faces) + spoken(voice, reader.read(close_ups))
    expected = calibrate(logits, card.calibration)
    found = [[r.faces[0].probabilities[label] for label in card.labels] for r in results]
    assert np.allclose(found, expected, atol=1e-6)
    silent = calibrate(listening.logits(faces), card.calibration)
    assert np.abs(expected - silent).max() > 0.05
