"""The nets. All take uint8 pixels and give logits; rescaling is inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from emotion_desktop.training.net.backbones import backbone
from emotion_desktop.training.net.backend import keras
from emotion_desktop.training.net.fer2013_expert import add_fer2013_expert, expert_kernel
from emotion_desktop.training.recipe.architectures import BACKBONES
from emotion_desktop.training.recipe.recipe import Recipe

layers = keras.layers

#: The layer whose output is trained: our own logits, before the expert's are added.
OWN_LOGITS: Final = "logits"
#: The fixed layer that weights the expert's log-probabilities; and its name in nets that versions
#: before bundle format 6 made.
EXPERT_LOGITS: Final = "expert_logits"
EXPERT_LOGITS_BEFORE: Final = "teachers_voice"


def build_net(recipe: Recipe, labels: Sequence[str], seed: int) -> Any:
    """A new Keras model: (photos, size, size, channels) uint8 in, (photos, labels) logits out.

    Made of stock layers alone, so that Keras's safe mode loads it again.

    Args:
        seed: of the dropout; the weights follow keras.utils.set_random_seed.

    Raises:
        AppError: weights to start from could not be downloaded.
    """
    shape = (recipe.size, recipe.size, recipe.channels)
    pixels = keras.Input(shape, dtype="uint8", name="pixels")
    features = _features(pixels, recipe)
    expert = None
    if recipe.expert_net == "fer2013":
        embedding, expert = add_fer2013_expert(pixels)
        features = layers.Concatenate()([features, embedding, expert])
    if recipe.dropout:
        features = layers.Dropout(recipe.dropout, seed=seed)(features)
    logits = layers.Dense(len(labels), name=OWN_LOGITS)(features)
    if expert is not None:
        log_probabilities = layers.Activation("log_softmax")(expert)
        logits = add_expert_logits(log_probabilities, logits, labels, recipe.expert_net_weight)
    net = keras.Model(pixels, logits, name=recipe.name)
    if recipe.trained == "head":
        train_head_alone(net)
    return net


def train_head_alone(net: Any) -> None:
    """Fixes everything but the layer of our own logits."""
    heads = [layer for layer in net.layers if layer.name == OWN_LOGITS] or [net.layers[-1]]
    for layer in net.layers:
        layer.trainable = layer in heads


def add_expert_logits(
    log_probabilities: Any, logits: Any, labels: Sequence[str], weight: float
) -> Any:
    """Our own logits and the expert's weighted log-probabilities, without their prior: a product of
    experts (Hinton 2002, "Training products of experts by minimizing contrastive divergence")."""
    fixed = layers.Dense(len(labels), trainable=False, name=EXPERT_LOGITS)
    weighted = fixed(log_probabilities)
    fixed.set_weights(list(expert_kernel(labels, weight)))
    return layers.Add(name="sum")([logits, weighted])


def _features(pixels: Any, recipe: Recipe) -> Any:
    if recipe.net in BACKBONES:
        return backbone(recipe.net, pixels, recipe.weights)
    return OWN_NETS[recipe.net](pixels, recipe)


def _notebook(pixels: Any, _: Recipe) -> Any:
    """Three convolutions with pooling and two dense layers, as in the original notebooks.

    They took the largest of four after cutting off what is below 0; the other order comes to the
    same, and cuts a quarter of the numbers.
    """
    x = layers.Rescaling(1 / 255)(pixels)
    for filters in (48, 48, 32):
        x = layers.MaxPooling2D(2)(layers.Conv2D(filters, 3)(x))
        x = layers.ReLU()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(128, activation="relu")(x)
    return layers.Dense(64, activation="relu")(x)


def _residual(pixels: Any, recipe: Recipe) -> Any:
    """A stem that halves the picture, and residual blocks of separable convolutions.

    Separable convolutions (Chollet 2017, "Xception") allow twice the filters at the same cost.
    """
    x = layers.Rescaling(1 / 127.5, offset=-1.0)(pixels)
    x = layers.ReLU()(_normalised(_convolution(x, recipe.width, 3, 2)))
    for multiple, stride in ((2, 2), (2, 1), (4, 2), (4, 1), (8, 2)):
        x = _block(x, multiple * recipe.width, stride)
    return layers.GlobalAveragePooling2D()(x)


def _block(x: Any, filters: int, stride: int) -> Any:
    """Two separable convolutions beside a shortcut.

    Where the block halves its picture the shortcut averages (ResNet-D: He et al. 2019, "Bag of
    tricks for image classification").
    """
    shortcut = x
    if stride > 1:
        shortcut = _normalised(
            _convolution(layers.AveragePooling2D(stride, padding="same")(x), filters, 1)
        )
    x = layers.ReLU()(_normalised(_convolution(_depthwise(x, stride), filters, 1)))
    x = _normalised(_convolution(_depthwise(x, 1), filters, 1))
    return layers.ReLU()(layers.Add()([x, shortcut]))


def _wide(pixels: Any, recipe: Recipe) -> Any:
    """Two convolutions at full resolution, and residual blocks of ordinary convolutions.

    It is for small faces: nothing is halved before there are features to halve (see
    docs/decisions/0028-two-sources.md).
    """
    x = layers.Rescaling(1 / 127.5, offset=-1.0)(pixels)
    for filters in (recipe.width // 2, recipe.width):
        x = layers.ReLU()(_normalised(_convolution(x, filters, 3)))
    for multiple in (1.5, 3, 5):
        filters = round(multiple * recipe.width)
        shortcut = _convolution(layers.AveragePooling2D(2, padding="same")(x), filters, 1)
        x = layers.ReLU()(_normalised(_convolution(x, filters, 3, 2)))
        x = _normalised(_convolution(x, filters, 3))
        x = layers.ReLU()(layers.Add()([x, _normalised(shortcut)]))
    return layers.GlobalAveragePooling2D()(x)


def _depthwise(x: Any, stride: int) -> Any:
    return layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(x)


def _convolution(x: Any, filters: int, kernel: int, stride: int = 1) -> Any:
    return layers.Conv2D(
        filters,
        kernel,
        strides=stride,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
    )(x)


def _normalised(x: Any) -> Any:
    # Trainings are short: the default momentum of 0.99 would lag behind.
    return layers.BatchNormalization(momentum=0.9)(x)


#: The nets of our own: pixels in, features out, by their names in recipe.architectures.
OWN_NETS: Final[Mapping[str, Callable[[Any, Recipe], Any]]] = MappingProxyType(
    {"notebook": _notebook, "residual": _residual, "wide": _wide}
)
