"""The FER2013 expert: what it predicts, and how that enters our logits."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from emotion_desktop.assets import SAMPLES
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.imaging.crop import frame_face, prepare
from emotion_desktop.imaging.decode import decode
from emotion_desktop.training.fit.train_step import TrainStep
from emotion_desktop.training.net.backend import keras
from emotion_desktop.training.net.fer2013_expert import EMOTIONS as NAMED
from emotion_desktop.training.net.fer2013_expert import add_fer2013_expert, expert_kernel
from emotion_desktop.training.net.nets import OWN_LOGITS, build_net
from emotion_desktop.training.recipe.augment import Augment
from emotion_desktop.training.recipe.presets import recipe_named

BEST = recipe_named("best")


@pytest.fixture(scope="module")
def portraits(finder):
    """Two people who smile, as the net sees them: (2, 64, 64, 1)."""
    faces = []
    for name in ("official_portrait.jpg", "eileen_collins.jpg"):
        picture = decode(SAMPLES / name)
        frame = frame_face(finder.find(picture)[0], BEST.crop, BEST.extent)
        faces.append(prepare(picture, frame, BEST.preprocessing))
    return np.stack(faces)


def probabilities(faces):
    pixels = keras.Input(faces.shape[1:], dtype="uint8")
    features, logits = keras.Model(pixels, add_fer2013_expert(pixels))(faces, training=True)
    assert features.shape == (len(faces), 128)
    return tf.nn.softmax(logits).numpy()


def test_it_knows_a_smile_in_grey_in_colour_and_at_other_sizes(portraits):
    grey = probabilities(portraits)
    assert [NAMED[i] for i in grey.argmax(axis=1)] == ["happiness"] * 2
    assert probabilities(np.repeat(portraits, 3, axis=-1)) == pytest.approx(grey, abs=1e-3)
    large = np.rint(tf.image.resize(portraits, [96, 96]).numpy()).astype(np.uint8)
    assert probabilities(large) == pytest.approx(grey, abs=0.1)


def test_its_log_probabilities_count_without_their_prior():
    labels = ("contempt", "fear", "neutral")
    kernel, bias = expert_kernel(labels, weight=0.5)
    p = np.array([0.05, 0.05, 0.4, 0.1, 0.1, 0.1, 0.2])
    added = np.log(p) @ kernel + bias
    prior = {"fear": 5121 / 35887, "neutral": 6198 / 35887}
    assert added[0] == 0  # it does not know contempt
    assert added[1] == pytest.approx(0.5 * np.log(0.4 / prior["fear"]), abs=1e-5)
    assert added[2] == pytest.approx(0.5 * np.log(0.2 / prior["neutral"]), abs=1e-5)


def test_the_logits_are_the_sum_of_both(portraits):
    net = build_net(BEST, EMOTIONS, seed=0)
    own = np.asarray(keras.Model(net.input, net.get_layer(OWN_LOGITS).output)(portraits))
    kernel, bias = expert_kernel(EMOTIONS, BEST.expert_net_weight)
    expected = own + np.log(probabilities(portraits)) @ kernel + bias
    assert np.asarray(net(portraits)) == pytest.approx(expected, abs=1e-3)


def test_training_leaves_the_expert_as_it_is(portraits):
    recipe = replace(BEST, schedule="constant", augment=Augment(), ema=0.0)
    labels = ("happiness", "neutral")
    keras.utils.set_random_seed(0)
    train_step = TrainStep(
        recipe,
        lambda: build_net(recipe, labels, 0),
        np.array([1.0, 1.0]),
        batch=2,
        steps=5,
        seed=0,
        strategy=tf.distribute.get_strategy(),
    )
    kept = train_step.kept
    frozen = [*kept.get_layer("fer2013_mini_xception").variables]
    frozen += kept.get_layer("expert_logits").variables
    own = kept.get_layer(OWN_LOGITS).variables
    before = [np.asarray(v).copy() for v in frozen]
    head = np.asarray(own[0]).copy()
    for _ in range(5):
        train_step.step(portraits, np.eye(2, dtype=np.float32))
    train_step.settle()
    for variable, value in zip(frozen, before, strict=True):
        assert np.asarray(variable) == pytest.approx(value, rel=1e-4, abs=1e-6)
    assert (np.asarray(own[0]) != head).any()
