"""Models that were made elsewhere, brought in from files of each kind."""

import zipfile
from functools import partial

import cv2
import numpy as np
import onnxruntime
import pytest

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import AppError, BundleError, DataError, UsageError
from emotion_desktop.domain.external_model import ExternalInput, best_scaling
from emotion_desktop.domain.files.model_files import is_external
from emotion_desktop.domain.job import Log
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.engines.bundle import KERAS, read_bundle
from emotion_desktop.training.external import external_model
from emotion_desktop.training.external.external_model import (
    describe_external,
    import_external,
    try_external,
)
from emotion_desktop.training.net.backend import keras, tf
from emotion_desktop.training.net.transfer import builder, recipe_for
from emotion_desktop.training.recipe.presets import RECIPES
from tests.faces import make_data_set
from tests.unit.training import onnx_models
from tests.unit.training.external.importing import LABELS, faces_for, job, probabilities
from tests.unit.training.onnx_models import onnx_net

layers = keras.layers


def keras_net(channels=3, size=24, end="softmax", labels=3):
    """A small net as somebody might have made it; its weights follow a seed."""
    keras.utils.set_random_seed(3)
    pixels = keras.Input((size, size, channels))
    x = layers.Conv2D(4, 5, strides=3, activation="relu")(pixels)
    x = layers.BatchNormalization()(x)
    x = layers.Flatten()(x)
    if end in ("softmax", "lists"):
        x = layers.Dense(labels, activation="softmax")(x)
    elif end == "softmax layer":
        x = layers.Softmax()(layers.Dense(labels)(x))
    elif end == "normalised":
        x = layers.Dense(labels, activation="softplus")(x)
        x = x / keras.ops.sum(x, axis=1, keepdims=True)
    else:
        x = layers.Dense(labels)(x)
    return keras.Model([pixels], [x]) if end == "lists" else keras.Model(pixels, x)


@pytest.mark.parametrize(
    ("end", "ending"),
    [
        ("softmax", ".keras"),
        ("softmax layer", ".keras"),
        ("normalised", ".keras"),
        ("logits", ".keras"),
        ("lists", ".keras"),
        ("softmax", ".h5"),
    ],
)
def test_a_keras_file_answers_as_before(tmp_path, end, ending):
    net = keras_net(end=end)
    source = tmp_path / f"net{ending}"
    net.save(source)
    about, _ = job(describe_external, source, tmp_path)
    assert about == {
        "kind": "keras",
        "classes": 3,
        "size": 24,
        "channels": 3,
        "whole": False,
        "labels": (),
    }
    job(import_external, source, tmp_path, scaling="-1-1", crop="box", extent=1.2)
    bundle = read_bundle(tmp_path / "Mine.emodel", verify=True)
    assert bundle.card.labels == LABELS
    assert bundle.card.preprocessing == Preprocessing(24, 3, "box", 1.2)
    faces = faces_for(bundle.card)
    said = np.reshape(net(faces.astype(np.float32) / 127.5 - 1), (-1, len(LABELS)))
    expected = said if end != "logits" else np.asarray(tf.nn.softmax(said))
    assert probabilities(bundle, faces) == pytest.approx(expected, abs=1e-4)


def test_a_keras_file_can_be_trained_further(tmp_path):
    keras_net(channels=1, size=32).save(tmp_path / "net.keras")
    job(import_external, tmp_path / "net.keras", tmp_path, scaling="0-1")
    bundle = read_bundle(tmp_path / "Mine.emodel")
    assert KERAS in bundle.files
    recipe = recipe_for(bundle, RECIPES["quick"])
    net = builder(bundle, EMOTIONS, recipe)()
    assert net.output.shape == (None, 8)
    assert "scaling/kernel" not in [weight.path for weight in net.trainable_weights]


