"""A predictor and its cache: every photo once, in order, whatever was known before."""

import random
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.files import file_stamp
from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.model import Calibration
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
from emotion_desktop.engines import predictor as module
from emotion_desktop.engines.predictor import BundlePredictor
from emotion_desktop.imaging.file_content import read_content
from emotion_desktop.imaging.prepare import FaceMode
from emotion_desktop.jobs.predicting.digests import known_digests
from emotion_desktop.workspace.predictions.cache import PredictionCache


class Net:
    """In place of decoding, faces and net: says at once what is asked, and counts it."""

    def __init__(self, at_once=3):
        self.asked: list[Path] = []
        self._at_once = at_once

    def predict(self, paths, *, stop, model):
        batch = []
        for path in paths:
            if stop():
                return
            self.asked.append(path)
            batch.append(replace(self.say(path), model=model))
            if len(batch) == self._at_once:
                yield batch
                batch = []
        if batch:
            yield batch

    def say(self, path):
        if not path.exists():
            return Prediction(str(path), PhotoStatus.UNREADABLE, error="There is no such file.")
        data = path.read_bytes()
        share = data[0] / 256
        shares = dict.fromkeys(EMOTIONS, 0.0) | {"anger": share, "fear": 1 - share}
        face = FacePrediction(Box(0, 0, 9, 9), Frame(4, 4, 9, 9), shares)
        return Prediction(str(path), PhotoStatus.OK, (face,), size=(9, 9), digest=digest(data))


@pytest.fixture(autouse=True)
def _nets_without_pictures(monkeypatch):
    def predict(paths, net, finder, faces, *, stop, experts, model):
        return net.predict(paths, stop=stop, model=model)

    monkeypatch.setattr(module, "predict", predict)
    monkeypatch.setattr(file_stamp, "_TOO_FRESH", -(10**18))  # files count as old


@pytest.fixture
def cache(tmp_path):
    with PredictionCache(tmp_path / "readings.sqlite") as made:
        yield made


@pytest.fixture
def photos(tmp_path):
    paths = [tmp_path / f"{number:03}.jpg" for number in range(150)]
    for number, path in enumerate(paths):
        path.write_bytes(bytes([number]) + b"content")
    return paths


@pytest.fixture
def make(builtin):
    """Makes a predictor of a net."""

    def predictor(net, cache, model="one.emodel", **changes):
        bundle = replace(builtin, digest=model, card=replace(builtin.card, **changes))
        return BundlePredictor(model, bundle, lambda: net, object, FaceMode.FIND, cache)

    return predictor


def flat(batches):
    return [prediction for batch in batches for prediction in batch]


def test_models_that_are_asked_about_the_same_photos_open_each_once(make, photos, monkeypatch):
    """What the first one finds out is known to the others, even where nothing can be kept."""
    opened = []
    monkeypatch.setattr(
        module, "read_content", lambda path: opened.append(path) or read_content(path)
    )
    digests = {}
    with PredictionCache(None) as nothing_kept:
        for model in ("one.emodel", "two.emodel"):
            said = flat(make(Net(), nothing_kept, model).predict(photos, digests=digests))
            assert [p.digest for p in said] == [digests[photo] for photo in photos]
    assert opened == photos


def test_what_is_known_of_other_photos_does_not_matter(make, cache, photos):
    digests = {}
    flat(make(Net(), cache).predict(photos, digests=digests))
    some = flat(make(Net(), cache).predict(photos[3:5], digests=digests))
    assert [p.path for p in some] == [str(p) for p in photos[3:5]]


def test_nothing_is_asked_twice(make, cache, photos):
    first = Net()
    said = flat(make(first, cache).predict(photos))
    assert [p.path for p in said] == [str(p) for p in photos]
    assert first.asked == photos
    again = Net()
    batches = list(make(again, cache).predict(photos))
    assert flat(batches) == said
    assert again.asked == []


def test_each_model_is_asked_and_each_prediction_says_whose_it_is(make, cache, photos):
    for _ in range(2):
        for model in ("one.emodel", "folder/two.emodel"):
            said = flat(make(Net(), cache, model).predict(photos))
            assert {prediction.model for prediction in said} == {model}
    other = Net()
    flat(make(other, cache, "three.emodel").predict(photos))
    assert other.asked == photos


