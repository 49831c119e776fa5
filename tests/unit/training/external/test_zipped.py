"""Models in ZIP files, with their labels beside them."""

import os
import stat
import zipfile

import numpy as np
import pytest
import tf_keras

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.domain.files.model_files import external_name, is_external
from emotion_desktop.training.external.external_model import describe_external
from emotion_desktop.training.external.labels_beside import labels_beside
from tests.unit.training.external.importing import (
    SEVEN,
    faces_for,
    imported,
    job,
    onnx_said,
    probabilities,
)
from tests.unit.training.onnx_models import convolving_net

LINES = "".join(f"{n} {name.title()}\n" for n, name in enumerate(SEVEN))


def pack(path, *files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return path


def test_a_zipped_file_with_its_labels(tmp_path):
    net = convolving_net(tmp_path / "net.onnx")
    source = pack(
        tmp_path / "converted.zip",
        ("__MACOSX/._model.onnx", b"x"),
        ("model.onnx", net.read_bytes()),
        ("labels.txt", LINES),
    )
    assert is_external(source)
    assert external_name(source) == "converted"
    about, _ = job(describe_external, source, tmp_path)
    assert tuple(about["labels"]) == SEVEN
    bundle = imported(source, tmp_path, labels=[])
    assert bundle.card.labels == SEVEN
    faces = faces_for(bundle.card)
    assert probabilities(bundle, faces) == pytest.approx(onnx_said(net, faces), abs=1e-4)


def test_a_zipped_saved_model(tmp_path):
    tf_keras.utils.set_random_seed(5)
    pixels = tf_keras.Input((24, 24, 1))
    flat = tf_keras.layers.Flatten()(pixels)
    net = tf_keras.Model(pixels, tf_keras.layers.Dense(7, activation="softmax")(flat))
    net.export(tmp_path / "model.savedmodel")
    folder = tmp_path / "model.savedmodel"
    files = [
        (str(p.relative_to(tmp_path)), p.read_bytes()) for p in folder.rglob("*") if p.is_file()
    ]
    source = pack(tmp_path / "saved.zip", *files, ("labels.txt", LINES))
    bundle = imported(source, tmp_path, labels=[])
    faces = faces_for(bundle.card)
    said = np.asarray(net((faces / 255).astype(np.float32)))
    assert probabilities(bundle, faces) == pytest.approx(said, abs=1e-4)


def test_archives_that_are_not_harmless(tmp_path):
    net = convolving_net(tmp_path / "net.onnx").read_bytes()
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    for extra, words in (
        (("../evil", b"x"), "leads out"),
        ((link, b"/etc/passwd"), "leads out"),
        (("other.onnx", net), "holds 2 models"),
        (("zeros.bin", bytes(200 << 20)), "far more than any model"),
    ):
        source = pack(tmp_path / "odd.zip", ("model.onnx", net), extra)
        with pytest.raises(BundleError, match=words):
            job(describe_external, source, tmp_path)
    assert not (tmp_path.parent / "evil").exists()


def test_other_zip_files_are_no_models(tmp_path):
    assert not is_external(pack(tmp_path / "photos.zip", ("a/1.png", b"x"), ("labels.csv", b"")))
    (tmp_path / "bad.zip").write_bytes(b"PK\3\4 no archive")
    assert not is_external(tmp_path / "bad.zip")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.zip")
        assert not is_external(tmp_path / "pipe.zip")


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Happy\nSad\n", ("happiness", "sadness")),
        ("0 angry\r\n1 Neutral\r\n", ("anger", "neutral")),
        ("\ufeff0: fear\n\n1: surprised\n", ("fear", "surprise")),
        ("0 cat\n1 dog\n", ()),
        ("happy\nhappy\n", ()),
        ("", ()),
    ],
)
def test_labels_beside_a_model(tmp_path, text, labels):
    (tmp_path / "labels.txt").write_text(text, encoding="utf-8")
    assert labels_beside(tmp_path / "keras_model.h5") == labels