def test_a_saved_model_answers_as_before(tmp_path):
    net = keras_net()
    net.export(tmp_path / "saved", verbose=False)
    assert is_external(tmp_path / "saved")
    job(import_external, tmp_path / "saved", tmp_path, scaling="imagenet")
    bundle = read_bundle(tmp_path / "Mine.emodel", verify=True)
    faces = faces_for(bundle.card)
    pixels = (faces / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    expected = np.asarray(net(pixels.astype(np.float32)))
    assert probabilities(bundle, faces) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("first", [True, False], ids=["channels first", "channels last"])
@pytest.mark.parametrize("end", ["softmax", "logits"])
@pytest.mark.parametrize("backwards", [False, True], ids=["rgb", "bgr"])
def test_an_onnx_file_answers_as_before(tmp_path, first, end, backwards):
    source = onnx_net(tmp_path / "net.onnx", first, end)
    about, _ = job(describe_external, source, tmp_path)
    assert about == {
        "kind": "onnx",
        "classes": 3,
        "size": 8,
        "channels": 3,
        "whole": False,
        "labels": (),
    }
    job(import_external, source, tmp_path, scaling="0-1", reversed_colours=backwards)
    bundle = read_bundle(tmp_path / "Mine.emodel", verify=True)
    faces = faces_for(bundle.card)
    means = faces.mean(axis=(1, 2))[:, :: -1 if backwards else 1] / 255
    logits = means if end == "softmax" else 2 * means
    expected = np.asarray(tf.nn.softmax(logits))
    assert probabilities(bundle, faces) == pytest.approx(expected, abs=1e-4)


def test_what_lite_rt_does_not_know_is_named(tmp_path):
    class Net(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 8, 8, 1], tf.float32)])
        def say(self, pixels):
            volume = tf.linalg.det(pixels[:, :, :, 0])
            return {"answer": tf.stack([volume, -volume, 2 * volume], axis=1)}

    net = Net()
    tf.saved_model.save(net, str(tmp_path / "saved"), signatures={"serving_default": net.say})
    with pytest.raises(BundleError, match="uses “MatrixDeterminant”"):
        job(import_external, tmp_path / "saved", tmp_path, scaling="0-1")


def test_the_scaling_is_found_on_labelled_photos(tmp_path):
    """A net that is right only if pixels come from 0 to 1."""
    pixels = keras.Input((8, 8, 1))
    mean = layers.GlobalAveragePooling2D()(pixels)
    out = layers.Dense(3)
    answer = out(mean)
    # Fear below 0.5; neutral from there to 2; happiness, which no photo shows, beyond.
    out.set_weights([np.array([[0.0, 2.0, 1.0]]), np.array([1.0, -3.0, 0.9])])
    keras.Model(pixels, answer).save(tmp_path / "net.keras")
    data = make_data_set(tmp_path / "data", 3, 1, emotions=("neutral",))
    result, told = job(try_external, tmp_path / "net.keras", tmp_path, photos=str(data))
    assert result["photos"] == 3
    assert result["best"] == best_scaling(result["found"], list(result["found"]))
    assert result["found"]["0-1"]["accuracy"] == 1
    assert result["found"]["0-255"]["accuracy"] == 0
    assert sum(isinstance(event, Log) for event in told) == 3
    imported, _ = job(import_external, tmp_path / "net.keras", tmp_path, photos=str(data))
    card = read_bundle(tmp_path / "Mine.emodel").card
    assert card.provenance.recipe["scaling"] == imported["tried"]["best"]
    assert "Checked on 3 labelled photos" in card.provenance.notes
    assert not card.calibration.is_fitted  # three photos are too few


def test_many_photos_fit_its_confidence(tmp_path, monkeypatch):
    monkeypatch.setattr(external_model, "_MIN_PHOTOS_TO_FIT", 12)
    keras_net(channels=1, size=32).save(tmp_path / "net.keras")
    data = make_data_set(tmp_path / "data", 3, 2, emotions=LABELS)
    result, _ = job(import_external, tmp_path / "net.keras", tmp_path, photos=str(data))
    card = read_bundle(tmp_path / "Mine.emodel").card
    fitted = result["tried"]["found"][result["tried"]["best"]]["temperature"]
    assert card.calibration.temperature == fitted != 1
    assert card.calibration.is_fitted
    assert "Its confidence was fitted on them." in card.provenance.notes


def test_labels_in_another_order_are_found_out(tmp_path):
    """A net that tells light faces from dark ones, if pixels come from 0 to 1."""
    data = make_data_set(tmp_path / "data", 6, 1, emotions=("fear", "neutral"))
    for number in range(1, 7):  # those of fear
        photo = data / "images" / f"Subject_{number:02d}_0001.jpg"
        cv2.imwrite(str(photo), (cv2.imread(str(photo)) * 0.35).astype(np.uint8))
    pixels = keras.Input((8, 8, 1))
    out = layers.Dense(2)
    answer = out(layers.GlobalAveragePooling2D()(pixels))
    out.set_weights([np.array([[10.0, 0.0]]), np.array([0.0, 2.5])])
    source = tmp_path / "net.keras"
    keras.Model(pixels, answer).save(source)
    right, _ = job(try_external, source, tmp_path, photos=str(data), labels=["neutral", "fear"])
    assert right["order"] is None
    assert right["found"]["0-1"]["accuracy"] == 1
    wrong, told = job(try_external, source, tmp_path, photos=str(data), labels=["fear", "neutral"])
    expected = {"labels": ["neutral", "fear"], "scaling": "0-1", "mean_recall": 1}
    assert wrong["order"] == expected
    assert "neutral,fear" in told[-1].line


