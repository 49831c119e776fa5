"""The net that gives ours a second opinion: what it says, and how that enters an answer."""

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
from emotion_desktop.training.net.fer2013_expert import second_opinion, voice
from emotion_desktop.training.net.nets import OWN, build_net
from emotion_desktop.training.recipe.recipes import Augment, recipe_named

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


def opinions(faces):
    pixels = keras.Input(faces.shape[1:], dtype="uint8")
    features, logits = keras.Model(pixels, second_opinion(pixels))(faces, training=True)
    assert features.shape == (len(faces), 128)
    return tf.nn.softmax(logits).numpy()


def test_it_knows_a_smile_in_grey_in_colour_and_at_other_sizes(portraits):
    grey = opinions(portraits)
    assert [NAMED[i] for i in grey.argmax(axis=1)] == ["happiness"] * 2
    assert opinions(np.repeat(portraits, 3, axis=-1)) == pytest.approx(grey, abs=1e-3)
    large = np.rint(tf.image.resize(portraits, [96, 96]).numpy()).astype(np.uint8)
    assert opinions(large) == pytest.approx(grey, abs=0.1)


def test_its_voice_is_its_opinion_without_its_prior():
    labels = ("contempt", "fear", "neutral")
    kernel, bias = voice(labels, share=0.5)
    p = np.array([0.05, 0.05, 0.4, 0.1, 0.1, 0.1, 0.2])
    said = np.log(p) @ kernel + bias
    prior = {"fear": 5121 / 35887, "neutral": 6198 / 35887}
    assert said[0] == 0  # it does not know contempt
    assert said[1] == pytest.approx(0.5 * np.log(0.4 / prior["fear"]), abs=1e-5)
    assert said[2] == pytest.approx(0.5 * np.log(0.2 / prior["neutral"]), abs=1e-5)


def test_the_answer_is_our_own_and_the_voice(portraits):
    net = build_net(BEST, EMOTIONS, seed=0)
    own = np.asarray(keras.Model(net.input, net.get_layer(OWN).output)(portraits))
    kernel, bias = voice(EMOTIONS, BEST.teacher_share)
    expected = own + np.log(opinions(portraits)) @ kernel + bias
    assert np.asarray(net(portraits)) == pytest.approx(expected, abs=1e-3)


def test_training_leaves_the_teacher_as_it_is(portraits):
    recipe = replace(BEST, schedule="constant", augment=Augment(), ema=0.0)
    labels = ("happiness", "neutral")
    keras.utils.set_random_seed(0)
    learner = TrainStep(
        recipe,
        lambda: build_net(recipe, labels, 0),
        np.array([1.0, 1.0]),
        batch=2,
        steps=5,
        seed=0,
        strategy=tf.distribute.get_strategy(),
    )
    kept = learner.kept
    frozen = [*kept.get_layer("fer2013_mini_xception").variables]
    frozen += kept.get_layer("teachers_voice").variables
    own = kept.get_layer(OWN).variables
    before = [np.asarray(v).copy() for v in frozen]
    head = np.asarray(own[0]).copy()
    for _ in range(5):
        learner.step(portraits, np.array([0, 1], np.int32))
    learner.settle()
    for variable, value in zip(frozen, before, strict=True):
        assert np.asarray(variable) == pytest.approx(value, rel=1e-4, abs=1e-6)
    assert (np.asarray(own[0]) != head).any()
