"""Expert features of a data set, and the ensemble that is fitted on them."""

from dataclasses import replace

import numpy as np
import pytest

from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.domain.errors import CancelledError, UnreadablePictureError
from emotion_desktop.domain.experts import (
    BLENDSHAPES,
    EXPERT_FEATURES,
    EXPERTS,
    LOG_PROBABILITY_SLICES,
    REGRESSION_FEATURES,
    mirrored_blendshapes,
)
from emotion_desktop.domain.job import Progress
from emotion_desktop.engines.experts import EXPERT_PREPROCESSING, ExpertExtractor, ensemble_logits
from emotion_desktop.imaging.faces import make_face_finder
from emotion_desktop.imaging.prepare import FaceMode, prepare_faces
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.training.data import expert_features as module
from emotion_desktop.training.data.expert_features import extract_expert_features, fit_ensemble
from emotion_desktop.training.data.face_store import FaceStore
from emotion_desktop.training.data.pictures import prepare_pictures
from emotion_desktop.training.recipe.presets import RECIPES
from emotion_desktop.workspace.predictions.cache import PredictionCache
from tests.faces import make_data_set

SMILE = BLENDSHAPES.index("left mouth corner up")
BROW = BLENDSHAPES.index("left brow down")
NO_EXPERTS = dict.fromkeys((f"{name}_weight" for name in EXPERTS), 0.0)


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


def test_features_of_a_face_are_computed_once_and_kept(samples, pictures, tmp_path, monkeypatch):
    events = []
    with PredictionCache(tmp_path / "readings.sqlite") as cache:
        found = extract_expert_features(samples, pictures, cache, LocalContext(events.append))
        finder, extractor = make_face_finder(), ExpertExtractor()
        for sample, row, features in zip(samples, pictures.rows, found, strict=True):
            if row < 0:
                assert not features.any()
                continue
            _, (face, *_) = prepare_faces(sample.path, finder, EXPERT_PREPROCESSING, FaceMode.FIND)
            assert np.array_equal(features, extractor.extract(face.pixels[None])[0])
        assert events[-1] == Progress(4, 4, "expert features, 4 of 4")
        monkeypatch.setattr(module, "prepare_faces", None)
        again = extract_expert_features(samples, pictures, cache, LocalContext(lambda event: None))
        assert np.array_equal(again, found)


def test_features_of_a_photo_that_was_away_are_computed_the_next_time(
    samples, pictures, tmp_path, monkeypatch
):
    def away(*_):
        raise UnreadablePictureError("There is no such file.")

    with PredictionCache(tmp_path / "readings.sqlite") as cache:
        with monkeypatch.context() as patch:
            patch.setattr(module, "prepare_faces", away)
            assert not extract_expert_features(
                samples, pictures, cache, LocalContext(lambda _: None)
            ).any()
        found = extract_expert_features(samples, pictures, cache, LocalContext(lambda _: None))
        assert (found.any(axis=1) == (pictures.rows >= 0)).all()


def test_computing_features_can_be_cancelled(samples, pictures, tmp_path):
    context = LocalContext(lambda event: None)
    context.cancel()
    with PredictionCache(tmp_path / "readings.sqlite") as cache, pytest.raises(CancelledError):
        extract_expert_features(samples, pictures, cache, context)


def moved(rng, count, **strength):
    """Faces at rest but for some movements, of which the experts are undecided."""
    faces = np.full((count, EXPERT_FEATURES), -np.log(7), np.float32)
    faces[:, len(BLENDSHAPES) : REGRESSION_FEATURES] = 0
    faces[:, : len(BLENDSHAPES)] = rng.uniform(0, 0.2, (count, len(BLENDSHAPES)))
    for number, value in strength.items():
        faces[:, int(number[1:])] += value
    return faces


def fitted(features, targets, labels=3, **weights):
    recipe = replace(RECIPES["best"], **{"regression_weight": 1.0, **NO_EXPERTS, **weights})
    return fit_ensemble(features, targets, ("anger", "happiness", "neutral")[:labels], recipe)


def test_a_dozen_faces_are_enough_to_learn_what_a_movement_means():
    rng = np.random.default_rng(0)
    rest, smiles, frowns = (
        moved(rng, 300),
        moved(rng, 100, **{f"n{SMILE}": 0.6}),
        moved(rng, 12, **{f"n{BROW}": 0.6}),
    )
    features = np.concatenate([frowns, smiles, rest])
    targets = np.repeat(np.array([0, 1, 2], np.int32), [12, 100, 300])
    ensemble = fitted(features, targets)
    unseen = np.concatenate(
        [moved(rng, 5, **{f"n{BROW}": 0.6}), moved(rng, 5, **{f"n{SMILE}": 0.6}), moved(rng, 5)]
    )
    logits = ensemble_logits(ensemble, unseen)
    assert (logits.argmax(axis=1) == np.repeat([0, 1, 2], 5)).all()
    # Which side of the face it is makes no difference.
    turned = unseen.copy()
    turned[:, : len(BLENDSHAPES)] = unseen[:, mirrored_blendshapes()]
    assert np.allclose(ensemble_logits(ensemble, turned), logits, atol=1e-3)
    assert ensemble.strongest_blendshapes(unseen[0].tolist(), 0, 1) == ["brow down"]
    # The weight scales the logits.
    assert np.allclose(
        ensemble_logits(fitted(features, targets, regression_weight=0.3), unseen), 0.3 * logits
    )


