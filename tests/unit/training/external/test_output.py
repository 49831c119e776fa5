"""Whether what an external net gives are probabilities or logits: no softmax twice."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.training.external.external_model import describe_external
from emotion_desktop.training.net.backend import keras, tf
from tests.unit.training.external.importing import (
    SEVEN,
    faces_for,
    imported,
    job,
    onnx_said,
    probabilities,
    shares,
    softmax,
)
from tests.unit.training.onnx_models import convolving_net, save_net

layers = keras.layers


class _Noise(CalibrationDataReader):
    def __init__(self):
        chance = np.random.default_rng(1)
        self._left = [chance.random((1, 1, 24, 24), np.float32) for _ in range(8)]

    def get_next(self):
        return {"in": self._left.pop()} if self._left else None


@pytest.mark.parametrize("form", [QuantFormat.QDQ, QuantFormat.QOperator], ids=str)
@pytest.mark.parametrize("end", ["Softmax", "Sigmoid"])
def test_an_onnx_net_in_8_bits_gives_probabilities(tmp_path, form, end):
    """Rounded to 8 bits they do not add up to 1."""
    convolving_net(tmp_path / "net.onnx", end)
    source = tmp_path / "small.onnx"
    quantize_static(str(tmp_path / "net.onnx"), str(source), _Noise(), quant_format=form)
    bundle = imported(source, tmp_path, labels=list(SEVEN))
    faces = faces_for(bundle.card, 20)
    said = onnx_said(source, faces)
    assert np.abs(said.sum(axis=1) - 1).max() > 1e-3
    assert probabilities(bundle, faces) == pytest.approx(shares(said), abs=0.01)


def test_probabilities_rounded_to_8_bits_stay_as_sure_as_they_are(tmp_path):
    """A softmax whose answers are rounded to 256 steps, as quantisers write it."""
    whole = onnx.load(str(convolving_net(tmp_path / "net.onnx")))
    whole.graph.node[-1].output[0] = "p"
    whole.graph.initializer.extend(
        [
            numpy_helper.from_array(np.float32(1 / 256), "step"),
            numpy_helper.from_array(np.uint8(0), "zero"),
        ]
    )
    whole.graph.node.extend(
        [
            helper.make_node("QuantizeLinear", ["p", "step", "zero"], ["q"]),
            helper.make_node("DequantizeLinear", ["q", "step", "zero"], ["out"]),
        ]
    )
    onnx.save(whole, str(tmp_path / "rounded.onnx"))
    bundle = imported(tmp_path / "rounded.onnx", tmp_path, labels=list(SEVEN))
    faces = faces_for(bundle.card, 20)
    found = probabilities(bundle, faces)
    exact = onnx_said(tmp_path / "net.onnx", faces)
    assert exact.max() > 0.6
    assert found == pytest.approx(exact, abs=0.015)


@pytest.mark.parametrize(
    ("end", "meant"),
    [("Softmax", shares), ("Sigmoid", shares), ("LogSoftmax", softmax), ("Identity", softmax)],
)
def test_an_onnx_net_by_its_last_operator(tmp_path, end, meant):
    source = convolving_net(tmp_path / "net.onnx", end)
    bundle = imported(source, tmp_path, labels=list(SEVEN))
    faces = faces_for(bundle.card)
    assert probabilities(bundle, faces) == pytest.approx(meant(onnx_said(source, faces)), abs=1e-4)


def keras_net(end):
    """A small net that ends so."""
    keras.utils.set_random_seed(3)
    pixels = keras.Input((24, 24, 1))
    x = layers.Flatten()(layers.Conv2D(4, 5, strides=3, activation="relu")(pixels))
    last = {
        "activation": lambda: layers.Activation("sigmoid")(layers.Dense(7)(x)),
        "nested": lambda: keras.Sequential(
            [keras.Input(x.shape[1:]), layers.Dense(7, activation="softmax")]
        )(x),
        "softplus": lambda: layers.Dense(7, activation="softplus")(x),
        "softmax in float16": lambda: layers.Dense(7, activation="softmax", dtype="mixed_float16")(
            x
        ),
    }
    make = last.get(end, lambda: layers.Dense(7, activation=end)(x))
    return keras.Model(pixels, make())


ENDS = [
    ("softmax", shares),
    ("sigmoid", shares),
    ("activation", shares),
    ("nested", shares),
    ("linear", softmax),
    ("softplus", softmax),
    ("log_softmax", softmax),
    ("softmax in float16", shares),
]


@pytest.mark.parametrize(("end", "meant"), ENDS)
@pytest.mark.parametrize("form", ["keras", "h5", "saved model"])
def test_a_net_of_keras_by_its_last_layer(tmp_path, end, meant, form):
    net = keras_net(end)
    if "float16" in end and form == "saved model":
        pytest.skip("refused in words")
    source = tmp_path / ("net" if form == "saved model" else f"net.{form}")
    net.export(source, verbose=False) if form == "saved model" else net.save(source)
    bundle = imported(source, tmp_path, labels=list(SEVEN))
    faces = faces_for(bundle.card)
    said = np.asarray(net((faces / 255).astype(np.float32)), np.float32)
    near = 2e-3 if "float16" in end else 1e-4
    assert probabilities(bundle, faces) == pytest.approx(meant(said), abs=near)


def test_logits_that_add_up_to_1_on_some_pictures_are_logits(tmp_path):
    """Numbers that lie between 0 and 1 are no proof."""
    net = keras_net("linear")
    kernel, bias = net.layers[-1].get_weights()
    net.layers[-1].set_weights([kernel * 1e-4, bias + 1 / 7])
    net.save(tmp_path / "net.keras")
    bundle = imported(tmp_path / "net.keras", tmp_path, labels=list(SEVEN))
    faces = faces_for(bundle.card)
    said = np.asarray(net((faces / 255).astype(np.float32)))
    assert said.min() > 0
    assert said.sum(axis=1) == pytest.approx(1, abs=1e-3)
    assert probabilities(bundle, faces) == pytest.approx(softmax(said), abs=1e-4)


def test_an_onnx_net_in_float16(tmp_path):
    source = convolving_net(tmp_path / "net.onnx", kind=TensorProto.FLOAT16)
    bundle = imported(source, tmp_path, labels=list(SEVEN))
    faces = faces_for(bundle.card)
    said = onnx_said(source, faces, np.float16)
    assert probabilities(bundle, faces) == pytest.approx(said, abs=5e-3)


def test_numbers_that_onnx_runtime_cannot_reckon_with_are_said(tmp_path):
    source = convolving_net(tmp_path / "net.onnx", kind=TensorProto.DOUBLE)
    with pytest.raises(BundleError, match="“Conv” on a kind of numbers"):
        imported(source, tmp_path, labels=list(SEVEN))


def test_16_bits_that_litert_cannot_reckon_with_are_said(tmp_path):
    keras_net("softmax in float16").export(tmp_path / "net", verbose=False)
    with pytest.raises(BundleError, match="16-bit floating point"):
        imported(tmp_path / "net", tmp_path, labels=list(SEVEN))


def test_an_onnx_net_of_whole_numbers_is_asked_for_no_scaling(tmp_path):
    nodes = [
        helper.make_node("Cast", ["in"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["floats"], ["mean"], axes=[1, 2], keepdims=0),
        helper.make_node("Mul", ["mean", "small"], ["scaled"]),
        helper.make_node("Softmax", ["scaled"], ["out"], axis=1),
    ]
    source = save_net(
        tmp_path / "net.onnx",
        nodes,
        ["n", 8, 8, 3],
        ["n", 3],
        {"small": np.float32(1 / 255)},
        kinds=(TensorProto.UINT8, TensorProto.FLOAT),
    )
    about, _ = job(describe_external, source, tmp_path)
    assert about["whole"]
    bundle = imported(source, tmp_path, scaling="")
    faces = faces_for(bundle.card)
    expected = softmax(faces.mean(axis=(1, 2)) / 255)
    assert probabilities(bundle, faces) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("opset", [1, 5, 6])
def test_an_onnx_net_in_old_operators(tmp_path, opset):
    source = convolving_net(tmp_path / "net.onnx", opset=opset)
    bundle = imported(source, tmp_path, labels=list(SEVEN))
    faces = faces_for(bundle.card)
    modern = convolving_net(tmp_path / "modern.onnx")
    assert probabilities(bundle, faces) == pytest.approx(onnx_said(modern, faces), abs=1e-4)


@pytest.mark.parametrize("kind", [tf.float16, tf.float64, tf.uint8])
def test_a_saved_model_of_other_numbers(tmp_path, kind):
    class Net(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None, 8, 8, 3], kind)])
        def say(self, pixels):
            scale = 1 / 255 if kind == tf.uint8 else 1
            mean = tf.reduce_mean(tf.cast(pixels, tf.float32), axis=[1, 2]) * scale
            return {"answer": tf.nn.softmax(4 * mean)}

    net = Net()
    tf.saved_model.save(net, str(tmp_path / "net"), signatures={"serving_default": net.say})
    scaling = "" if kind == tf.uint8 else "0-1"
    bundle = imported(tmp_path / "net", tmp_path, scaling=scaling)
    faces = faces_for(bundle.card)
    expected = softmax(4 * faces.mean(axis=(1, 2)) / 255)
    assert probabilities(bundle, faces) == pytest.approx(expected, abs=2e-3)
