"""From files to answers, in order, whatever the files are."""

import threading
import time
from dataclasses import replace

import cv2
import numpy as np
import pytest

from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.model import Calibration
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.engines import pipeline
from emotion_desktop.engines.bundle import write_bundle
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.engines.experts import (
    EXPERT_PREPROCESSING,
    ExpertExtractor,
    ensemble_logits,
)
from emotion_desktop.engines.litert import LiteRTClassifier
from emotion_desktop.engines.pipeline import predict
from emotion_desktop.engines.table import LITERT
from emotion_desktop.imaging.prepare import FaceMode, prepare_faces
from tests.ensembles import some_ensemble
from tests.faces import FACELESS, PORTRAITS, SAMPLES, make_data_set


@pytest.fixture(scope="module")
def mixed(tmp_path_factory):
    """Photos with a face, without one, and files that are no photos, in no special order."""
    folder = make_data_set(tmp_path_factory.mktemp("mixed"), 2, 3, faceless=6, broken=6)
    paths = sorted((folder / "images").iterdir())
    np.random.default_rng(3).shuffle(paths)
    return [*paths, folder / "missing.jpg", SAMPLES / FACELESS]


@pytest.fixture(scope="module")
def with_experts(builtin, tmp_path_factory):
    """A classifier that adds what experts say."""
    card = replace(builtin.card, experts=some_ensemble(builtin.card.labels))
    path = tmp_path_factory.mktemp("with_experts") / "model.emodel"
    return LiteRTClassifier(write_bundle(path, card, {LITERT: builtin.read(LITERT)}))


@pytest.fixture(scope="module")
def one_by_one(mixed, with_experts, finder):
    """The status of each photo, and its probabilities, asked one at a time without a pipeline."""
    expected = []
    card, reader = with_experts.card, ExpertExtractor()
    for path in mixed:
        try:
            _, looks = prepare_faces(
                path, finder, card.preprocessing, FaceMode.FIND, EXPERT_PREPROCESSING
            )
        except UnreadablePictureError:
            expected.append((PhotoStatus.UNREADABLE, []))
            continue
        rows = [
            calibrate(
                with_experts.logits(look.pixels[None])
                + ensemble_logits(card.experts, reader.extract(look.expert_pixels[None])),
                card.calibration,
            )[0]
            for look in looks
        ]
        expected.append((PhotoStatus.OK if rows else PhotoStatus.NO_FACE, rows))
    return expected


def flat(batches):
    return [result for batch in batches for result in batch]


@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize("chunk", [1, 5, 16, 1000])
def test_predictions_are_the_same_whatever_the_threads_and_chunks(
    mixed, one_by_one, with_experts, finder, monkeypatch, *, threads, chunk
):
    monkeypatch.setattr(pipeline, "_CHUNK", chunk)
    batches = predict(mixed, with_experts, finder, FaceMode.FIND, threads=threads, model="m")
    results = flat(batches)
    assert {result.model for result in results} == {"m"}
    assert [result.path for result in results] == [str(path) for path in mixed]
    assert {result.status for result in results} == set(PhotoStatus)
    for result, (status, rows) in zip(results, one_by_one, strict=True):
        assert result.status is status
        assert bool(result.error) == (status is PhotoStatus.UNREADABLE)
        for face, row in zip(result.faces, rows, strict=True):
            assert tuple(face.probabilities) == with_experts.card.labels
            assert list(face.probabilities.values()) == pytest.approx(row.tolist(), abs=1e-5)


def test_the_first_photos_come_alone_and_later_ones_in_chunks(classifier, finder):
    paths = [SAMPLES / PORTRAITS[0]] * 60
    sizes = [len(batch) for batch in predict(paths, classifier, finder, FaceMode.FIND, threads=1)]
    assert sizes[0] == 1
    assert sum(sizes) == 60
    assert max(sizes) == 16


def test_each_face_of_a_group_has_its_own_prediction(tmp_path, classifier, finder):
    faces = [cv2.resize(cv2.imread(str(SAMPLES / name)), (400, 500)) for name in PORTRAITS]
    path = tmp_path / "group.png"
    cv2.imwrite(str(path), np.hstack(faces))
    (result,) = flat(predict([path], classifier, finder, FaceMode.FIND))
    assert result.size == (1200, 500)
    assert len(result.faces) == 3
    areas = [face.box.width * face.box.height for face in result.faces]
    assert areas == sorted(areas, reverse=True)
    places = sorted(face.box.x // 400 for face in result.faces)
    assert places == [0, 1, 2]
    for face in result.faces:
        assert sum(face.probabilities.values()) == pytest.approx(1)


class Unfitted:
    """A classifier whose calibration was never fitted."""

    def __init__(self, inner):
        self.card = replace(inner.card, calibration=Calibration.none(len(inner.card.labels)))
        self.logits = inner.logits


def test_confidence_is_vouched_for_only_where_it_was_fitted(classifier, finder):
    photo = SAMPLES / PORTRAITS[0]
    for asked, vouched in ((classifier, True), (Unfitted(classifier), False)):
        ((result,),) = predict([photo], asked, finder, FaceMode.FIND)
        assert [face.calibrated for face in result.faces] == [vouched]


def test_nothing_to_do(classifier, finder):
    assert list(predict([], classifier, finder, FaceMode.FIND)) == []


def test_only_unreadable_files(tmp_path, classifier, finder):
    paths = [tmp_path / f"{number}.jpg" for number in range(20)]
    results = flat(predict(paths, classifier, finder, FaceMode.FIND))
    assert [result.status for result in results] == [PhotoStatus.UNREADABLE] * 20


def test_stopping_ends_it_early_and_keeps_what_was_said(classifier, finder):
    stopped = threading.Event()
    results = []
    paths = [SAMPLES / PORTRAITS[0]] * 500
    begun = time.monotonic()
    for batch in predict(paths, classifier, finder, FaceMode.FIND, stop=stopped.is_set):
        results += batch
        stopped.set()
    assert len(results) == 1
    assert results[0].status is PhotoStatus.OK
    assert time.monotonic() - begun < 5


def test_a_reader_that_goes_away_leaves_no_thread(classifier, finder):
    before = set(threading.enumerate())
    batches = predict([SAMPLES / PORTRAITS[0]] * 300, classifier, finder, FaceMode.FIND)
    next(batches)
    batches.close()
    assert set(threading.enumerate()) <= before


def test_paths_are_taken_as_they_are_needed(classifier, finder):
    taken = []

    def paths():
        for number in range(5000):
            taken.append(number)
            yield SAMPLES / "missing.jpg"

    batches = predict(paths(), classifier, finder, FaceMode.FIND, threads=1)
    next(batches)
    batches.close()
    assert len(taken) < 1000
