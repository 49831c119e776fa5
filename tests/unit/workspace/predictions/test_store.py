"""Answers kept by content: what comes back is what was said, and stale files are noticed."""

import os
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
from emotion_desktop.workspace.predictions import store as module
from emotion_desktop.workspace.predictions.row_format import from_bytes, to_bytes
from emotion_desktop.workspace.predictions.store import PredictionStore


@pytest.fixture
def readings(tmp_path):
    made = PredictionStore(tmp_path / "workspace" / "readings.sqlite")
    yield made
    made.close()


@pytest.fixture
def old_files(tmp_path, monkeypatch):
    """Makes files that count as written long ago."""
    monkeypatch.setattr(module, "_TOO_FRESH", -(10**18))

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
    assert from_bytes(to_bytes(said, EMOTIONS), "p", EMOTIONS, b"d") == said


@given(st.binary(max_size=300))
def test_any_other_bytes_are_refused_or_read(data):
    try:
        read = from_bytes(data, "p", EMOTIONS, b"d")
    except ValueError:
        return
    assert read.path == "p"


def test_answers_come_back_by_reader_and_content(readings, tmp_path):
    first, second, third = (tmp_path / name for name in "abc")
    readings.keep("one", EMOTIONS, [result(first, b"A"), result(second, b"B", ())])
    readings.keep("two", EMOTIONS, [result(first, b"A", (face(), face(7)))])
    photos = {first: b"A", second: b"B", third: b"C"}
    said = readings.get("one", photos)
    assert said == {first: result(first, b"A"), second: result(second, b"B", ())}
    assert [r.digest for r in said.values()] == [b"A", b"B"]
    assert len(readings.get("two", photos)[first].faces) == 2
    assert readings.get("three", photos) == {}
    # The same photo under another name is the same photo.
    assert readings.get("one", {third: b"A"})[third].path == str(third)


def test_a_model_of_other_labels_keeps_its_own_order(readings, tmp_path):
    shares = {"sadness": 0.25, "anger": 0.75}
    said = Prediction(
        "p",
        PhotoStatus.OK,
        (FacePrediction(Box(0, 0, 1, 1), Frame(0, 0, 1, 1), shares),),
        digest=b"d",
    )
    readings.keep("small", ("sadness", "anger"), [said])
    back = readings.get("small", {tmp_path: b"d"})[tmp_path]
    assert list(back.faces[0].probabilities.items()) == list(shares.items())


def test_what_could_not_be_read_is_not_kept(readings, tmp_path):
    bad = Prediction("p", PhotoStatus.UNREADABLE, error="No.", digest=b"d")
    unknown = Prediction("q", PhotoStatus.NO_FACE)
    readings.keep("one", EMOTIONS, [bad, unknown])
    assert readings.get("one", {tmp_path: b"d"}) == {}


def test_more_photos_than_one_statement_takes(readings, tmp_path):
    photos = {tmp_path / str(n): b"%d" % n for n in range(2500)}
    readings.keep("one", EMOTIONS, [result(p, d) for p, d in photos.items()])
    assert readings.get("one", photos).keys() == photos.keys()


def test_digests_hold_until_the_file_changes(readings, old_files):
    kept, changed, gone = old_files("kept"), old_files("changed"), old_files("gone")
    odd = old_files(os.fsdecode(b"odd \xff name"))
    digests = {kept: b"1", changed: b"2", gone: b"3", odd: b"4"}
    readings.keep_digests(digests)
    assert readings.digests(digests) == digests
    changed.write_bytes(b"y")
    status = kept.stat()
    gone.unlink()
    assert readings.digests(digests) == {kept: b"1", odd: b"4"}
    # Restoring the old time does not make new content pass for the old one.
    kept.write_bytes(b"z")
    os.utime(kept, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert readings.digests(digests) == {odd: b"4"}


def test_a_file_written_just_now_is_not_vouched_for(readings, tmp_path):
    path = tmp_path / "fresh"
    path.write_bytes(b"x")
    readings.keep_digests({path: b"1"})
    assert readings.digests([path]) == {}


def test_speed_is_measured_over_all_that_was_timed(readings, tmp_path):
    assert readings.speed("one") is None
    readings.keep("one", EMOTIONS, [result("a")])
    assert readings.speed("one") is None
    readings.keep("one", EMOTIONS, [result("a")] * 30, seconds=2.0)
    readings.keep("one", EMOTIONS, [result("a")] * 10, seconds=2.0)
    assert readings.speed("one") == 10.0


def test_it_survives_closing(tmp_path):
    place = tmp_path / "readings.sqlite"
    first = PredictionStore(place)
    first.keep("one", EMOTIONS, [result("a", b"A")])
    first.close()
    second = PredictionStore(place)
    assert second.get("one", {tmp_path: b"A"})
    second.close()
    assert sqlite3.connect(place).execute("PRAGMA integrity_check").fetchall() == [("ok",)]