def test_a_movement_that_hardly_ever_came_does_not_drown_the_others():
    rng = np.random.default_rng(1)
    features = moved(rng, 200)
    features[:, BROW] = 1e-3
    features[100:, SMILE] += 0.6
    targets = np.repeat(np.array([0, 1], np.int32), 100)
    features[:100, BROW] = 2e-3  # tells both apart, by nothing that can be seen
    ensemble = fitted(features, targets, 2)
    face = features[150:151].copy()
    before = ensemble_logits(ensemble, face)
    face[0, BROW] = 1.0
    assert np.abs(ensemble_logits(ensemble, face) - before).max() < np.abs(before).max() * 3
    assert (ensemble_logits(ensemble, features).argmax(axis=1) == targets).mean() > 0.95


@pytest.mark.parametrize("expert", EXPERTS)
def test_an_expert_counts_without_its_prior(expert):
    rng = np.random.default_rng(3)
    features = moved(rng, 300)
    names = EXPERTS[expert]
    probabilities = np.full((300, len(names)), 0.02)
    targets = np.repeat(np.array([0, 1, 2], np.int32), 100)
    # It has a liking for neutral, and says so even of angry faces.
    for label, (neutral, happiness, anger) in enumerate(
        [(0.6, 0.1, 0.2), (0.4, 0.5, 0.02), (0.8, 0.1, 0.02)]
    ):
        for name, share in (("neutral", neutral), ("happiness", happiness), ("anger", anger)):
            probabilities[targets == label, names.index(name)] = share
    features[:, LOG_PROBABILITY_SLICES[expert]] = np.log(
        probabilities / probabilities.sum(axis=1, keepdims=True)
    )
    ensemble = fitted(features, targets, regression_weight=0.0, **{f"{expert}_weight": 0.5})
    assert ensemble_logits(ensemble, features).argmax(axis=1).tolist() == targets.tolist()
    assert not np.array(ensemble.weights)[:REGRESSION_FEATURES].any()
    assert ensemble.strongest_blendshapes(features[0].tolist(), 0, 3) == []


@pytest.mark.parametrize("expert", EXPERTS)
def test_an_emotion_that_an_expert_does_not_know_is_not_likely_for_that(expert):
    rng = np.random.default_rng(6)
    features = moved(rng, 90)
    names = EXPERTS[expert]
    targets = np.repeat(np.array([0, 1, 2], np.int32), 30)
    labels = ("contempt", "happiness", "neutral")
    probabilities = np.full((90, len(names)), 1e-3)
    probabilities[:60, names.index("happiness")] = 1
    probabilities[60:, names.index("neutral")] = 1
    features[:, LOG_PROBABILITY_SLICES[expert]] = np.log(
        probabilities / probabilities.sum(axis=1, keepdims=True)
    )
    weights = {**NO_EXPERTS, f"{expert}_weight": 1.0, "regression_weight": 0.0}
    logits = ensemble_logits(
        fit_ensemble(features, targets, labels, replace(RECIPES["best"], **weights)), features
    )
    # Nobody who smiles comes near contempt, and where the expert is in doubt it stays possible.
    smile = logits[30]
    assert smile.argmax() == 1
    assert smile[0] == pytest.approx((smile[1] + smile[2]) / 2)


def test_photos_without_features_teach_nothing():
    rng = np.random.default_rng(5)
    features = np.concatenate([moved(rng, 40, **{f"n{BROW}": 0.6}), moved(rng, 40)])
    features[40:, SMILE] += 0.6
    targets = np.repeat(np.array([0, 1], np.int32), 40)
    away = np.concatenate([features, np.zeros((30, EXPERT_FEATURES), np.float32)])
    assert fitted(away, np.append(targets, np.zeros(30, np.int32)), 2) == fitted(
        features, targets, 2
    )
    # An emotion of which none could be measured is still one of the labels.
    none = np.concatenate([features, np.zeros((5, EXPERT_FEATURES), np.float32)])
    assert len(fitted(none, np.append(targets, np.full(5, 2, np.int32))).bias) == 3


def test_a_frequent_emotion_does_not_fill_the_memory(monkeypatch):
    rng = np.random.default_rng(4)
    features = np.concatenate([moved(rng, 12, **{f"n{BROW}": 0.6}), moved(rng, 90), moved(rng, 90)])
    features[102:, SMILE] += 0.6
    targets = np.repeat(np.array([0, 1, 2], np.int32), [12, 90, 90])
    asked = []

    class Table:
        def __getitem__(self, which):
            asked.extend(which.tolist())
            return features[which]

    monkeypatch.setattr(module, "_MOST_PER_EMOTION", 30)
    fit_ensemble(Table(), targets, ("anger", "happiness", "neutral"), RECIPES["best"])
    assert np.bincount(targets[asked]).tolist() == [12, 30, 30]
    assert asked == sorted(set(asked))


def test_two_emotions_are_as_good_as_many():
    rng = np.random.default_rng(2)
    features = np.concatenate([moved(rng, 90), moved(rng, 90, **{f"n{SMILE}": 0.6})])
    targets = np.repeat(np.array([0, 1], np.int32), 90)
    ensemble = fitted(features, targets, 2)
    assert len(ensemble.bias) == 2
    assert (ensemble_logits(ensemble, features).argmax(axis=1) == targets).mean() > 0.95
