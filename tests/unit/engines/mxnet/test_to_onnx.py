"""The converter, held against MXNet itself."""

from __future__ import annotations

import json

import numpy as np
import onnxruntime
import pytest

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.engines.mxnet.module import load_mxnet
from emotion_desktop.engines.mxnet.params import read_params
from emotion_desktop.engines.mxnet.symbol import read_symbol
from emotion_desktop.engines.mxnet.to_onnx import convert
from tests.unit.engines.mxnet_nets import answers, bn, faces, random_params, resnet, saved

TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def mx():
    return load_mxnet()


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def run(model: bytes, faces: np.ndarray) -> np.ndarray:
    return onnxruntime.InferenceSession(model).run(None, {"faces": faces})[0]


def check(mx, symbol, params, shape, tmp_path, *, labels=8, channels=None, label="softmax_label"):
    """Converts and compares probabilities; returns the logits."""
    raw_symbol, raw_params = saved(mx, symbol, params, tmp_path)
    arrays = read_params(raw_params)
    graph = read_symbol(raw_symbol, arrays)
    channels = channels or shape[0]
    model = convert(graph, arrays, shape, channels, labels)
    seen = faces(3, (channels, *shape[1:]))
    pictures = seen.transpose(0, 3, 1, 2).astype(np.float32)
    if channels < shape[0]:
        pictures = np.repeat(pictures, shape[0], axis=1)
    logits = run(model, seen)
    expected = answers(mx, symbol, params, pictures, label)
    assert np.ptp(expected, axis=0).max() > 1e-3, "the net ignores its picture"
    assert np.abs(softmax(logits) - expected).max() <= TOLERANCE
    return logits


@pytest.mark.parametrize(
    ("layers", "shape"),
    [
        (20, (3, 50, 50)),
        (110, (3, 28, 28)),
        (18, (3, 50, 50)),
        (34, (3, 64, 64)),
        (50, (3, 64, 64)),
    ],
)
def test_residual_nets_answer_as_in_mxnet(mx, tmp_path, layers, shape):
    symbol = resnet(mx, layers, 8, shape)
    check(mx, symbol, random_params(mx, symbol, shape), shape, tmp_path)


@pytest.mark.parametrize(
    "options",
    [
        {"copy": True, "head": "newlayer_fc2"},
        {"label": "out_label"},
        {"half": True},
        {"head": "fc"},
    ],
)
def test_what_varies_between_published_models(mx, tmp_path, options):
    shape = (3, 32, 32)
    symbol = resnet(mx, 20, 7, shape, **options)
    assert ('"_copy"' in symbol.tojson()) == options.get("copy", False)
    half = options.get("half", False)
    float32 = resnet(mx, 20, 7, shape) if half else symbol
    params = random_params(mx, float32, shape)
    if half:
        params = {name: array.astype("float16") for name, array in params.items()}
        raw_symbol, raw_params = saved(mx, symbol, params, tmp_path)
        arrays = read_params(raw_params)
        assert {a.dtype for a in arrays.values()} == {np.dtype("float16")}
        model = convert(read_symbol(raw_symbol, arrays), arrays, shape, 3, 7)
        seen = faces(3, shape)
        expected = answers(mx, float32, params, seen.transpose(0, 3, 1, 2).astype(np.float32))
        assert np.abs(softmax(run(model, seen)) - expected).max() <= TOLERANCE
        return
    label = options.get("label", "softmax_label")
    check(mx, symbol, params, shape, tmp_path, labels=7, label=label)


def test_the_original_notebooks_grey_pictures(mx, tmp_path):
    shape = (1, 350, 350)
    symbol = resnet(mx, 18, 8, shape, label="out_label")
    check(mx, symbol, random_params(mx, symbol, shape), shape, tmp_path, label="out_label")


