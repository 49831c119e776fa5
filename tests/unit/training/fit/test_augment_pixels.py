import numpy as np
import pytest

from emotion_desktop.training.fit.augment_pixels import Draws, augment_pixels, mixup
from emotion_desktop.training.net.backend import tf
from emotion_desktop.training.recipe.augment import Augment
from emotion_desktop.training.recipe.presets import RECIPES

FACES = np.random.default_rng(0).integers(0, 256, (16, 20, 20, 1), np.uint8)


def changed(strengths, seed=1, step=1, faces=FACES):
    return augment_pixels(faces, strengths, Draws(seed, tf.constant(step))).numpy()


@pytest.mark.parametrize("recipe", [RECIPES["quick"], RECIPES["best"]], ids=["quick", "best"])
def test_the_same_seed_and_step_give_the_same_pictures(recipe):
    first = changed(recipe.augment)
    assert first.dtype == np.float32
    assert 0 <= first.min() < first.max() <= 255
    assert (first == changed(recipe.augment)).all()
    assert (first != changed(recipe.augment, step=2)).any()
    assert (first != changed(recipe.augment, seed=2)).any()


def test_no_strength_changes_nothing():
    assert changed(Augment()) == pytest.approx(FACES.astype(np.float32), abs=1e-3)


@pytest.mark.parametrize(
    "strengths",
    [
        Augment(blur=1.0),
        Augment(contrast=0.4),
        Augment(brightness=35),
        Augment(noise=6.0),
        Augment(coarse=0.5),
        Augment(gamma=0.4),
        Augment(shade=0.3),
    ],
    ids=str,
)
def test_each_strength_does_something(strengths):
    assert np.abs(changed(strengths) - FACES).mean() > 0.5


def test_coarse_faces_have_few_levels_of_detail_and_the_others_stay():
    out = changed(Augment(coarse=0.5))
    detail = np.abs(np.diff(out, axis=2)).mean(axis=(1, 2, 3))
    before = np.abs(np.diff(FACES.astype(np.float32), axis=2)).mean(axis=(1, 2, 3))
    assert (detail > 0.99 * before).any()
    assert (detail < 0.6 * before).any()


def test_gamma_leaves_black_and_white_alone():
    ends = np.where(FACES > 127, 255, 0).astype(np.uint8)
    assert changed(Augment(gamma=0.4), faces=ends) == pytest.approx(ends.astype(float), abs=1e-2)


def test_cutout_paints_over_some_of_some():
    same = (np.abs(changed(Augment(cutout=0.5)) - FACES) < 0.01).mean(axis=(1, 2, 3))
    assert (same > 0.99).any()
    assert 0.5 < same.min() < 0.99


def test_mixing_keeps_targets_whole():
    targets = np.eye(4, dtype=np.float32)[np.arange(16) % 4]
    faces, mixed = mixup(FACES.astype(np.float32), targets, 0.2, Draws(1, tf.constant(1)))
    assert faces.shape == FACES.shape
    assert mixed.numpy().sum(axis=1) == pytest.approx(1)
    assert (mixed.numpy() * targets).sum(axis=1).min() >= 0.4999  # the face itself prevails
