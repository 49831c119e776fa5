"""Training and classification see a photo in the same way."""

import numpy as np
import pytest

from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.domain.sample import Sample
from emotion_desktop.engines.pipeline import predict
from emotion_desktop.imaging.prepare import FaceMode, prepare_faces
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.training.data.face_store import FaceStore
from emotion_desktop.training.data.pictures import prepare_pictures
from tests.faces import FACELESS, PORTRAITS, SAMPLES

EYES = Preprocessing(64, 1, "eyes", 2.2)
BOX = Preprocessing(50, 3, "box", 1.2)


@pytest.mark.parametrize("preprocessing", [EYES, BOX])
def test_each_face_is_prepared(finder, preprocessing):
    picture, faces = prepare_faces(SAMPLES / PORTRAITS[0], finder, preprocessing, FaceMode.FIND)
    (face,) = faces
    assert face.box == finder.find(picture)[0].box
    side, channels = preprocessing.size, preprocessing.channels
    assert face.pixels.shape == (side, side, channels)


def test_without_a_face_the_whole_picture_is_taken_only_where_asked(finder):
    def count(faces):
        return len(prepare_faces(SAMPLES / FACELESS, finder, EYES, faces)[1])

    assert [count(f) for f in (FaceMode.FIND, FaceMode.FIND_OR_WHOLE, FaceMode.WHOLE)] == [0, 1, 1]


def test_a_face_that_is_found_is_not_the_whole_picture(finder):
    picture, (face,) = prepare_faces(SAMPLES / PORTRAITS[0], finder, EYES, FaceMode.FIND_OR_WHOLE)
    assert face.box.width < picture.width / 2


def test_the_finder_is_not_asked_where_every_picture_is_a_face():
    picture, (face,) = prepare_faces(SAMPLES / PORTRAITS[0], None, EYES, FaceMode.WHOLE)
    assert (face.box.width, face.box.height) == (picture.width, picture.height)
    assert min(picture.pixels.shape[:2]) >= 2 * EYES.size


class Recorder:
    """A classifier that keeps what it is shown."""

    def __init__(self, card):
        self.card = card
        self.seen = []

    def logits(self, faces):
        self.seen += list(faces)
        return np.zeros((len(faces), len(self.card.labels)), np.float32)


def test_training_sees_what_classification_sees(finder, builtin, tmp_path):
    paths = [SAMPLES / name for name in PORTRAITS]
    recorder = Recorder(builtin.card)
    for _ in predict(paths, recorder, finder, FaceMode.FIND):
        pass
    samples = [Sample(path, "neutral", str(number)) for number, path in enumerate(paths)]
    context = LocalContext(lambda _: None)
    cache = FaceStore(tmp_path)
    pictures = prepare_pictures(samples, builtin.card.preprocessing, cache, context)
    trained_on = list(pictures.faces[pictures.rows])
    assert len(recorder.seen) == len(trained_on) == 3
    # Threads ask the classifier in whatever order they come.
    assert sorted(a.tobytes() for a in recorder.seen) == sorted(b.tobytes() for b in trained_on)
    assert trained_on[0].std() > 20
