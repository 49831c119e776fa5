from dataclasses import replace

import numpy as np
import pytest

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.training.fit.train_step import TrainStep
from emotion_desktop.training.net import precision
from emotion_desktop.training.net.backend import keras, tf
from emotion_desktop.training.net.nets import build_net
from emotion_desktop.training.recipe.presets import RECIPES

NOTEBOOK = replace(RECIPES["notebook"], size=32, batch=8)
RANDOM = np.random.default_rng(0)
FACES = RANDOM.integers(0, 256, (8, 32, 32, 3), np.uint8)
TARGETS = np.arange(8, dtype=np.int32)
ONE_HOT = np.eye(8, dtype=np.float32)


@pytest.fixture
def tiles(monkeypatch):
    """A processor that is made for it; it computes right on any, if slowly."""
    monkeypatch.setattr(precision, "processor_has_tiles", lambda: True)


def make_step(recipe, seed=1):
    keras.utils.set_random_seed(seed)
    return TrainStep(
        recipe,
        lambda: build_net(recipe, EMOTIONS, seed),
        np.full(8, 10.0),
        batch=recipe.batch,
        steps=4,
        seed=seed,
        strategy=tf.distribute.get_strategy(),
    )


def test_a_processor_without_tiles_keeps_32_bits(monkeypatch):
    monkeypatch.setattr(precision, "processor_has_tiles", lambda: False)
    assert not make_step(NOTEBOOK).lowered


@pytest.mark.parametrize(
    ("flags", "has"),
    [
        ("flags : fpu avx512f avx512_bf16 amx_bf16 amx_tile", True),
        ("flags : fpu avx512f avx512_bf16", False),
        (None, False),
    ],
    ids=["tiles", "vectors", "not told"],
)
def test_the_processor_is_asked(tmp_path, monkeypatch, flags, has):
    path = tmp_path / "cpuinfo"
    if flags is not None:
        path.write_text(flags)
    monkeypatch.setattr(precision, "_CPU_INFO", path)
    assert precision.processor_has_tiles.__wrapped__() is has


@pytest.mark.usefixtures("tiles")
def test_a_net_with_convolutions_by_channel_keeps_32_bits():
    quick = replace(RECIPES["quick"], size=32, batch=8, precision="mixed")
    assert not make_step(quick).lowered


@pytest.mark.usefixtures("tiles")
def test_a_recipe_that_asks_for_32_bits_gets_them():
    assert not make_step(replace(NOTEBOOK, precision="full")).lowered


@pytest.mark.usefixtures("tiles")
def test_weights_and_what_is_kept_stay_in_32_bits():
    low = make_step(NOTEBOOK)
    assert low.lowered
    assert {layer.compute_dtype for layer in low.kept.layers} == {"float32"}
    assert {array.dtype.name for name, array in low.state().items() if name.startswith("net")} == {
        "float32"
    }


@pytest.mark.usefixtures("tiles")
def test_it_learns_what_32_bits_learn():
    low, full = make_step(NOTEBOOK), make_step(replace(NOTEBOOK, precision="full"))
    losses = [[one.step(FACES, ONE_HOT) for _ in range(60)] for one in (low, full)]
    assert losses[0][0] == pytest.approx(losses[1][0], rel=0.01)
    assert max(np.mean(each[-10:]) for each in losses) < 0.75 * losses[0][0]
    low.settle()
    full.settle()
    answers = [np.argmax(one.kept(FACES), axis=1) for one in (low, full)]
    assert (answers[0] == TARGETS).mean() >= 0.5
    assert (answers[1] == TARGETS).mean() >= 0.5


@pytest.mark.usefixtures("tiles")
def test_going_on_gives_the_same_weights_as_never_stopping():
    whole, before, after = make_step(NOTEBOOK), make_step(NOTEBOOK), make_step(NOTEBOOK, seed=1)
    for _ in range(6):
        whole.step(FACES, ONE_HOT)
    for _ in range(3):
        before.step(FACES, ONE_HOT)
    after.restore(before.state(), before.steps)
    for _ in range(3):
        after.step(FACES, ONE_HOT)
    for name, value in whole.state().items():
        assert (after.state()[name] == value).all(), name
