"""Reading with a memory: every photo once, in order, whatever was known before."""

import random
import sqlite3
from pathlib import Path

import pytest

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
from emotion_desktop.jobs.predicting.predict import PredictionCache, known_digests, predict_photos
from emotion_desktop.workspace.predictions import store
from emotion_desktop.workspace.predictions.store import PredictionStore


class Reader:
    """Answers at once, in lists of a few, and counts what it was asked."""

    labels = EMOTIONS
    keeps_predictions = False
    calibrated = True

    def __init__(self, key="reader", at_once=3):
        self.key = key
        self.asked: list[Path] = []
        self._at_once = at_once

    def predict(self, photos, stop=lambda: False):
        batch = []
        for path in photos:
            if stop():
                return
            self.asked.append(path)
            batch.append(self.say(path))
            if len(batch) == self._at_once:
                yield batch
                batch = []
        if batch:
            yield batch

    def say(self, path):
        if not path.exists():
            return Prediction(str(path), PhotoStatus.UNREADABLE, error="There is no such file.")
        share = path.read_bytes()[0] / 256
        shares = dict.fromkeys(EMOTIONS, 0.0) | {"anger": share, "fear": 1 - share}
        face = FacePrediction(Box(0, 0, 9, 9), Frame(4, 4, 9, 9), shares)
        return Prediction(str(path), PhotoStatus.OK, (face,), size=(9, 9))


@pytest.fixture(autouse=True)
def _files_count_as_old(monkeypatch):
    monkeypatch.setattr(store, "_TOO_FRESH", -(10**18))


@pytest.fixture
def readings(tmp_path):
    made = PredictionStore(tmp_path / "readings.sqlite")
    yield made
    made.close()


@pytest.fixture
def photos(tmp_path):
    paths = [tmp_path / f"{number:03}.jpg" for number in range(150)]
    for number, path in enumerate(paths):
        path.write_bytes(bytes([number]) + b"content")
    return paths


def flat(batches):
    return [result for batch in batches for result in batch]


def test_nothing_is_asked_twice(readings, photos):
    first = Reader()
    said = flat(predict_photos(first, photos, PredictionCache(readings)))
    assert [r.path for r in said] == [str(p) for p in photos]
    assert first.asked == photos
    again = Reader()
    batches = list(predict_photos(again, photos, PredictionCache(readings)))
    assert flat(batches) == said
    assert again.asked == []
    assert max(map(len, batches)) <= 64, "the window would be given too much at once"
    other = Reader("another model")
    assert flat(predict_photos(other, photos, PredictionCache(readings))) == said
    assert other.asked == photos


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_known_and_new_ones_come_in_the_order_asked(readings, photos, at_once):
    shuffled = photos.copy()
    random.Random(at_once).shuffle(shuffled)
    list(predict_photos(Reader(), shuffled[:70], PredictionCache(readings)))
    mixed = [*photos, photos[0].with_name("missing.jpg")]
    random.Random(at_once + 1).shuffle(mixed)
    reader = Reader(at_once=at_once)
    said = flat(predict_photos(reader, mixed, PredictionCache(readings)))
    assert [r.path for r in said] == [str(p) for p in mixed]
    assert set(reader.asked) == set(mixed) - set(shuffled[:70])
    assert all(r.digest is not None for r in said if r.error is None)


def test_a_moved_photo_is_known_by_its_content(readings, photos, tmp_path):
    list(predict_photos(Reader(), photos, PredictionCache(readings)))
    moved = tmp_path / "elsewhere.jpg"
    photos[5].rename(moved)
    reader = Reader()
    (said,) = flat(predict_photos(reader, [moved], PredictionCache(readings)))
    assert reader.asked == []
    assert said.path == str(moved)


def test_a_changed_photo_is_asked_about_again(readings, photos):
    list(predict_photos(Reader(), photos, PredictionCache(readings)))
    photos[3].write_bytes(b"\xf0 other")
    reader = Reader()
    said = flat(predict_photos(reader, photos, PredictionCache(readings)))
    assert reader.asked == [photos[3]]
    assert said[3].faces[0].probabilities["anger"] == 0xF0 / 256


def test_what_cannot_be_read_is_asked_every_time(readings, tmp_path):
    missing = tmp_path / "missing.jpg"
    for _ in range(2):
        reader = Reader()
        (said,) = flat(predict_photos(reader, [missing], PredictionCache(readings)))
        assert (said.status, reader.asked) == (PhotoStatus.UNREADABLE, [missing])


def test_stopping_ends_it_and_keeps_what_was_answered(readings, photos):
    reader = Reader()
    seen = []
    for batch in predict_photos(
        reader, photos, PredictionCache(readings), stop=lambda: len(seen) >= 30
    ):
        seen.extend(batch)
    assert 30 <= len(seen) < len(photos)
    rest = Reader()
    assert len(flat(predict_photos(rest, photos, PredictionCache(readings)))) == len(photos)
    assert not set(rest.asked) & {Path(r.path) for r in seen}


def test_stopping_before_anything_gives_nothing(readings, photos):
    list(predict_photos(Reader(), photos, PredictionCache(readings)))
    assert (
        flat(predict_photos(Reader(), photos, PredictionCache(readings), stop=lambda: True)) == []
    )


def test_without_a_place_to_keep_answers_photos_are_read_all_the_same(photos):
    for _ in range(2):
        reader = Reader()
        said = flat(predict_photos(reader, photos, PredictionCache(None)))
        assert len(said) == len(reader.asked) == len(photos)
        assert all(r.digest for r in said)


def test_a_file_of_answers_that_breaks_is_done_without(readings, photos):
    list(predict_photos(Reader(), photos[:5], PredictionCache(readings)))
    with sqlite3.connect(readings._path) as connection:
        connection.execute("UPDATE readings SET reading = x'00'")
    reader = Reader()
    assert len(flat(predict_photos(reader, photos[:5], PredictionCache(readings)))) == 5
    assert reader.asked == photos[:5]
    with sqlite3.connect(readings._path) as connection:
        connection.execute("DROP TABLE readings")
    reader = Reader()
    assert len(flat(predict_photos(reader, photos, PredictionCache(readings)))) == len(photos)


def test_photos_of_the_same_content_are_answered_alike(readings, tmp_path):
    twins = [tmp_path / "a.jpg", tmp_path / "b.jpg"]
    for path in twins:
        path.write_bytes(b"same")
    said = flat(predict_photos(Reader(), twins, PredictionCache(readings)))
    assert [r.path for r in said] == [str(p) for p in twins]
    again = Reader()
    flat(predict_photos(again, twins, PredictionCache(readings)))
    assert again.asked == []


def test_digests_are_found_without_opening_files_again(readings, photos, monkeypatch):
    digests = known_digests(photos, PredictionCache(readings))
    assert len(set(digests.values())) == len(photos)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail(f"{self} was opened"))
    assert known_digests(photos, PredictionCache(readings)) == digests


def test_whose_confidence_it_is_is_known_of_kept_answers_too(readings, tmp_path):
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"a")
    for calibrated in (True, False):
        reader = Reader()
        reader.calibrated = calibrated
        list(predict_photos(reader, [photo], PredictionCache(readings)))
        ((kept,),) = predict_photos(reader, [photo], PredictionCache(readings))
        assert [face.calibrated for face in kept.faces] == [calibrated]
