"""Features are made once; what could not be looked at is not remembered as having none."""

import shutil

import numpy as np
import pytest

from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.engines.extractors import GeneralFeatures
from emotion_desktop.jobs.predicting.features import features_of
from emotion_desktop.workspace.predictions.cache import PredictionCache
from tests.faces import FACELESS, PORTRAITS, SAMPLES


@pytest.fixture
def cache(tmp_path):
    with PredictionCache(tmp_path / "readings.sqlite") as made:
        yield made


def test_a_photo_that_was_away_is_looked_at_when_it_is_back(tmp_path, finder, cache):
    portrait = SAMPLES / PORTRAITS[0]
    photos = {tmp_path / "a.jpg": digest(portrait.read_bytes())}
    assert features_of(photos, GeneralFeatures(), finder, cache) == {}
    shutil.copy(portrait, tmp_path / "a.jpg")
    assert list(features_of(photos, GeneralFeatures(), finder, cache)) == list(photos)


def test_nothing_is_looked_at_twice_faces_or_not(tmp_path, finder, cache, monkeypatch):
    photos = {
        SAMPLES / name: digest((SAMPLES / name).read_bytes()) for name in (PORTRAITS[0], FACELESS)
    }
    first = features_of(photos, GeneralFeatures(), finder, cache)
    assert list(first) == [SAMPLES / PORTRAITS[0]]
    monkeypatch.setattr("emotion_desktop.jobs.predicting.features.prepare_faces", None)
    again = features_of(photos, GeneralFeatures(), finder, cache)
    assert np.array_equal(again[SAMPLES / PORTRAITS[0]], first[SAMPLES / PORTRAITS[0]])