def test_what_cannot_be_used_is_refused_in_words(tmp_path):
    (tmp_path / "bad.keras").write_bytes(b"no model")
    (tmp_path / "bad.onnx").write_bytes(b"no model")
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"no model")
    keras_net(labels=20).save(tmp_path / "many.keras")
    keras.Model(p := keras.Input((4,)), layers.Dense(3)(p)).save(tmp_path / "flat.keras")
    for name in ("bad.keras", "bad.onnx", "saved", "many.keras", "flat.keras"):
        with pytest.raises(BundleError) as caught:
            job(describe_external, tmp_path / name, tmp_path)
        assert caught.value.hint


def test_parts_of_keras_files_are_told_from_whole_ones(tmp_path):
    net = keras_net(channels=1, size=32)
    net.save(tmp_path / "whole.h5")
    half = (tmp_path / "whole.h5").read_bytes()
    (tmp_path / "half.h5").write_bytes(half[: len(half) // 2])
    net.save_weights(tmp_path / "only.weights.h5")
    with zipfile.ZipFile(tmp_path / "other.keras", "w") as archive:
        archive.writestr("readme.txt", "no model")
    words = {"half.h5": "damaged", "only.weights.h5": "weights alone", "other.keras": "damaged"}
    for name, expected in words.items():
        with pytest.raises(BundleError, match=expected) as caught:
            job(describe_external, tmp_path / name, tmp_path)
        assert caught.value.hint


def test_a_lambda_layer_is_not_executed(tmp_path):
    pixels = keras.Input((8, 8, 3))
    flat = layers.Flatten()(layers.Lambda(lambda x: x * 2)(pixels))
    keras.Model(pixels, layers.Dense(3)(flat)).save(tmp_path / "net.keras")
    with pytest.raises(BundleError, match="Lambda layer"):
        job(describe_external, tmp_path / "net.keras", tmp_path)


def test_what_was_said_must_fit(tmp_path):
    keras_net().save(tmp_path / "net.keras")
    for more in ({"labels": ["fear", "neutral"]}, {}, {"scaling": "0-1", "extent": 50}):
        with pytest.raises(UsageError):
            job(import_external, tmp_path / "net.keras", tmp_path, **more)
    with pytest.raises(AppError):
        job(import_external, tmp_path / "net.keras", tmp_path, photos=str(tmp_path / "none"))
    data = make_data_set(tmp_path / "data", 3, 1, emotions=("anger",))
    with pytest.raises(DataError, match="None of these photos"):
        job(try_external, tmp_path / "net.keras", tmp_path, photos=str(data))
    assert not (tmp_path / "Mine.emodel").exists()


@pytest.mark.parametrize(("crop", "extent"), [("eyes", 2.2), ("box", 1.1)])
def test_how_much_of_a_face_is_cut_out_follows_from_the_crop_unless_said(tmp_path, crop, extent):
    source = onnx_net(tmp_path / "net.onnx")
    job(import_external, source, tmp_path, scaling="0-1", crop=crop, extent=None)
    card = read_bundle(tmp_path / "Mine.emodel").card
    assert (card.preprocessing.crop, card.preprocessing.extent) == (crop, extent)


@pytest.mark.parametrize(("softmax", "opset"), [(False, 8), (True, 8), (True, 7)])
def test_an_old_onnx_file_for_one_picture_at_a_time_answers_as_before(tmp_path, softmax, opset):
    source = onnx_models.old_net(tmp_path / "net.onnx", softmax=softmax, opset=opset)
    job(import_external, source, tmp_path, scaling="0-1")
    bundle = read_bundle(tmp_path / "Mine.emodel", verify=True)
    faces = faces_for(bundle.card, 5)
    session = onnxruntime.InferenceSession(str(source), providers=["CPUExecutionProvider"])
    pixels = faces.transpose(0, 3, 1, 2).astype(np.float32) / 255
    said = np.concatenate([session.run(None, {"in": one[None]})[0] for one in pixels])
    expected = said if softmax else np.asarray(tf.nn.softmax(said))
    assert probabilities(bundle, faces) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("batch", [3, 8])
def test_a_net_for_batches_of_one_size_answers_for_any_number_of_faces(tmp_path, batch):
    source = onnx_models.old_net(tmp_path / "net.onnx", batch=batch)
    alone = onnx_models.old_net(tmp_path / "alone.onnx")
    for name, file in (("Mine", source), ("Alone", alone)):
        job(import_external, file, tmp_path, scaling="0-1", output=str(tmp_path / f"{name}.emodel"))
    many, one = (read_bundle(tmp_path / f"{name}.emodel") for name in ("Mine", "Alone"))
    for count in (0, 1, 3, 4, 17):
        faces = faces_for(one.card, count)
        assert probabilities(many, faces) == pytest.approx(probabilities(one, faces), abs=1e-6)


def test_functions_inside_an_onnx_file_are_taken_along(tmp_path):
    source = onnx_models.net_with_function(tmp_path / "net.onnx")
    job(import_external, source, tmp_path, scaling="0-1")
    bundle = read_bundle(tmp_path / "Mine.emodel", verify=True)
    faces = faces_for(bundle.card)
    expected = np.asarray(tf.nn.softmax(2 * faces.mean(axis=(1, 2)) / 255))
    assert probabilities(bundle, faces) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (partial(onnx_models.net_with_unknown_op, domain="com.mine"), "uses “Swizzle”"),
        (partial(onnx_models.net_with_unknown_op, domain=""), "uses “Swizzle”"),
        (onnx_models.net_of_the_future, "newer ONNX"),
        (partial(onnx_models.old_net, batch=65), "65 pictures at a time"),
    ],
)
def test_an_onnx_file_that_cannot_be_run_is_refused_before_anything_is_asked(tmp_path, make, words):
    with pytest.raises(BundleError, match=words) as caught:
        job(describe_external, make(tmp_path / "net.onnx"), tmp_path)
    assert caught.value.hint


