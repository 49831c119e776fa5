"""Expert features of real faces, and the logits that an ensemble makes of them."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from emotion_desktop.domain.experts import (
    BLENDSHAPES,
    EMBEDDING_SLICES,
    EXPERT_FEATURES,
    EXPERT_PARTS,
    EXPERTS,
    LOG_PROBABILITY_SLICES,
    MIN_LOG_PROBABILITY,
    REGRESSION_FEATURES,
    ExpertEnsemble,
    mirrored_blendshapes,
)
from emotion_desktop.engines.bundle import write_bundle
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.engines.experts import EXPERT_PREPROCESSING, ExpertExtractor, ensemble_logits
from emotion_desktop.engines.litert import LiteRTClassifier
from emotion_desktop.engines.pipeline import predict
from emotion_desktop.engines.table import LITERT
from emotion_desktop.imaging.prepare import FaceMode, prepare_faces
from tests.ensembles import some_ensemble
from tests.faces import PORTRAITS, SAMPLES


@pytest.fixture(scope="module")
def extractor():
    return ExpertExtractor()


@pytest.fixture(scope="module")
def pixels(finder):
    looks = [
        prepare_faces(SAMPLES / name, finder, EXPERT_PREPROCESSING, FaceMode.FIND)[1][0]
        for name in PORTRAITS
    ]
    return np.stack([look.pixels for look in looks])


def test_a_smile_is_seen(extractor, pixels):
    features = extractor.extract(pixels)
    assert features.shape == (len(pixels), EXPERT_FEATURES)
    movements = features[:, : len(BLENDSHAPES)]
    assert movements.min() >= 0
    assert movements.max() <= 1
    # The first and the third smile, Grace Hopper does not, and nobody's jaw hangs.
    for side in ("left", "right"):
        corner = movements[:, BLENDSHAPES.index(f"{side} mouth corner up")]
        assert (corner > 0.6).tolist() == [True, False, True]
    assert (movements[:, BLENDSHAPES.index("jaw open")] < 0.5).all()


def test_a_mirrored_face_moves_the_other_way_round(extractor, pixels):
    movements = extractor.extract(pixels)[:, : len(BLENDSHAPES)]
    other = extractor.extract(pixels[:, :, ::-1])[:, mirrored_blendshapes()]
    assert np.abs(other - movements).mean() < 0.08


@pytest.mark.parametrize("expert", EXPERTS)
def test_the_other_nets_see_the_smile_too(extractor, pixels, expert):
    log_probabilities = extractor.extract(pixels)[:, LOG_PROBABILITY_SLICES[expert]]
    assert np.allclose(np.exp(log_probabilities).sum(axis=1), 1, atol=5e-3)
    named = [EXPERTS[expert][number] for number in log_probabilities.argmax(axis=1)]
    assert named[0] == named[2] == "happiness"
    assert named[1] != "happiness"


@pytest.mark.parametrize("expert", EXPERTS)
def test_log_probabilities_of_experts_are_cut_off(extractor, pixels, expert):
    # A black picture, and one of noise: what a net has never seen it may be sure of.
    noise = np.random.default_rng(0).integers(0, 256, pixels[:1].shape, np.uint8)
    odd = np.concatenate([pixels, np.zeros_like(pixels[:1]), noise])
    log_probabilities = extractor.extract(odd)[:, LOG_PROBABILITY_SLICES[expert]]
    assert log_probabilities.min() >= -8
    assert log_probabilities.max() <= 0


def test_many_faces_at_once_are_as_each_alone(extractor, pixels):
    movements = extractor.extract(pixels)
    assert extractor.extract(pixels[:0]).shape == (0, EXPERT_FEATURES)
    with ThreadPoolExecutor(4) as pool:
        alone = list(pool.map(lambda n: extractor.extract(pixels[n : n + 1])[0], [0, 1, 2] * 4))
    assert np.array_equal(np.stack(alone), np.concatenate([movements] * 4))


def test_the_ensembles_logits_follow_the_formula():
    ensemble = some_ensemble(("a", "b", "c"))
    faces = np.random.default_rng(1).uniform(0, 1, (5, EXPERT_FEATURES)).astype(np.float32)
    expected = []
    for face in faces:
        logits, of_experts = list(ensemble.bias), [0.0] * 3
        for number, (value, mean, row) in enumerate(
            zip(face, ensemble.means, ensemble.weights, strict=True)
        ):
            part = logits if number < REGRESSION_FEATURES else of_experts
            for label in range(3):
                part[label] += (float(value) - mean) * row[label]
        most = max(logits)
        total = most + math.log(sum(math.exp(logit - most) for logit in logits))
        expected.append(
            [
                0.7 * max(z - total, MIN_LOG_PROBABILITY) + j
                for z, j in zip(logits, of_experts, strict=True)
            ]
        )
    assert np.allclose(ensemble_logits(ensemble, faces), expected, atol=1e-5)


def test_what_was_learnt_from_one_source_cannot_outvote_all_others():
    labels = ("a", "b")
    weights = np.zeros((EXPERT_FEATURES, 2))
    weights[0] = (0, 500)  # as sure of b as can be
    weights[REGRESSION_FEATURES] = (4, 0)  # an expert says a
    ensemble = ExpertEnsemble(
        (0.0,) * EXPERT_FEATURES, tuple(map(tuple, weights.tolist())), (0.0, 0.0), 1.0
    )
    faces = np.zeros((2, EXPERT_FEATURES), np.float32)
    faces[:, 0] = 1
    faces[1, REGRESSION_FEATURES] = 1
    logits = ensemble_logits(ensemble, faces)
    assert logits[0].tolist() == [MIN_LOG_PROBABILITY, 0]
    assert labels[logits[1].argmax()] == "a"


def test_without_a_regression_only_the_experts_count():
    ensemble = replace(some_ensemble(("a", "b", "c")), regression_weight=0.0)
    faces = np.random.default_rng(1).uniform(0, 1, (2, EXPERT_FEATURES)).astype(np.float32)
    faces[1, REGRESSION_FEATURES:] = faces[0, REGRESSION_FEATURES:]
    logits = ensemble_logits(ensemble, faces)
    assert np.allclose(logits[0], logits[1])


def test_a_model_with_an_ensemble_adds_its_logits(tmp_path, builtin, finder, extractor, pixels):
    ensemble = some_ensemble(builtin.card.labels)
    card = replace(builtin.card, experts=ensemble)
    classifier = LiteRTClassifier(
        write_bundle(tmp_path / "classifier.emodel", card, {LITERT: builtin.read(LITERT)})
    )
    assert classifier.card.experts == ensemble
    paths = [SAMPLES / name for name in PORTRAITS]
    results = [r for batch in predict(paths, classifier, finder, FaceMode.FIND) for r in batch]
    need = card.preprocessing
    faces = np.stack([prepare_faces(p, finder, need, FaceMode.FIND)[1][0].pixels for p in paths])
    logits = classifier.logits(faces) + ensemble_logits(ensemble, extractor.extract(pixels))
    expected = calibrate(logits, card.calibration)
    found = [[r.faces[0].probabilities[label] for label in card.labels] for r in results]
    assert np.allclose(found, expected, atol=1e-6)
    silent = calibrate(classifier.logits(faces), card.calibration)
    assert np.abs(expected - silent).max() > 0.05


def test_only_the_parts_that_are_wanted_are_computed(extractor, pixels):
    everything = extractor.extract(pixels)
    one = extractor.extract(pixels, frozenset({"face_api"}))
    wanted = np.zeros(EXPERT_FEATURES, bool)
    wanted[EMBEDDING_SLICES["face_api"]] = wanted[LOG_PROBABILITY_SLICES["face_api"]] = True
    assert (one[:, wanted] == everything[:, wanted]).all()
    assert not one[:, ~wanted].any()


def test_an_ensemble_takes_the_parts_that_have_a_weight(extractor, pixels):
    ensemble = some_ensemble(("anger", "fear"))
    assert ensemble.parts == EXPERT_PARTS
    weights = [(0.0, 0.0)] * EXPERT_FEATURES
    place = LOG_PROBABILITY_SLICES["py_feat"]
    weights[place] = ensemble.weights[place]
    heard = replace(ensemble, weights=tuple(weights), regression_weight=0.0)
    assert heard.parts == {"py_feat"}
    # What it does not take changes nothing.
    of_parts = ensemble_logits(heard, extractor.extract(pixels, heard.parts))
    assert of_parts == pytest.approx(ensemble_logits(heard, extractor.extract(pixels)))
