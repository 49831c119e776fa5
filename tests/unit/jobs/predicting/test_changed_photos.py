"""Photos that are replaced while they are looked at: nothing is kept under another's content."""

import os
import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from emotion_desktop.dataset.audit import faces as audit_faces
from emotion_desktop.dataset.sources.files import file_facts
from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.domain.files import file_stamp
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.domain.prediction import PhotoStatus, Prediction
from emotion_desktop.domain.sample import Sample
from emotion_desktop.engines import predictor as module
from emotion_desktop.engines.extractors import GeneralFeatures
from emotion_desktop.engines.predictor import BundlePredictor
from emotion_desktop.imaging import file_content
from emotion_desktop.imaging.prepare import FaceMode
from emotion_desktop.jobs.predicting.features import features_of
from emotion_desktop.jobs.predicting.photo_attributes import traits_of
from emotion_desktop.training.data import pictures
from emotion_desktop.training.data.expert_features import extract_expert_features
from emotion_desktop.training.data.face_store import FaceStore
from emotion_desktop.workspace.predictions.cache import PredictionCache
from tests.faces import FACELESS, PORTRAITS, SAMPLES

FACE, NONE = SAMPLES / PORTRAITS[0], SAMPLES / FACELESS
FACE_DIGEST, NONE_DIGEST = (digest(path.read_bytes()) for path in (FACE, NONE))
LOOK = Preprocessing(16, 1, "eyes", 2.2)


class Context:
    cancelled = False

    def emit(self, event):
        pass

    def check_cancelled(self):
        pass


@pytest.fixture
def photo(tmp_path, monkeypatch):
    monkeypatch.setattr(file_stamp, "_TOO_FRESH", -(10**18))  # files count as old
    path = tmp_path / "photo.jpg"
    shutil.copy(FACE, path)
    return path


@pytest.fixture
def cache(tmp_path):
    with PredictionCache(tmp_path / "readings.sqlite") as made:
        yield made


@pytest.fixture
def replace_photo(photo, tmp_path):
    """Puts a photo without a face in the place of the one with a face, by renaming."""

    def replace():
        shutil.copy(NONE, tmp_path / "other.jpg")
        (tmp_path / "other.jpg").replace(photo)

    return replace


@pytest.fixture
def predictor(builtin, classifier, finder, cache):
    return BundlePredictor("m", builtin, lambda: classifier, lambda: finder, FaceMode.FIND, cache)


def test_an_answer_is_kept_under_the_content_that_was_decoded(
    photo, cache, replace_photo, predictor, monkeypatch
):
    real = module.hash_files

    def hash_files(paths, cache):
        found = real(paths, cache)
        replace_photo()
        return found

    monkeypatch.setattr(module, "hash_files", hash_files)
    ((answer,),) = predictor.predict([photo])
    assert (answer.status, answer.digest) == (PhotoStatus.NO_FACE, NONE_DIGEST)
    assert cache.get(predictor, {photo: FACE_DIGEST}) == {}
    assert cache.digests([photo]) == {}


def test_a_digest_is_remembered_for_the_file_that_was_hashed(
    photo, cache, replace_photo, monkeypatch
):
    real = module.digest

    def hashed(data):
        stamp = photo.stat()
        replace_photo()
        os.utime(photo, ns=(stamp.st_mtime_ns, stamp.st_mtime_ns))
        return real(data)

    monkeypatch.setattr(module, "digest", hashed)
    assert module.hash_files([photo], cache) == {photo: FACE_DIGEST}
    assert cache.digests([photo]) == {}


def test_features_are_kept_for_the_photo_they_are_of(photo, cache, replace_photo, finder):
    extractor = GeneralFeatures()
    replace_photo()
    assert features_of({photo: FACE_DIGEST}, extractor, finder, cache) == {}
    assert cache.features(extractor.key, [FACE_DIGEST]) == {}


def test_colours_are_kept_for_the_photo_they_are_of(photo, cache, replace_photo):
    seen = Prediction(str(photo), PhotoStatus.OK, digest=FACE_DIGEST)
    replace_photo()
    (traits,) = traits_of([Sample(photo, "anger", "p")], [seen], cache)
    assert traits.grey is None
    assert cache.greys([FACE_DIGEST]) == {}


def test_faces_are_counted_for_the_photo_they_are_in(photo, replace_photo, finder):
    assert audit_faces._look(finder, FACE_DIGEST, photo)[0] == 1
    replace_photo()
    assert audit_faces._look(finder, FACE_DIGEST, photo) is None


def test_expert_features_are_kept_for_the_photo_they_are_of(photo, cache, replace_photo):
    read = SimpleNamespace(rows=np.array([0]), digests=np.array([np.void(FACE_DIGEST)]))
    replace_photo()
    found = extract_expert_features([Sample(photo, "anger", "p")], read, cache, Context())
    assert not found.any()
    again = SimpleNamespace(rows=np.array([0]), digests=np.array([np.void(NONE_DIGEST)]))
    assert not extract_expert_features([Sample(photo, "anger", "p")], again, cache, Context()).any()


def test_a_prepared_face_is_found_again_by_the_file_it_was_cut_from(
    photo, tmp_path, replace_photo, monkeypatch
):
    """A photo replaced between its stamp and its reading, and put back later."""
    kept = tmp_path / "kept.jpg"
    os.link(photo, kept)
    real, samples = pictures.read_content, [Sample(photo, "anger", "p")]

    def read(path):
        replace_photo()
        return real(path)

    store = FaceStore(tmp_path / "faces")
    monkeypatch.setattr(pictures, "read_content", read)
    assert pictures.prepare_pictures(samples, LOOK, store, Context()).rows.tolist() == [-1]
    monkeypatch.setattr(pictures, "read_content", real)
    os.replace(kept, photo)  # noqa: PTH105
    assert pictures.prepare_pictures(samples, LOOK, store, Context()).rows.tolist() == [0]


def test_a_photo_of_the_same_size_and_time_is_another_one(photo, tmp_path):
    samples, store = [Sample(photo, "anger", "p")], FaceStore(tmp_path / "faces")
    assert pictures.prepare_pictures(samples, LOOK, store, Context()).rows.tolist() == [0]
    status = photo.stat()
    other = NONE.read_bytes()[: status.st_size].ljust(status.st_size, b"\0")
    (tmp_path / "other.jpg").write_bytes(other)
    os.utime(tmp_path / "other.jpg", ns=(status.st_mtime_ns, status.st_mtime_ns))
    (tmp_path / "other.jpg").replace(photo)
    assert pictures.prepare_pictures(samples, LOOK, store, Context()).rows.tolist() == [-1]


def test_what_is_imported_is_known_by_the_file_that_was_read(photo, replace_photo, monkeypatch):
    """Else the next import, and Health, would take the other photo for the one that was read."""
    real = file_facts.read_content

    def read(path):
        replace_photo()
        return real(path)

    monkeypatch.setattr(file_facts, "read_content", read)
    facts = file_facts.facts_of(photo)
    assert facts.digest == NONE_DIGEST
    assert facts.stamp == file_stamp.stamp_of(photo)


def test_a_photo_that_changes_while_it_is_read_is_not_known_by_its_stamp(photo, monkeypatch):
    real = file_content.os.fstat

    def fstat(number):
        with photo.open("ab") as file:
            file.write(b"more")
        return real(number)

    monkeypatch.setattr(file_content.os, "fstat", fstat)
    content = file_content.read_content(photo)
    assert (content.stamp, content.settled) == (None, False)
    assert file_facts.facts_of(photo).stamp == file_stamp.Stamp(0, 0)
