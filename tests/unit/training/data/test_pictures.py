import time
from dataclasses import replace

import cv2
import numpy as np
import pytest

from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import CancelledError
from emotion_desktop.domain.files import file_stamp
from emotion_desktop.domain.job import Progress
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.imaging.decode import decode
from emotion_desktop.imaging.faces import make_face_finder
from emotion_desktop.imaging.pixels import encode_png
from emotion_desktop.imaging.prepare import FaceMode, prepare_faces
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.training.data import pictures as module
from emotion_desktop.training.data.face_store import FaceStore
from emotion_desktop.training.data.part import Part
from emotion_desktop.training.data.pictures import prepare_pictures
from emotion_desktop.training.recipe.presets import RECIPES
from tests.faces import make_data_set

NEEDED = RECIPES["quick"].preprocessing


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    folder = make_data_set(
        tmp_path_factory.mktemp("faces"), 1, emotions=("fear", "neutral"), faceless=1, broken=2
    )
    return read_labelled(folder).samples


def prepare(samples, cache, listen=lambda event: None):
    return prepare_pictures(samples, NEEDED, cache, LocalContext(listen))


def test_every_photo_has_its_status_and_every_face_its_row(samples, tmp_path):
    events = []
    found = prepare(samples, FaceStore(tmp_path), events.append)
    assert len(found.faces) == 4
    assert [found.count(status) for status in PhotoStatus] == [4, 1, 2]
    assert [d.tobytes() for d in found.digests] == [digest(s.path.read_bytes()) for s in samples]
    assert events[-1] == Progress(7, 7, "finding faces, 7 of 7")
    finder = make_face_finder()
    for sample, row in zip(samples, found.rows, strict=True):
        if row >= 0:
            _, looks = prepare_faces(sample.path, finder, NEEDED, FaceMode.FIND)
            assert (found.faces[row : row + 1][0] == looks[0].pixels).all()


def test_of_several_faces_the_largest_is_learnt_from(samples, tmp_path):
    large, small = (decode(sample.path).pixels for sample in samples[:2])
    both = np.full((200, 320, 3), 128, np.uint8)
    both[60:140, 20:100] = cv2.resize(small, (80, 80), interpolation=cv2.INTER_AREA)
    both[20:180, 140:300] = large
    path = tmp_path / "both.png"
    path.write_bytes(encode_png(both))
    _, looks = prepare_faces(path, make_face_finder(), NEEDED, FaceMode.FIND)
    assert len(looks) == 2
    found = prepare([replace(samples[0], path=path)], FaceStore(tmp_path / "cache"))
    assert (found.faces[0:1][0] == looks[0].pixels).all()
    assert looks[0].box.x > looks[1].box.x


def test_the_second_time_nothing_is_read(samples, tmp_path, monkeypatch):
    monkeypatch.setattr(file_stamp, "_TOO_FRESH", -(10**18))  # files count as old
    first = prepare(samples, FaceStore(tmp_path))
    monkeypatch.setattr(module, "read_content", None)
    monkeypatch.setattr(module, "prepare_faces", None)
    second = prepare(samples, FaceStore(tmp_path))
    assert (second.faces[:] == first.faces[:]).all()
    assert (second.digests == first.digests).all()
    assert (second.statuses == first.statuses).all()


def test_threads_end_before_what_they_ask_is_closed(samples, tmp_path, monkeypatch):
    faults, real = [], module._read

    def late(path, finder, need, known):
        time.sleep(0.1)
        try:
            return real(path, finder, need, known)
        except Exception as error:
            faults.append(error)
            raise

    monkeypatch.setattr(module, "_read", late)
    context = LocalContext(lambda event: context.cancel())
    with pytest.raises(CancelledError):
        prepare_pictures(samples, NEEDED, FaceStore(tmp_path), context)
    assert not faults


def test_cancelling_ends_it(samples, tmp_path):
    context = LocalContext(lambda event: context.cancel())
    with pytest.raises(CancelledError):
        prepare_pictures(samples, NEEDED, FaceStore(tmp_path), context)


def test_a_part_counts_its_emotions_in_the_order_of_the_labels():
    emotions = np.array([EMOTIONS.index(e) for e in ("fear", "neutral", "fear")], np.int8)
    part = Part(np.zeros((3, 8, 8, 1), np.uint8), emotions, np.array([0, 1, 1], np.int32))
    assert part.targets(("neutral", "fear")).tolist() == [1, 0, 1]
    assert part.targets(("fear",)).tolist() == [0, -1, 0]
    assert part.counts() == {"fear": 2, "neutral": 1}
    assert part.truths() == ["fear", "neutral", "fear"]
    assert part.persons() == ["0", "1", "1"]
