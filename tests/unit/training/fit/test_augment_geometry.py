import numpy as np
import pytest

from emotion_desktop.training.fit.augment_geometry import augment_geometry
from emotion_desktop.training.recipe.augment import Augment
from emotion_desktop.training.recipe.presets import RECIPES

FACES = np.random.default_rng(0).integers(0, 256, (16, 20, 20, 1), np.uint8)
#: Each pixel's number in its row, tenfold, in all three colours.
RAMP = np.tile(np.arange(20, dtype=np.uint8)[None, None, :, None] * 10, (16, 20, 1, 3))


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_the_same_seed_and_step_move_alike(recipe):
    first = augment_geometry(FACES, recipe.augment, seed=1, step=1)
    assert (first.dtype, first.shape) == (np.uint8, FACES.shape)
    assert (first == augment_geometry(FACES, recipe.augment, seed=1, step=1)).all()
    assert (first != augment_geometry(FACES, recipe.augment, seed=1, step=2)).any()
    assert (first != augment_geometry(FACES, recipe.augment, seed=2, step=1)).any()


def test_no_strength_moves_nothing():
    assert (augment_geometry(FACES, Augment(noise=6.0), seed=1, step=1) == FACES).all()


def test_the_photos_themselves_stay_as_they_are():
    before = FACES.copy()
    augment_geometry(FACES, Augment(flip=True, turn=20), seed=1, step=1)
    assert (before == FACES).all()


def test_some_faces_are_mirrored_exactly():
    out = augment_geometry(FACES, Augment(flip=True), seed=1, step=1)
    mirrored = [(o == f[:, ::-1]).all() for o, f in zip(out, FACES, strict=True)]
    kept = [(o == f).all() for o, f in zip(out, FACES, strict=True)]
    assert any(mirrored)
    assert any(kept)
    assert sum(mirrored) + sum(kept) == len(FACES)


def test_a_shift_stays_within_its_bound():
    moved = augment_geometry(RAMP, Augment(shift=0.1), seed=1, step=1).astype(int)[:, 10, 10] - 100
    assert 5 < np.abs(moved).max() <= 20
    assert (moved == moved[:, :1]).all()  # the colours stay together


def test_zoom_keeps_the_centre_and_what_comes_in_looks_like_the_edge():
    moved = augment_geometry(RAMP, Augment(zoom=0.2), seed=1, step=1).astype(int)
    centre = (moved[:, 10, 9, 0] + moved[:, 10, 10, 0]) / 2
    assert centre == pytest.approx(np.full(16, 95), abs=1)
    assert moved.min() == 0
    assert moved.max() == 190
    slopes = moved[:, 10, 12, 0] - moved[:, 10, 8, 0]
    assert slopes.min() < 38
    assert slopes.max() > 42
    assert slopes == pytest.approx(np.full(16, 40), abs=40 * 0.23 + 1)


def test_turning_and_shearing_keep_the_middle_in_its_place():
    cross = np.zeros((16, 21, 21, 1), np.uint8)
    cross[:, 10, 10] = 255
    moved = augment_geometry(cross, Augment(turn=45, shear=0.4, stretch=0.3), seed=3, step=1)
    assert (moved[:, 10, 10, 0] > 250).all()


def test_light_and_detail_are_not_its_business():
    every = RECIPES["best"].augment
    assert every.changes_geometry
    assert every.changes_pixels
    assert not Augment(cutout=0.5).changes_geometry
    assert not Augment(flip=True).changes_pixels
