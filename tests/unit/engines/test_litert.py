"""The classifier, and models that are none."""

import dataclasses
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.domain.model import Calibration
from emotion_desktop.engines.bundle import KERAS, write_bundle
from emotion_desktop.engines.litert import LiteRTClassifier
from emotion_desktop.engines.table import LITERT
from emotion_desktop.imaging.prepare import FaceMode, prepare_faces
from tests.faces import SAMPLES
from tests.unit.engines.bundles import small_files


def some_faces(builtin, count):
    need = builtin.card.preprocessing
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (count, need.size, need.size, need.channels), dtype=np.uint8)


def test_a_smile_is_a_smile(builtin, classifier, finder):
    need = builtin.card.preprocessing
    _, (look,) = prepare_faces(SAMPLES / "official_portrait.jpg", finder, need, FaceMode.FIND)
    logits = classifier.logits(look.pixels[None])
    assert logits.dtype == np.float32
    assert builtin.card.labels[int(logits[0].argmax())] == "happiness"


def test_an_answer_does_not_depend_on_its_batch(builtin, classifier):
    faces = some_faces(builtin, 40)
    at_once = classifier.logits(faces)
    assert at_once.shape == (40, len(builtin.card.labels))
    for size in (1, 7, 40):
        parts = [classifier.logits(faces[i : i + size]) for i in range(0, 40, size)]
        assert np.concatenate(parts) == pytest.approx(at_once, abs=1e-5)


def test_several_threads_may_ask_at_once(builtin, classifier):
    faces = some_faces(builtin, 24)
    expected = classifier.logits(faces)
    shared = LiteRTClassifier(builtin)
    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(lambda i: shared.logits(faces[i : i + 1])[0], range(24)))
    assert np.stack(rows) == pytest.approx(expected, abs=1e-5)


def test_answers_stay_after_the_next_question(builtin, classifier):
    faces = some_faces(builtin, 2)
    first = classifier.logits(faces[:1])
    kept = first.copy()
    classifier.logits(faces[1:])
    assert (first == kept).all()


@pytest.mark.parametrize("wrong", ["size", "channels", "labels"])
def test_a_model_that_does_not_fit_its_description(builtin, tmp_path, wrong):
    need = builtin.card.preprocessing
    change = {
        "size": {"preprocessing": dataclasses.replace(need, size=need.size + 8)},
        "channels": {"preprocessing": dataclasses.replace(need, channels=4 - need.channels)},
        "labels": {
            "labels": ("anger", "fear"),
            "calibration": Calibration(1.0, (0.0, 0.0)),
            "experts": None,
        },
    }[wrong]
    card = dataclasses.replace(builtin.card, **change)
    bundle = write_bundle(tmp_path / "m.emodel", card, small_files(builtin))
    with pytest.raises(BundleError, match="does not fit"):
        LiteRTClassifier(bundle)


def test_a_model_that_loads_but_cannot_answer_is_refused_when_it_is_loaded(builtin, monkeypatch):
    def fail(_):
        raise RuntimeError("Input tensor 28 lacks data")

    monkeypatch.setattr("ai_edge_litert.interpreter.Interpreter.allocate_tensors", fail)
    with pytest.raises(BundleError, match="cannot be loaded"):
        LiteRTClassifier(builtin)


def garbage(data: bytes, number: int) -> bytes:
    """A LiteRT file with something wrong: none at all, a part, or a structure with errors."""
    rng = random.Random(number)
    if number % 4 == 0:
        return rng.randbytes(3000)
    if number % 4 == 1:
        return data[: rng.randrange(len(data))]
    spoilt = bytearray(data)
    for _ in range(rng.randrange(1, 6)):
        # The tables stand at the beginning and at the end, the weights between.
        near = rng.randrange(8000)
        spoilt[near if rng.random() < 0.5 else len(data) - 1 - near] = rng.randrange(256)
    return bytes(spoilt)


_LOAD_ALL = """
import sys
from pathlib import Path
from emotion_desktop.domain.errors import BundleError
from emotion_desktop.engines.bundle import read_bundle
from emotion_desktop.engines.litert import LiteRTClassifier

refused = 0
for path in sorted(Path(sys.argv[1]).glob("*.emodel")):
    print(path.name, file=sys.stderr, flush=True)
    try:
        LiteRTClassifier(read_bundle(path, verify=True))
    except BundleError as error:
        assert error.message.endswith("."), error.message
        refused += 1
print(refused)
"""


def test_garbage_with_a_right_checksum_is_refused_and_crashes_nothing(builtin, tmp_path):
    data = builtin.read(LITERT)
    for number in range(40):
        files = {KERAS: b"x", LITERT: garbage(data, number)}
        write_bundle(tmp_path / f"{number:02}.emodel", builtin.card, files)
    # In a process of its own: a crash of the native library is a failed test, not a lost run.
    done = subprocess.run(
        [sys.executable, "-c", _LOAD_ALL, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    # All the random bytes and the parts, at the least.
    assert int(done.stdout) >= 20