@pytest.mark.parametrize("known", [False, True])
def test_the_first_prediction_comes_alone_and_later_ones_in_batches(make, cache, photos, known):
    if known:
        flat(make(Net(), cache).predict(photos))
    sizes = [len(batch) for batch in make(Net(), cache).predict(photos)]
    assert sizes == [1, 8, 32, 64, 45], "the window is given neither too little nor too much"


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_known_and_new_ones_come_in_the_order_asked(make, cache, photos, at_once):
    shuffled = photos.copy()
    random.Random(at_once).shuffle(shuffled)
    flat(make(Net(), cache).predict(shuffled[:70]))
    mixed = [*photos, photos[0].with_name("missing.jpg")]
    random.Random(at_once + 1).shuffle(mixed)
    net = Net(at_once)
    said = flat(make(net, cache).predict(mixed))
    assert [p.path for p in said] == [str(p) for p in mixed]
    assert set(net.asked) == set(mixed) - set(shuffled[:70])
    assert all(p.digest is not None for p in said if p.error is None)


def test_a_moved_photo_is_known_by_its_content(make, cache, photos, tmp_path):
    flat(make(Net(), cache).predict(photos))
    moved = tmp_path / "elsewhere.jpg"
    photos[5].rename(moved)
    net = Net()
    (said,) = flat(make(net, cache).predict([moved]))
    assert net.asked == []
    assert said.path == str(moved)


def test_a_changed_photo_is_asked_about_again(make, cache, photos):
    flat(make(Net(), cache).predict(photos))
    photos[3].write_bytes(b"\xf0 other")
    net = Net()
    said = flat(make(net, cache).predict(photos))
    assert net.asked == [photos[3]]
    assert said[3].faces[0].probabilities["anger"] == 0xF0 / 256


def test_what_cannot_be_read_is_asked_every_time(make, cache, tmp_path):
    missing = tmp_path / "missing.jpg"
    for _ in range(2):
        net = Net()
        (said,) = flat(make(net, cache).predict([missing]))
        assert (said.status, net.asked) == (PhotoStatus.UNREADABLE, [missing])


def test_stopping_ends_it_and_keeps_what_was_said(make, cache, photos):
    seen = []
    for batch in make(Net(), cache).predict(photos, lambda: len(seen) >= 30):
        seen.extend(batch)
    assert 30 <= len(seen) < len(photos)
    assert [p.path for p in seen] == [str(p) for p in photos[: len(seen)]]
    rest = Net()
    assert len(flat(make(rest, cache).predict(photos))) == len(photos)
    assert not set(rest.asked) & {Path(p.path) for p in seen}


def test_stopping_before_anything_gives_nothing(make, cache, photos):
    flat(make(Net(), cache).predict(photos))
    assert flat(make(Net(), cache).predict(photos, lambda: True)) == []


def test_without_a_file_photos_are_classified_all_the_same(make, photos):
    for _ in range(2):
        net = Net()
        said = flat(make(net, PredictionCache(None)).predict(photos))
        assert len(said) == len(net.asked) == len(photos)
        assert all(p.digest for p in said)


def test_a_file_that_breaks_is_done_without(make, cache, photos, tmp_path):
    flat(make(Net(), cache).predict(photos[:5]))
    for damage in ("UPDATE readings SET reading = x'00'", "DROP TABLE readings"):
        with sqlite3.connect(tmp_path / "readings.sqlite") as connection:
            connection.execute(damage)
        net = Net()
        assert len(flat(make(net, cache).predict(photos[:5]))) == 5
        assert net.asked == photos[:5]


def test_photos_of_the_same_content_are_named_alike(make, cache, tmp_path):
    twins = [tmp_path / "a.jpg", tmp_path / "b.jpg"]
    for path in twins:
        path.write_bytes(b"same")
    said = flat(make(Net(), cache).predict(twins))
    assert [p.path for p in said] == [str(p) for p in twins]
    again = Net()
    flat(make(again, cache).predict(twins))
    assert again.asked == []


def test_digests_are_found_without_opening_files_again(cache, photos, monkeypatch):
    digests = known_digests(photos, cache)
    assert len(set(digests.values())) == len(photos)
    monkeypatch.setattr(module, "read_content", lambda path: pytest.fail(f"{path} was opened"))
    assert known_digests(photos, cache) == digests


def test_whose_confidence_it_is_is_known_of_kept_predictions_too(make, cache, tmp_path):
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"a")
    for calibration in (Calibration(2.0, (0.0,) * 8), Calibration.none(8)):
        flat(make(Net(), cache, calibration=calibration).predict([photo]))
        (kept,) = flat(make(Net(), cache, calibration=calibration).predict([photo]))
        assert [face.calibrated for face in kept.faces] == [calibration.is_fitted]
