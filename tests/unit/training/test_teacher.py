"""The net that ours learn from: what it says, and how that enters an answer."""

import numpy as np
import pytest
import tensorflow as tf

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.imaging.crop import frame_face, prepare
from emotion_desktop.imaging.decode import decode
from emotion_desktop.training import teacher
from emotion_desktop.training.backend import keras
from emotion_desktop.training.learner import Learner
from emotion_desktop.training.nets import LEARNT, OWN, build_net
from emotion_desktop.training.recipes import recipe_named
from emotion_desktop.workspace.paths import SAMPLES

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


def test_it_knows_a_smile_in_grey_and_in_colour(portraits):
    net = teacher.load_teacher()
    grey = np.asarray(teacher.answers(net, portraits))
    assert grey.shape == (2, 7)
    assert grey.sum(axis=1) == pytest.approx(1, abs=1e-5)
    assert [teacher.EMOTIONS[i] for i in grey.argmax(axis=1)] == ["happiness"] * 2
    colour = np.asarray(teacher.answers(net, np.repeat(portraits, 3, axis=-1)))
    assert colour == pytest.approx(grey, abs=1e-3)


def test_a_larger_face_is_scaled_for_it(portraits):
    net = teacher.load_teacher()
    large = tf.image.resize(portraits, [96, 96]).numpy()
    assert np.asarray(teacher.answers(net, large)) == pytest.approx(
        np.asarray(teacher.answers(net, portraits)), abs=0.1
    )


def test_its_voice_is_its_opinion_without_its_prior():
    labels = ("contempt", "fear", "neutral")
    kernel, bias = teacher.voice(labels, share=0.5)
    p = np.array([0.05, 0.05, 0.4, 0.1, 0.1, 0.1, 0.2])
    said = np.log(p) @ kernel + bias
    prior = {"fear": 5121 / 35887, "neutral": 6198 / 35887}
    assert said[0] == 0  # it does not know contempt
    assert said[1] == pytest.approx(0.5 * np.log(0.4 / prior["fear"]), abs=1e-5)
    assert said[2] == pytest.approx(0.5 * np.log(0.2 / prior["neutral"]), abs=1e-5)


def test_the_answer_is_our_own_and_the_voice(portraits):
    net = build_net(BEST, EMOTIONS, seed=0)
    parts = keras.Model(net.input, [net.get_layer(OWN).output, net.get_layer(LEARNT).output])
    own, learnt = (np.asarray(part) for part in parts(portraits))
    kernel, bias = teacher.voice(EMOTIONS, BEST.teacher_share)
    log_p = learnt - np.log(np.exp(learnt).sum(axis=1, keepdims=True))
    assert np.asarray(net(portraits)) == pytest.approx(own + log_p @ kernel + bias, abs=1e-4)


def test_a_net_learns_what_the_teacher_says(portraits):
    from dataclasses import replace

    recipe = replace(
        BEST, schedule="constant", learning_rate=3e-3, dropout=0.0, augment=type(BEST.augment)(),
        ema=0.0,
    )
    labels = ("happiness", "neutral")
    keras.utils.set_random_seed(0)
    learner = Learner(
        recipe,
        lambda: build_net(recipe, labels, 0),
        np.array([1.0, 1.0]),
        batch=2,
        steps=40,
        seed=0,
        strategy=tf.distribute.get_strategy(),
    )
    targets = np.array([0, 0], np.int32)
    for _ in range(40):
        learner.step(portraits, targets)
    net = learner._net
    branch = keras.Model(net.input, net.get_layer(LEARNT).output)
    learnt = tf.nn.softmax(branch(portraits, training=True)).numpy()
    told = np.asarray(teacher.answers(teacher.load_teacher(), portraits))
    assert np.abs(learnt - told).max() < 0.1
