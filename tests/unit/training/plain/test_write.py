"""Models as plain files answer in the programs they are for as they do here."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from emotion_desktop.assets import FAST_MODEL
from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.experts import EXPERT_FEATURES, ExpertEnsemble
from emotion_desktop.domain.model import PLAIN_FORMS
from emotion_desktop.engines.bundle import KERAS, read_bundle, write_bundle
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.engines.loading import load_classifier
from emotion_desktop.training.plain.write import write_plain
from tests.small_model import write_small_model


@pytest.fixture(scope="module")
def bundle():
    return read_bundle(FAST_MODEL)


@pytest.fixture(scope="module")
def pixels(bundle):
    need = bundle.card.preprocessing
    shape = (3, need.size, need.size, need.channels)
    return np.random.default_rng(4).integers(0, 256, shape, np.uint8)


@pytest.fixture(scope="module")
def expected(bundle, pixels):
    return calibrate(load_classifier(bundle).logits(pixels), bundle.card.calibration)


def by_keras(folder: Path, pixels: np.ndarray) -> np.ndarray:
    import keras

    return np.asarray(keras.saving.load_model(folder / "model.keras")(pixels))


def by_tensorflow(folder: Path, pixels: np.ndarray) -> np.ndarray:
    import tensorflow as tf

    model = tf.saved_model.load(str(folder / "saved_model"))
    return np.asarray(model.serve(pixels))


def by_litert(folder: Path, pixels: np.ndarray) -> np.ndarray:
    from ai_edge_litert.interpreter import Interpreter

    model = Interpreter(str(folder / "model.tflite"))
    given, answer = model.get_input_details()[0], model.get_output_details()[0]
    model.resize_tensor_input(given["index"], pixels.shape)
    model.allocate_tensors()
    model.set_tensor(given["index"], pixels)
    model.invoke()
    return np.array(model.get_tensor(answer["index"]))


def by_onnxruntime(folder: Path, pixels: np.ndarray) -> np.ndarray:
    import onnxruntime

    model = onnxruntime.InferenceSession(folder / "model.onnx")
    return np.asarray(model.run(None, {model.get_inputs()[0].name: pixels})[0])


ASKED = {
    "keras": by_keras,
    "savedmodel": by_tensorflow,
    "tflite": by_litert,
    "onnx": by_onnxruntime,
}


@pytest.mark.parametrize("form", PLAIN_FORMS)
def test_it_answers_as_ours_does(form, bundle, pixels, expected, tmp_path):
    write_plain(bundle, form, tmp_path / "out")
    assert ASKED[form](tmp_path / "out", pixels) == pytest.approx(expected, abs=1e-4)
    labels = (tmp_path / "out" / "labels.txt").read_text("utf-8").split()
    assert tuple(labels) == bundle.card.labels
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def told(folder: Path, form: str) -> dict[str, str]:
    if form == "onnx":
        import onnxruntime

        return (
            onnxruntime.InferenceSession(folder / "model.onnx").get_modelmeta().custom_metadata_map
        )
    if form == "savedmodel":
        extra = folder / "saved_model" / "assets.extra" / "emotion-desktop.json"
        return json.loads(extra.read_text("utf-8"))
    with zipfile.ZipFile(folder / f"model.{form}") as archive:
        return json.loads(archive.read("emotion-desktop.json"))


@pytest.mark.parametrize("form", PLAIN_FORMS)
def test_labels_and_preprocessing_are_in_the_file(form, bundle, tmp_path):
    write_plain(bundle, form, tmp_path / "out")
    said = told(tmp_path / "out", form)
    assert tuple(json.loads(said["labels"])) == bundle.card.labels
    assert json.loads(said["input"])["size"] == bundle.card.preprocessing.size


def test_the_card_has_a_head_that_hubs_read(bundle, tmp_path):
    write_plain(bundle, "onnx", tmp_path / "out")
    text = (tmp_path / "out" / "README.md").read_text("utf-8")
    _, head, body = text.split("---\n", 2)
    # JSON values, which YAML holds.
    about = {
        name: json.loads(value)
        for name, value in (line.split(": ", 1) for line in head.splitlines())
    }
    assert about["pipeline_tag"] == "image-classification"
    assert about["library_name"] == "onnx"
    (result,) = about["model-index"][0]["results"]
    recall, accuracy = (metric["value"] for metric in result["metrics"])
    assert (recall, accuracy) == pytest.approx(
        (bundle.card.scores.mean_recall, bundle.card.scores.accuracy), abs=1e-4
    )
    assert "InferenceSession" in body
    assert "## Limits" in body


def test_what_is_there_is_not_replaced(bundle, tmp_path):
    with pytest.raises(AppError, match="already there"):
        write_plain(bundle, "keras", tmp_path)


def test_a_model_made_elsewhere_is_refused(tmp_path):
    small = write_small_model(tmp_path / "small.emodel")
    with pytest.raises(AppError, match="made elsewhere"):
        write_plain(small, "onnx", tmp_path / "out")


def test_a_model_with_other_nets_beside_it_is_refused(bundle, tmp_path):
    nothing = (0.0,) * len(bundle.card.labels)
    ensemble = ExpertEnsemble(
        (0.0,) * EXPERT_FEATURES, (nothing,) * EXPERT_FEATURES, nothing, regression_weight=1.0
    )
    card = replace(bundle.card, experts=ensemble)
    both = write_bundle(
        tmp_path / "both.emodel", card, {name: bundle.read(name) for name in bundle.files}
    )
    assert KERAS in both.files
    with pytest.raises(AppError, match="other nets"):
        write_plain(both, "onnx", tmp_path / "out")


def test_nothing_is_left_where_it_cannot_be_written(bundle, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("emotion_desktop.training.plain.write.hub_card", full)
    with pytest.raises(AppError, match="No space left"):
        write_plain(bundle, "onnx", tmp_path / "out")
    assert not any(tmp_path.iterdir())
