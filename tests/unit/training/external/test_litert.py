"""LiteRT files of other programs."""

from contextlib import redirect_stdout
from io import StringIO

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.training.external.external_model import describe_external
from emotion_desktop.training.net.backend import keras, tf
from tests.unit.training.external.importing import (
    SEVEN,
    faces_for,
    imported,
    job,
    probabilities,
    shares,
    softmax,
)


def converted(path, end="softmax", batch=1, quantised=None):
    """A small net, converted as people do."""
    keras.utils.set_random_seed(5)
    layers = keras.layers
    pixels = keras.Input((24, 24, 3), batch_size=batch)
    x = layers.Conv2D(4, 5, strides=3, activation="relu")(pixels)
    answer = layers.Dense(7, activation=end)(layers.Flatten()(x))
    net = keras.Model(pixels, answer)
    converter = tf.lite.TFLiteConverter.from_keras_model(net)
    if quantised:
        chance = np.random.default_rng(0)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: (
            [chance.random((1, 24, 24, 3), np.float32)] for _ in range(20)
        )
    if quantised in (tf.int8, tf.uint8):
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = quantised
    with redirect_stdout(StringIO()):
        path.write_bytes(converter.convert())
    return path


def said_by_itself(path, faces):
    """What LiteRT says of faces from 0 to 1, one at a time."""
    interpreter = Interpreter(model_path=str(path))
    (given,), (told,) = interpreter.get_input_details(), interpreter.get_output_details()
    interpreter.resize_tensor_input(given["index"], [1, *faces.shape[1:]])
    interpreter.allocate_tensors()
    found = []
    for face in faces:
        x = (face[None] / 255).astype(np.float32)
        scale, zero = given["quantization"]
        x = np.round(x / scale + zero).astype(given["dtype"]) if scale else x
        interpreter.set_tensor(given["index"], x)
        interpreter.invoke()
        y = interpreter.get_tensor(told["index"]).astype(np.float32)
        scale, zero = told["quantization"]
        found.append((y - zero) * scale if scale else y)
    return np.concatenate(found)


@pytest.mark.parametrize(
    ("end", "meant"), [("softmax", shares), ("sigmoid", shares), ("linear", softmax)]
)
@pytest.mark.parametrize("batch", [1, None])
def test_it_answers_as_before(tmp_path, end, meant, batch):
    source = converted(tmp_path / "net.tflite", end, batch)
    about, _ = job(describe_external, source, tmp_path)
    assert (about["kind"], about["classes"], about["size"]) == ("litert", 7, 24)
    bundle = imported(source, tmp_path, labels=list(SEVEN))
    faces = faces_for(bundle.card, 5)
    expected = meant(said_by_itself(source, faces))
    assert probabilities(bundle, faces) == pytest.approx(expected, abs=1e-4)
    for count in (0, 1, 3):
        assert len(probabilities(bundle, faces[:count])) == count


@pytest.mark.parametrize("kind", [tf.float32, tf.int8, tf.uint8], ids=str)
def test_in_8_bits_it_stays_as_sure_as_it_is(tmp_path, kind):
    source = converted(tmp_path / "net.tflite", quantised=kind)
    bundle = imported(source, tmp_path, labels=list(SEVEN))
    faces = faces_for(bundle.card, 8)
    expected = shares(said_by_itself(source, faces))
    assert probabilities(bundle, faces) == pytest.approx(expected, abs=0.02)


def test_what_is_no_such_file(tmp_path):
    whole = converted(tmp_path / "whole.tflite").read_bytes()
    for name, data in (("empty", b""), ("noise", bytes(range(256))), ("half", whole[:200])):
        (tmp_path / f"{name}.tflite").write_bytes(data)
        with pytest.raises(BundleError) as caught:
            job(describe_external, tmp_path / f"{name}.tflite", tmp_path)
        assert caught.value.hint