def test_an_onnx_file_for_another_size_says_so(tmp_path):
    source = onnx_models.net_for_one_size(tmp_path / "net.onnx", 8)
    with pytest.raises(BundleError, match="pictures of 24 × 24 pixels"):
        job(import_external, source, tmp_path, scaling="0-1", size=24)
    job(import_external, source, tmp_path, scaling="0-1", size=8)


def test_a_net_whose_answers_are_no_numbers_is_refused(tmp_path):
    source = onnx_models.net_without_answers(tmp_path / "net.onnx")
    with pytest.raises(BundleError, match="no numbers"):
        job(import_external, source, tmp_path, scaling="0-1")
    assert not (tmp_path / "Mine.emodel").exists()


def test_damaged_and_missing_files_are_told_apart_without_jargon(tmp_path):
    (tmp_path / "photo.keras").write_bytes(b"\xff\xd8 a photo")
    (tmp_path / "photo.h5").write_bytes(b"\xff\xd8 a photo")
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"xx")
    words = {
        "photo.keras": "no Keras file",
        "photo.h5": "no Keras file",
        "saved": "damaged",
        "missing.onnx": "no file or folder",
        "missing.keras": "no file or folder",
    }
    for name, expected in words.items():
        with pytest.raises(AppError, match=expected) as caught:
            job(describe_external, tmp_path / name, tmp_path)
        assert caught.value.hint
        assert "`" not in caught.value.message


@pytest.mark.parametrize("scaling", ["0-1", "-1-1", "0-255", "imagenet"])
def test_scaling_is_one_linear_map(scaling):
    kernel, bias = ExternalInput(Preprocessing(8, 3, "box", 1.0), scaling).linear()
    white = np.array([255, 255, 255]) @ np.array(kernel) + bias
    black = np.array(bias)
    expected = {
        "0-1": (0, 1),
        "-1-1": (-1, 1),
        "0-255": (0, 255),
        "imagenet": ([-2.118, -2.036, -1.804], [2.249, 2.429, 2.640]),
    }[scaling]
    assert black == pytest.approx(np.broadcast_to(expected[0], 3), abs=1e-3)
    assert white == pytest.approx(np.broadcast_to(expected[1], 3), abs=1e-3)
