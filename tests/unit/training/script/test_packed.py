"""What a rented machine learns from, and what it leaves, as files."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest

from emotion_desktop.domain.errors import BundleError, DataError
from emotion_desktop.domain.job import Progress
from emotion_desktop.training.data.part import Part
from emotion_desktop.training.fit.validation_metrics import validation_metrics
from emotion_desktop.training.recipe.presets import recipe_named
from emotion_desktop.training.script.kept import Kept, read_kept, write_kept
from emotion_desktop.training.script.packed import PackedTraining, read_packed, write_packed


class Silent:
    """A context that nobody listens to."""

    cancelled = finish_early = pause_wanted = False

    def emit(self, event) -> None:
        assert isinstance(event, Progress)

    def check_cancelled(self) -> None:
        pass


def part(count: int, **more) -> Part:
    rng = np.random.default_rng(count)
    faces = rng.integers(0, 255, (count, 8, 8, 1), np.uint8)
    emotions = rng.integers(0, 3, count).astype(np.int8)
    return Part(faces, emotions, np.arange(count, dtype=np.int32), **more)


def packed(**more) -> PackedTraining:
    votes = np.full((5, 7), 1 / 7, np.float32)
    training = part(5, copies=2, votes=votes, draws=np.arange(5, dtype=np.float64))
    return PackedTraining(recipe_named("best"), ("anger", "fear"), 7, training, part(3), **more)


def test_faces_and_recipe_come_back_and_nobody_in_them(tmp_path):
    path = tmp_path / "training.zip"
    sent = packed(start=b"a net", start_labels=("fear",))
    write_packed(path, sent, Silent())
    found = read_packed(path)
    assert (found.recipe, found.labels, found.seed) == (sent.recipe, sent.labels, 7)
    assert (found.start, found.start_labels) == (b"a net", ("fear",))
    for name in ("training", "validation"):
        was, now = getattr(sent, name), getattr(found, name)
        assert np.array_equal(was.faces, now.faces)
        assert np.array_equal(was.emotions, now.emotions)
        assert now.copies == was.copies
        # Who is on a photo does not leave this computer.
        assert not now.people.any()
    assert np.array_equal(found.training.votes, sent.training.votes)
    assert np.array_equal(found.training.draws, sent.training.draws)
    assert found.validation.votes is None


def test_the_same_faces_are_the_same_file(tmp_path):
    for name in ("a", "b"):
        write_packed(tmp_path / name, packed(), Silent())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_damaged_file_is_said_to_be_one(tmp_path):
    path = tmp_path / "training.zip"
    write_packed(path, packed(), Silent())
    with zipfile.ZipFile(path) as archive:
        begins = {entry.filename: entry.header_offset for entry in archive.infolist()}
    among_faces = (begins["training_faces.npy"] + begins["validation_emotions.npy"]) // 2
    data = bytearray(path.read_bytes())
    data[among_faces] ^= 1
    for content in (bytes(data), data[:100], b"no file of ours"):
        path.write_bytes(content)
        with pytest.raises(DataError):
            read_packed(path)


def kept() -> Kept:
    logits = np.array([[1.0, 0.0], [0.0, 2.0]], np.float32)
    metrics = validation_metrics(logits, np.array([0, 1], np.int32), ("anger", "fear"))
    weights = [np.ones((2, 3), np.float32), np.zeros(3, np.float32)]
    return Kept(2, 5, metrics, weights, logits, "too hot", {"device": "a card"})


def test_weights_and_answers_come_back(tmp_path):
    path = tmp_path / "kept.npz"
    write_kept(path, kept())
    found, was = read_kept(path), kept()
    assert (found.epoch, found.epochs, found.warning) == (2, 5, "too hot")
    assert found.metrics == was.metrics
    assert found.about == {"device": "a card"}
    assert [a.shape for a in found.weights] == [(2, 3), (3,)]
    assert np.array_equal(found.logits, was.logits)


def test_what_cannot_be_used_is_refused(tmp_path):
    path = tmp_path / "kept.npz"
    with pytest.raises(BundleError):
        read_kept(path)
    write_kept(path, kept())
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(BundleError):
        read_kept(path)
    was = kept()
    write_kept(path, Kept(1, 1, was.metrics, was.weights, was.logits * np.nan))
    with pytest.raises(BundleError):
        read_kept(path)
