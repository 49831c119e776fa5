"""Predictions kept by content: what comes back is what was said; stale files are noticed."""

import os
import sqlite3
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.files import file_stamp
from emotion_desktop.domain.files.file_stamp import stamp_of
from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
from emotion_desktop.workspace.predictions.cache import PredictionCache
from emotion_desktop.workspace.predictions.row_format import from_bytes, to_bytes


@dataclass(frozen=True)
class Source:
    key: str
    labels: tuple[str, ...] = EMOTIONS
    model: str = ""
    calibrated: bool = True


@pytest.fixture
def cache(tmp_path):
    made = PredictionCache(tmp_path / "workspace" / "readings.sqlite")
    yield made
    made.close()


@pytest.fixture
def old_files(tmp_path, monkeypatch):
    """Makes files that count as written long ago."""
    monkeypatch.setattr(file_stamp, "_TOO_FRESH", -(10**18))

    def make(name, content=b"x"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return make


def face(x=1, **more):
    shares = dict.fromkeys(EMOTIONS, 0.05) | {"anger": 0.65} | more
    return FacePrediction(Box(x, 2, 30, 40), Frame(16.5, 22.25, 33.0, 33.0, -3.5), shares)


ONE_FACE = (face(),)


def result(path, digest=b"12345678", faces=ONE_FACE):
    status = PhotoStatus.OK if faces else PhotoStatus.NO_FACE
    return Prediction(str(path), status, faces, size=(640, 480), digest=digest)


finite = st.floats(allow_nan=False, width=64)
whole = st.integers(-(2**31), 2**31 - 1)
faces = st.builds(
    FacePrediction,
    st.builds(Box, whole, whole, whole, whole),
    st.builds(Frame, finite, finite, finite, finite, finite),
    st.fixed_dictionaries(dict.fromkeys(EMOTIONS, finite)),
)


@given(st.lists(faces, max_size=5), st.tuples(*[st.integers(0, 2**32 - 1)] * 2))
def test_any_reading_survives_its_form(some, size):
    status = PhotoStatus.OK if some else PhotoStatus.NO_FACE
    said = Prediction("p", status, tuple(some), size=size)
    assert from_bytes(to_bytes(said, EMOTIONS), EMOTIONS, Source("one"), "p", b"d") == said


@given(st.binary(max_size=300))
def test_any_other_bytes_are_refused_or_read(data):
    try:
        read = from_bytes(data, EMOTIONS, Source("one"), "p", b"d")
    except ValueError:
        return
    assert read.path == "p"


def test_predictions_come_back_by_model_and_content(cache, tmp_path):
    first, second, third = (tmp_path / name for name in "abc")
    cache.save(Source("one"), [result(first, b"A"), result(second, b"B", ())])
    cache.save(Source("two"), [result(first, b"A", (face(), face(7)))])
    photos = {first: b"A", second: b"B", third: b"C"}
    said = cache.get(Source("one"), photos)
    assert said == {first: result(first, b"A"), second: result(second, b"B", ())}
    assert [r.digest for r in said.values()] == [b"A", b"B"]
    assert len(cache.get(Source("two"), photos)[first].faces) == 2
    assert cache.get(Source("three"), photos) == {}
    # The same photo under another name is the same photo.
    assert cache.get(Source("one"), {third: b"A"})[third].path == str(third)


def test_a_model_of_other_labels_keeps_its_own_order(cache, tmp_path):
    shares = {"sadness": 0.25, "anger": 0.75}
    small = Source("small", ("sadness", "anger"))
    said = Prediction(
        "p",
        PhotoStatus.OK,
        (FacePrediction(Box(0, 0, 1, 1), Frame(0, 0, 1, 1), shares),),
        digest=b"d",
    )
    cache.save(small, [said])
    back = cache.get(small, {tmp_path: b"d"})[tmp_path]
    assert list(back.faces[0].probabilities.items()) == list(shares.items())


def test_what_could_not_be_read_is_not_kept(cache, tmp_path):
    bad = Prediction("p", PhotoStatus.UNREADABLE, error="No.", digest=b"d")
    unknown = Prediction("q", PhotoStatus.NO_FACE)
    cache.save(Source("one"), [bad, unknown])
    assert cache.get(Source("one"), {tmp_path: b"d"}) == {}


def test_more_photos_than_one_statement_takes(cache, tmp_path):
    photos = {tmp_path / str(n): b"%d" % n for n in range(2500)}
    cache.save(Source("one"), [result(p, d) for p, d in photos.items()])
    assert cache.get(Source("one"), photos).keys() == photos.keys()


def test_digests_hold_until_the_file_changes(cache, old_files):
    kept, changed, gone = old_files("kept"), old_files("changed"), old_files("gone")
    odd = old_files(os.fsdecode(b"odd \xff name"))
    digests = {kept: b"1", changed: b"2", gone: b"3", odd: b"4"}
    cache.save_digests({path: (stamp_of(path), held) for path, held in digests.items()})
    assert cache.digests(digests) == digests
    changed.write_bytes(b"y")
    status = kept.stat()
    gone.unlink()
    assert cache.digests(digests) == {kept: b"1", odd: b"4"}
    # Restoring the old time does not make new content pass for the old one.
    kept.write_bytes(b"z")
    os.utime(kept, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert cache.digests(digests) == {odd: b"4"}


def test_a_file_that_took_the_place_of_the_one_read_is_not_vouched_for(cache, old_files, tmp_path):
    path, other = old_files("photo"), old_files("other", b"y")
    read = stamp_of(path)
    other.replace(path)
    os.utime(path, ns=(read.modified, read.modified))
    cache.save_digests({path: (read, b"1")})
    assert cache.digests([path]) == {}


def test_speed_is_measured_over_all_that_was_timed(cache, tmp_path):
    assert cache.speed(Source("one")) is None
    cache.save(Source("one"), [result("a")])
    assert cache.speed(Source("one")) is None
    cache.save(Source("one"), [result("a")] * 30, seconds=2.0)
    cache.save(Source("one"), [result("a")] * 10, seconds=2.0)
    assert cache.speed(Source("one")) == 10.0


def test_it_survives_closing(tmp_path):
    place = tmp_path / "readings.sqlite"
    first = PredictionCache(place)
    first.save(Source("one"), [result("a", b"A")])
    first.close()
    second = PredictionCache(place)
    assert second.get(Source("one"), {tmp_path: b"A"})
    second.close()
    assert sqlite3.connect(place).execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_kept_prediction_is_whoever_asks_for_it(cache, tmp_path):
    """The same bundle may lie in two places, and confidence be a model's own."""
    cache.save(Source("one", model="a.emodel"), [result("a", b"A")])
    for source in (Source("one", model="b.emodel"), Source("one", calibrated=False)):
        kept = cache.get(source, {tmp_path: b"A"})[tmp_path]
        assert kept.model == source.model
        assert [f.calibrated for f in kept.faces] == [source.calibrated]


@pytest.mark.parametrize("content", [b"no database at all, and long enough to be sure", None])
def test_a_file_that_cannot_be_opened_is_done_without(tmp_path, content):
    place = tmp_path / "readings.sqlite"
    if content is None:
        place.mkdir()
    else:
        place.write_bytes(content * 100)
    with PredictionCache(place) as cache:
        cache.save(Source("one"), [result("a", b"A")])
        assert cache.get(Source("one"), {tmp_path: b"A"}) == {}
        assert cache.known_files() == {}
        assert cache.speed(Source("one")) is None
