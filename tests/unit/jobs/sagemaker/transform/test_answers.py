"""From what the machines answered to results like those of the model here."""

import json

import numpy as np
import pytest

from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.jobs.sagemaker.transform.answers import (
    download_answers,
    results_here,
    results_in_s3,
)
from emotion_desktop.jobs.sagemaker.transform.faces import CutFace, SeenPhoto

BOX, FRAME = Box(1, 2, 30, 40), Frame(16.0, 22.0, 60.0, 60.0, 5.0)


class FakeBucket:
    """Objects by key."""

    def __init__(self, objects):
        self._objects = objects

    def objects(self, prefix):
        return [type("Item", (), {"key": key}) for key in self._objects if key.startswith(prefix)]

    def read(self, key, limit):
        return self._objects[key][:limit]


def photo(path, *files, **more):
    faces = tuple(CutFace(file, BOX, FRAME) for file in files)
    return SeenPhoto(path, (100, 80), b"digest", faces, **more)


def answer_of(card):
    """Logits, and what the cloud makes of them: a softmax."""
    logits = np.linspace(-2, 3, len(card.labels))
    powers = np.exp(logits - logits.max())
    return logits, (powers / powers.sum()).tolist()


def test_answers_are_read_by_the_names_of_their_files():
    bucket = FakeBucket(
        {
            "run/answers/0.png.out": json.dumps({"prediction": [0.25, 0.75]}).encode(),
            "run/answers/folder/1.jpg.out": b'{"prediction": [1, 0]}\n{"more": 1}',
            "run/answers/_SUCCESS": b"",
            "run/input/0.png": b"png",
        }
    )
    events = []
    answers = download_answers(bucket, "run/answers/", LocalContext(events.append))
    assert answers == {"0.png": [0.25, 0.75], "folder/1.jpg": [1.0, 0.0]}
    assert events[-1].text == "downloading, 2 of 2 answers"


@pytest.mark.parametrize(
    "data", [b"", b"no json", b"{}", b'{"prediction": null}', b'{"prediction": ["a"]}', b"[1]"]
)
def test_an_answer_of_another_form_is_told(data):
    with pytest.raises(DataError, match="not of the form"):
        download_answers(FakeBucket({"a/1.out": data}), "a/", LocalContext(lambda _: None))


def test_probabilities_are_those_of_the_model_here(builtin):
    logits, answer = answer_of(builtin.card)
    (result,) = results_here([photo("a.jpg", "0.png")], {"0.png": answer}, builtin.card, "m.emodel")
    expected = calibrate(logits[None], builtin.card.calibration)[0]
    assert list(result.faces[0].probabilities.values()) == pytest.approx(expected.tolist())
    assert (result.faces[0].box, result.faces[0].frame) == (BOX, FRAME)
    assert (result.size, result.digest) == ((100, 80), b"digest")


def test_each_photo_is_told_as_it_is(builtin):
    _, answer = answer_of(builtin.card)
    photos = [
        photo("read.jpg", "0.png", "1.png"),
        photo("half.jpg", "2.png", "3.png"),
        photo("stopped.jpg", "4.png"),
        photo("empty.jpg"),
        SeenPhoto("broken.jpg", error="no picture"),
    ]
    answers = dict.fromkeys(("0.png", "1.png", "3.png"), answer)
    results = {r.path: r for r in results_here(photos, answers, builtin.card, "m.emodel")}
    assert {path: (r.status, len(r.faces)) for path, r in results.items()} == {
        "read.jpg": (PhotoStatus.OK, 2),
        "half.jpg": (PhotoStatus.OK, 1),
        "empty.jpg": (PhotoStatus.NO_FACE, 0),
        "broken.jpg": (PhotoStatus.UNREADABLE, 0),
    }
    assert results["broken.jpg"].error == "no picture"
    assert {r.model for r in results.values()} == {"m.emodel"}


def test_pictures_in_s3_have_their_addresses(builtin):
    _, answer = answer_of(builtin.card)
    answers = {"b.jpg": answer, "a/1.jpg": answer}
    results = list(results_in_s3("s3://faces/album/", answers, builtin.card, "m.emodel"))
    assert [r.path for r in results] == ["s3://faces/album/a/1.jpg", "s3://faces/album/b.jpg"]
    assert all((r.status, r.model) == (PhotoStatus.OK, "m.emodel") for r in results)


def test_the_answers_of_another_model_are_refused(builtin):
    with pytest.raises(DataError, match="knows 2 classes"):
        list(results_in_s3("s3://faces", {"a.jpg": [0.5, 0.5]}, builtin.card, "m.emodel"))
