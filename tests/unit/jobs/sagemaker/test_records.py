"""A split as two RecordIO files: labels, balance, copies; nothing of the test part."""

from __future__ import annotations

from collections import Counter

import cv2
import numpy as np
import pytest

from emotion_desktop.domain.balance import Balance, Method, Synthesis
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.split import FrozenSplit, Split
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.jobs.sagemaker.oversampling import repeated
from emotion_desktop.jobs.sagemaker.records import prepare, preprocessing_of
from tests.faces import make_data_set
from tests.record_files import read_records


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    from emotion_desktop.dataset.sources.labels import read_labelled

    folder = tmp_path_factory.mktemp("data") / "data"
    made = make_data_set(folder, persons_per_emotion=2, emotions=("anger", "fear", "neutral"))
    return list(read_labelled(made).samples)


def frozen(samples, balance=None, training=None):
    training = samples[:9] if training is None else training
    split = Split(tuple(training), tuple(samples[9:]), (), (0.5, 0.5, 0.0), 3)
    return FrozenSplit("s", split, balance or Balance(), "f" * 32, 0.0)


def labels_in(path):
    return Counter(record.label for record in read_records(path))


@pytest.mark.parametrize(
    ("method", "power", "expected"),
    [
        (Method.NONE, 0.0, {0: 10, 1: 2}),
        (Method.SAMPLING, 0.0, {0: 10, 1: 10}),
        (Method.WEIGHTS, 0.0, {0: 10, 1: 10}),
        (Method.SAMPLING, 1.0, {0: 10, 1: 2}),
        (Method.SAMPLING, 0.5, {0: 10, 1: pytest.approx(4.5, abs=0.6)}),
    ],
)
def test_rare_emotions_are_shown_more_often(method, power, expected):
    labels = [0] * 10 + [1] * 2
    order = repeated(labels, Balance(method, power), seed=1)
    assert dict(Counter(labels[number] for number in order)) == expected
    assert set(order) == set(range(12)), "no photo is left out"
    assert order == repeated(labels, Balance(method, power), seed=1)
    assert order != sorted(order)


@pytest.mark.parametrize("grey", [True, False])
def test_copies_are_edited_faces_of_training_photos(samples, finder, tmp_path, grey):
    synthesis = Synthesis({"fear": 9}, edits=("contrast", "flip"), strength=1.0, seed=2)
    balance = Balance(Method.SYNTHESIS, synthesis=synthesis)
    made = [
        prepare(
            frozen(samples, balance),
            preprocessing_of(32, grey),
            tmp_path / str(n),
            finder,
            LocalContext(lambda _: None),
        )
        for n in range(2)
    ]
    assert made[0] == made[1], "the same seed gives the same bytes"
    prepared = made[0]
    fear = prepared.labels.index("fear")
    assert labels_in(tmp_path / "0" / "train.rec")[fear] == 9
    assert prepared.train.counts["fear"] == 9
    assert prepared.faces["fear"] < 9
    pictures = [
        cv2.imdecode(np.frombuffer(r.picture, np.uint8), cv2.IMREAD_UNCHANGED)
        for r in read_records(tmp_path / "0" / "train.rec")
        if r.label == fear
    ]
    assert {p.shape for p in pictures} == {(32, 32) if grey else (32, 32, 3)}
    assert len({p.tobytes() for p in pictures}) > prepared.faces["fear"]
    # Skin is red rather than blue, in copies as in faces (OpenCV reads blue first).
    assert grey or all(p[..., 2].mean() > p[..., 0].mean() + 5 for p in pictures)
    assert not (tmp_path / "0" / "faces.rec").exists()


def test_too_little_is_said(samples, finder, tmp_path):
    context = LocalContext(lambda _: None)
    one = [s for s in samples if s.emotion == "anger"]
    with pytest.raises(DataError, match="fewer than two emotions"):
        prepare(
            frozen(samples, training=one), preprocessing_of(32, True), tmp_path, finder, context
        )
    split = Split(tuple(samples), (), (), (1.0, 0.0, 0.0), 3)
    with pytest.raises(DataError, match="best epoch"):
        prepare(
            FrozenSplit("s", split, Balance(), "f", 0.0),
            preprocessing_of(32, True),
            tmp_path,
            finder,
            context,
        )