def test_grey_faces_for_a_net_that_takes_colour(mx, tmp_path):
    shape = (3, 32, 32)
    symbol = resnet(mx, 20, 8, shape)
    check(mx, symbol, random_params(mx, symbol, shape), shape, tmp_path, channels=1)


@pytest.mark.parametrize("fix_gamma", [True, False])
def test_fixed_and_free_gamma(mx, tmp_path, fix_gamma):
    x = bn(mx, mx.sym.Variable("data"), "bn_data", fix_gamma)
    symbol = mx.sym.SoftmaxOutput(mx.sym.FullyConnected(x, num_hidden=2, name="fc"), name="softmax")
    params = random_params(mx, symbol, (3, 8, 8))
    params["arg:bn_data_gamma"] = mx.nd.array([0.1, 3.0, 1.7])
    check(mx, symbol, params, (3, 8, 8), tmp_path, labels=2)


@pytest.mark.parametrize("convention", ["valid", "full"])
@pytest.mark.parametrize("kind", ["max", "avg", "sum"])
@pytest.mark.parametrize("include", [True, False])
@pytest.mark.parametrize(
    ("side", "kernel", "stride", "pad"),
    [(9, 2, 2, 0), (9, 3, 2, 1), (10, 3, 2, 1), (11, 3, 3, 1), (7, 2, 3, 1), (8, 4, 3, 2)],
)
def test_every_way_to_pool(*, mx, convention, kind, include, side, kernel, stride, pad):
    options = {
        "kernel": (kernel, kernel),
        "stride": (stride, stride),
        "pad": (pad, pad),
        "pool_type": kind,
        "pooling_convention": convention,
        "count_include_pad": include,
    }
    seen = np.random.default_rng(1).integers(0, 256, (2, side, side, 1), np.uint8)
    pictures = mx.nd.array(seen.transpose(0, 3, 1, 2).astype(np.float32))
    expected = mx.nd.Pooling(pictures, **options).asnumpy().reshape(2, -1)
    pooled = mx.sym.Flatten(mx.sym.Pooling(mx.sym.Variable("data"), **options))
    symbol = mx.sym.SoftmaxOutput(pooled, name="softmax").tojson().encode()
    graph = read_symbol(symbol, ["softmax_label"])
    logits = run(convert(graph, {}, (1, side, side), 1, expected.shape[1]), seen)
    assert np.allclose(logits, expected, rtol=1e-5)


def test_other_steps_and_endings(mx, tmp_path):
    data = (mx.sym.Variable("data") - 127.5) / 64
    x = mx.sym.Convolution(data, kernel=(3, 3), num_filter=6, dilate=(2, 2), pad=(1, 2), name="c1")
    y = mx.sym.Convolution(
        data, kernel=(3, 3), num_filter=6, num_group=3, dilate=(2, 2), pad=(1, 2), name="c2"
    )
    x = mx.sym.concat(mx.sym.LeakyReLU(x, slope=0.1), mx.sym.relu(y), dim=1)
    x = mx.sym.Dropout(mx.sym.Activation(x, act_type="tanh"), p=0.5)
    x = mx.sym.Pooling(x, global_pool=True, kernel=(1, 1), pool_type="max")
    x = mx.sym.FullyConnected(x, num_hidden=4, no_bias=True, name="out")
    symbol = mx.sym.SoftmaxOutput(x, name="softmax")
    params = random_params(mx, symbol, (3, 12, 12))
    logits = check(mx, symbol, params, (3, 12, 12), tmp_path, labels=4)
    for other in (mx.sym.softmax(x), mx.sym.SoftmaxActivation(x), x, mx.sym.identity(x)):
        raw_symbol, raw_params = saved(mx, other, params, tmp_path)
        arrays = read_params(raw_params)
        graph = read_symbol(raw_symbol, arrays)
        model = convert(graph, arrays, (3, 12, 12), 3, 4)
        assert np.allclose(run(model, faces(3, (3, 12, 12))), logits)


