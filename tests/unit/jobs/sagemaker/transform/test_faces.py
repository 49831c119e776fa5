"""Faces of a transform: found as they are found here, and listed so that they are known later."""

import cv2
import numpy as np
import pytest

from emotion_desktop.assets import SAMPLES
from emotion_desktop.domain.errors import CancelledError
from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.imaging.prepare import FaceMode, prepare_faces
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.jobs.sagemaker.records import preprocessing_of
from emotion_desktop.jobs.sagemaker.transform.faces import (
    CutFace,
    FaceCutter,
    SeenPhoto,
    delete_faces,
    seen_photos,
)
from tests.faces import FACELESS, PORTRAITS


@pytest.fixture
def photos(tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    return [SAMPLES / PORTRAITS[0], broken, SAMPLES / FACELESS, SAMPLES / PORTRAITS[1]]


@pytest.mark.parametrize("grey", [False, True])
def test_faces_are_those_that_are_classified_here(finder, photos, tmp_path, grey):
    need, folder = preprocessing_of(32, grey), tmp_path / "run"
    events = []
    seen = FaceCutter(finder, need, FaceMode.FIND).cut(photos, folder, LocalContext(events.append))
    assert [one.path for one in seen] == [str(path) for path in photos]
    assert [bool(one.faces) for one in seen] == [True, False, False, True]
    assert [one.error is None for one in seen] == [True, False, True, True]
    assert events[-1].text == "finding faces, 4 of 4 photos"
    files = [face.file for one in seen for face in one.faces]
    assert files == [f"{number:07}.png" for number in range(len(files))]
    _, looks = prepare_faces(photos[0], finder, need, FaceMode.FIND)
    written = cv2.imread(str(folder / "faces" / seen[0].faces[0].file), cv2.IMREAD_UNCHANGED)
    expected = looks[0].pixels[..., 0] if grey else looks[0].pixels[..., ::-1]
    assert np.array_equal(written, expected)
    # The list is all that is known the next time; it outlives the pictures.
    delete_faces(folder)
    assert not list((folder / "faces").iterdir())
    assert seen_photos(folder) == seen


def test_cancel_is_heard(finder, photos, tmp_path):
    context = LocalContext(lambda _: None)
    context.cancel()
    with pytest.raises(CancelledError):
        FaceCutter(finder, preprocessing_of(32, True), FaceMode.FIND).cut(photos, tmp_path, context)


def test_what_an_earlier_version_listed_is_read():
    """A run may have been left by it: entries without digest, or without error."""
    assert SeenPhoto.from_dict(
        {"path": "a.jpg", "faces": [], "size": [0, 0], "error": "no picture"}
    ) == SeenPhoto("a.jpg", error="no picture")
    face = {"box": [1, 2, 3, 4], "frame": [1.5, 2.5, 3.0, 3.0, 0.5], "file": "0000000.png"}
    assert SeenPhoto.from_dict(
        {"path": "b.jpg", "faces": [face], "size": [9, 8], "digest": "0a0b"}
    ) == SeenPhoto(
        "b.jpg",
        (9, 8),
        b"\x0a\x0b",
        (CutFace("0000000.png", Box(1, 2, 3, 4), Frame(1.5, 2.5, 3.0, 3.0, 0.5)),),
    )
