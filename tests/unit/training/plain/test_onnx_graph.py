"""Nets of ours and of keras.applications in ONNX answer as they do in Keras."""

from dataclasses import replace

import numpy as np
import pytest

from emotion_desktop.domain.errors import AppError
from emotion_desktop.training.net.backend import keras
from emotion_desktop.training.net.nets import build_net
from emotion_desktop.training.plain.onnx_graph import to_onnx
from emotion_desktop.training.recipe.presets import RECIPES

QUICK, NOTEBOOK = RECIPES["quick"], RECIPES["notebook"]
RECIPES_BY_NET = {
    "residual": replace(QUICK, size=33),
    "wide": replace(QUICK, net="wide", size=48, width=8),
    "notebook": NOTEBOOK,
    "mobilenetv3-small": replace(QUICK, net="mobilenetv3-small", channels=1),
    "efficientnetv2-b0": replace(QUICK, net="efficientnetv2-b0", size=48, channels=3),
    "with the FER2013 expert": replace(QUICK, expert_net="fer2013", expert_net_weight=0.4, size=48),
}


def asked(file: bytes, pixels: np.ndarray) -> np.ndarray:
    import onnxruntime

    session = onnxruntime.InferenceSession(file)
    return session.run(None, {session.get_inputs()[0].name: pixels})[0]


@pytest.mark.parametrize("net", RECIPES_BY_NET)
def test_it_answers_as_keras_does(net):
    recipe = RECIPES_BY_NET[net]
    keras.utils.set_random_seed(5)
    model = build_net(recipe, ("anger", "fear", "neutral"), 0)
    random = np.random.default_rng(1)
    for layer in model.layers:  # means and variances that are not those of a new net
        if isinstance(layer, keras.layers.BatchNormalization):
            *others, mean, variance = layer.get_weights()
            mean, variance = (random.uniform(0.5, 1.5, mean.shape) for _ in range(2))
            layer.set_weights([*others, mean, variance])
    pixels = random.integers(0, 256, (3, recipe.size, recipe.size, recipe.channels), np.uint8)
    expected = np.asarray(model(pixels, training=False))
    assert asked(to_onnx(model, {}), pixels) == pytest.approx(expected, abs=1e-4)


def test_every_padding_stride_and_pool_is_as_tensorflow_has_it():
    layers = keras.layers
    pixels = keras.Input((13, 10, 3), dtype="uint8")
    x = layers.Rescaling(1 / 255, offset=-0.5)(pixels)
    x = layers.ZeroPadding2D(((1, 0), (2, 1)))(x)
    x = layers.Conv2D(6, (3, 2), strides=2, padding="same", activation="swish")(x)
    x = layers.SeparableConv2D(8, 3, padding="same", depth_multiplier=2)(x)
    x = layers.Concatenate()([x, layers.DepthwiseConv2D(3, padding="same")(x)])
    x = layers.AveragePooling2D(2, padding="same")(x)
    x = layers.MaxPooling2D(3, strides=2, padding="same")(layers.ReLU(max_value=6)(x))
    x = layers.Dense(5, activation="hard_sigmoid")(layers.Flatten()(x))
    model = keras.Model(pixels, layers.Softmax()(x))
    given = np.random.default_rng(2).integers(0, 256, (2, 13, 10, 3), np.uint8)
    expected = np.asarray(model(given, training=False))
    assert asked(to_onnx(model, {}), given) == pytest.approx(expected, abs=1e-5)


def test_what_is_told_of_a_model_is_in_the_file():
    import onnxruntime

    file = to_onnx(build_net(NOTEBOOK, ("fear", "anger"), 0), {"labels": '["fear", "anger"]'})
    meta = onnxruntime.InferenceSession(file).get_modelmeta()
    assert meta.custom_metadata_map == {"labels": '["fear", "anger"]'}


def test_a_layer_without_a_counterpart_is_a_sentence():
    pixels = keras.Input((8, 8, 1), dtype="uint8")
    x = keras.layers.Conv2DTranspose(2, 3)(keras.layers.Rescaling(1.0)(pixels))
    model = keras.Model(pixels, keras.layers.GlobalAveragePooling2D()(x))
    with pytest.raises(AppError, match="Conv2DTranspose"):
        to_onnx(model, {})