def test_the_same_model_makes_the_same_bytes(mx, tmp_path):
    symbol = resnet(mx, 20, 8, (3, 32, 32))
    raw_symbol, raw_params = saved(mx, symbol, random_params(mx, symbol, (3, 32, 32)), tmp_path)
    made = set()
    for _ in range(2):
        arrays = read_params(raw_params)
        made.add(convert(read_symbol(raw_symbol, arrays), arrays, (3, 32, 32), 3, 8))
    assert len(made) == 1


@pytest.mark.parametrize(
    ("labels", "shape", "channels", "words"),
    [
        (7, (3, 32, 32), 3, "8 classes, and 7 labels"),
        (8, (1, 32, 32), 1, "not of the size"),
        (8, (3, 32, 32), 2, "not of 2"),
    ],
)
def test_what_does_not_fit_is_said(*, mx, tmp_path, labels, shape, channels, words):
    symbol = resnet(mx, 20, 8, (3, 32, 32))
    raw_symbol, raw_params = saved(mx, symbol, random_params(mx, symbol, (3, 32, 32)), tmp_path)
    arrays = read_params(raw_params)
    with pytest.raises(BundleError, match=words):
        convert(read_symbol(raw_symbol, arrays), arrays, shape, channels, labels)


def test_unknown_steps_and_other_heads_are_refused(mx, tmp_path):
    x = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=3, name="fc")
    params = {"arg:fc_weight": mx.nd.ones((3, 27)), "arg:fc_bias": mx.nd.ones((3,))}
    for symbol, words in (
        (mx.sym.SoftmaxOutput(mx.sym.sort(x), name="softmax"), "step this program does not know"),
        (mx.sym.LogisticRegressionOutput(x, name="end"), "several labels"),
    ):
        raw_symbol, raw_params = saved(mx, symbol, params, tmp_path)
        arrays = read_params(raw_params)
        with pytest.raises(BundleError, match=words):
            convert(read_symbol(raw_symbol, arrays), arrays, (3, 3, 3), 3, 3)


def test_parameters_of_another_net_are_refused(mx, tmp_path):
    one, other = resnet(mx, 20, 8, (3, 32, 32)), resnet(mx, 18, 8, (3, 64, 64))
    raw_symbol, _ = saved(mx, one, random_params(mx, one, (3, 32, 32)), tmp_path)
    _, raw_params = saved(mx, other, random_params(mx, other, (3, 64, 64)), tmp_path)
    with pytest.raises(BundleError, match="do not belong together"):
        read_symbol(raw_symbol, read_params(raw_params))


def test_values_that_are_no_numbers_are_refused(mx, tmp_path):
    symbol = resnet(mx, 20, 8, (3, 32, 32))
    params = random_params(mx, symbol, (3, 32, 32))
    params["arg:conv0_weight"][0, 0, 0, 0] = float("nan")
    raw_symbol, raw_params = saved(mx, symbol, params, tmp_path)
    arrays = read_params(raw_params)
    with pytest.raises(BundleError, match="no numbers"):
        convert(read_symbol(raw_symbol, arrays), arrays, (3, 32, 32), 3, 8)


def test_an_older_way_to_write_attributes(mx, tmp_path):
    symbol = resnet(mx, 20, 8, (3, 32, 32))
    params = random_params(mx, symbol, (3, 32, 32))
    raw_symbol, raw_params = saved(mx, symbol, params, tmp_path)
    content = json.loads(raw_symbol)
    for node in content["nodes"]:
        if "attrs" in node:
            node["param"] = node.pop("attrs")
        node["inputs"] = [entry[:2] for entry in node["inputs"]]
    arrays = read_params(raw_params)
    made = [
        convert(read_symbol(raw, arrays), arrays, (3, 32, 32), 3, 8)
        for raw in (raw_symbol, json.dumps(content).encode())
    ]
    assert made[0] == made[1]
