"""Under which key the predictions of a model are cached."""

from dataclasses import replace

import pytest

from emotion_desktop.engines import predictor
from emotion_desktop.engines.predictor import BundlePredictor
from emotion_desktop.imaging.prepare import FaceMode
from emotion_desktop.workspace.predictions.cache import PredictionCache
from tests.ensembles import some_ensemble


def unused():
    pytest.fail("nothing is loaded before a photo is read")


def made(bundle, faces=FaceMode.FIND, engine=""):
    return BundlePredictor("m", bundle, unused, unused, faces, PredictionCache(None), engine)


def key(*args, **kwargs):
    return made(*args, **kwargs).key


def test_the_key_changes_with_all_that_answers_depend_on(builtin, monkeypatch):
    alone, ensemble = replace(builtin.card, experts=None), some_ensemble(builtin.card.labels)
    quiet = replace(builtin, card=alone)
    loud = replace(builtin, card=replace(alone, experts=ensemble))
    keys = [key(loud, faces) for faces in FaceMode]
    keys += [key(loud, engine="onnx"), key(replace(loud, digest="another")), key(quiet)]
    monkeypatch.setattr(predictor, "EXPERT_FEATURES_VERSION", predictor.EXPERT_FEATURES_VERSION + 1)
    keys.append(key(loud))
    assert key(quiet) == keys[-2]  # it needs no expert features
    monkeypatch.setattr(predictor, "PREPARE_VERSION", predictor.PREPARE_VERSION + 1)
    keys += [key(loud), key(quiet)]
    assert len(set(keys)) == len(keys)
    assert key(loud) == keys[-2]


def test_nothing_is_loaded_where_nothing_is_to_be_read(builtin):
    assert list(made(builtin).predict([])) == []
