"""The loop: the same seed gives the same net, with or without a stop in between."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import AppError, CancelledError, DataError, PausedError
from emotion_desktop.domain.job import Log, Metrics
from emotion_desktop.domain.training_events import TrainingBegan
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.training.data.part import Part
from emotion_desktop.training.fit import trainer
from emotion_desktop.training.fit.train_step import TrainStep
from emotion_desktop.training.fit.trainer import Plan, fit
from emotion_desktop.training.net.backend import keras
from emotion_desktop.training.net.devices import strategy
from emotion_desktop.training.recipe.presets import RECIPES

#: With all that has a state of its own: running means, schedule, sampling, mixup.
RECIPE = replace(RECIPES["quick"], size=32, epochs=3, batch=16, mixup=0.2, warm_up=1)


def tiny_net(normalised=True):
    """A net that is laid out quickly, with what has a state of its own: dropout, running means."""
    layers = keras.layers
    pixels = keras.Input((32, 32, 1), dtype="uint8")
    x = layers.Conv2D(4, 3, strides=4)(layers.Rescaling(1 / 255)(pixels))
    if normalised:
        x = layers.Dropout(0.3, seed=1)(layers.BatchNormalization(momentum=0.9)(x))
    return keras.Model(pixels, layers.Dense(8)(layers.Flatten()(layers.ReLU()(x))))


def random_part(photos, seed, size=32):
    rng = np.random.default_rng(seed)
    return Part(
        rng.integers(0, 256, (photos, size, size, 1), np.uint8),
        (np.arange(photos) % 8).astype(np.int8),
        np.arange(photos, dtype=np.int32),
    )


def ignore(event, context):
    """Nobody listens."""


def fit_once(recipe=RECIPE, seed=1, checkpoint=None, listen=ignore, build=tiny_net):
    context = LocalContext(lambda event: listen(event, context))
    plan = Plan(recipe, EMOTIONS, seed, build=build, checkpoint=checkpoint)
    return fit(plan, random_part(96, 1), random_part(16, 2), context)


@pytest.fixture(scope="module")
def whole_and_told():
    """A training that was never stopped, and what was told of it."""
    told = []
    return fit_once(listen=lambda event, _: told.append(event)), told


@pytest.fixture(scope="module")
def whole(whole_and_told):
    return whole_and_told[0]


@pytest.fixture(scope="module")
def every_epoch(whole_and_told):
    """The figures of all its epochs: the weights kept may be those of the first."""
    return figures(whole_and_told[1])


def figures(told):
    return {
        e.epoch: {name: value for name, value in e.values.items() if name != "seconds"}
        for e in told
        if isinstance(e, Metrics)
    }


def same(first, second):
    assert (first.epoch, first.epochs) == (second.epoch, second.epochs)
    assert first.metrics == second.metrics
    assert (first.logits == second.logits).all()
    for one, other in zip(first.model.get_weights(), second.model.get_weights(), strict=True):
        assert (one == other).all()


def test_the_same_seed_gives_the_same_net(whole):
    same(whole, fit_once())
    other = fit_once(seed=2)
    assert (other.logits != whole.logits).any()


def test_the_running_mean_starts_fast():
    part = random_part(16, 1)
    train_step = TrainStep(
        replace(RECIPE, ema=0.999, batch=16),
        tiny_net,
        np.full(8, 2.0),
        batch=16,
        steps=1,
        seed=1,
        strategy=strategy(()),
    )
    before = {name: value.copy() for name, value in train_step.state().items()}
    train_step.step(part.faces, part.soft_targets(EMOTIONS))
    after = train_step.state()
    # The mean of a first step is nearly all its own: min(0.999, 2 / 11) of what was before.
    for name, kept in after.items():
        if name.startswith("kept/") and kept.dtype.kind == "f":
            now = after[name.replace("kept/", "net/")]
            assert kept == pytest.approx(before[name] * 2 / 11 + now * 9 / 11, abs=1e-6)


def stop_at(monkeypatch, step):
    """The process dies in this step, as far as the training can tell."""
    real = TrainStep.learn

    def dying(self, batch):
        if self.steps == step:
            raise KeyboardInterrupt
        return real(self, batch)

    monkeypatch.setattr(TrainStep, "learn", dying)


@pytest.mark.parametrize("step", [3, 6, 10, 17])
def test_killed_and_gone_on_with_it_gives_the_same_net(
    whole, every_epoch, tmp_path, monkeypatch, step
):
    path = tmp_path / "run" / "checkpoint.npz"
    with monkeypatch.context() as patch:
        stop_at(patch, step)
        with pytest.raises(KeyboardInterrupt):
            fit_once(checkpoint=path)
    assert path.exists() == (step >= 6)  # an epoch has six steps
    told = []
    again = fit_once(checkpoint=path, listen=lambda event, _: told.append(event))
    same(whole, again)
    began = next(e for e in told if isinstance(e, TrainingBegan))
    assert len(began.history) == step // 6
    assert figures(told) == {n: every_epoch[n] for n in range(step // 6 + 1, 4)}


def test_gone_on_with_fewer_validation_photos_the_best_epoch_is_scored_on_those(tmp_path):
    """A version since may leave more of them out."""
    path = tmp_path / "checkpoint.npz"
    whole = fit_once(checkpoint=path)
    fewer = random_part(16, 2).faces[:10]
    part = Part(fewer, (np.arange(10) % 8).astype(np.int8), np.arange(10, dtype=np.int32))
    plan = Plan(RECIPE, EMOTIONS, 1, build=tiny_net, checkpoint=path)
    again = fit(plan, random_part(96, 1), part, LocalContext(lambda _: None))
    assert again.epoch == whole.epoch
    assert again.logits == pytest.approx(whole.logits[:10], abs=1e-5)
    assert sum(count for _, count in again.metrics.recalls.values()) == 10
    for one, other in zip(whole.model.get_weights(), again.model.get_weights(), strict=True):
        assert (one == other).all()


@pytest.mark.parametrize("pauses", [1, 3])
def test_paused_in_the_middle_of_an_epoch_nothing_is_done_twice(
    whole, every_epoch, tmp_path, monkeypatch, pauses
):
    path = tmp_path / "checkpoint.npz"
    steps = 0
    real = TrainStep.learn

    def counting(self, batch):
        nonlocal steps
        steps += 1
        return real(self, batch)

    monkeypatch.setattr(TrainStep, "learn", counting)
    for _ in range(pauses):
        begun = steps

        def pause(_, context, begun=begun):
            if steps >= begun + 4:
                context.pause()

        monkeypatch.setattr(trainer, "_LOSS_INTERVAL_S", 0.0)
        with pytest.raises(PausedError, match="Paused in epoch"):
            fit_once(checkpoint=path, listen=pause)
    told = []
    same(whole, fit_once(checkpoint=path, listen=lambda event, _: told.append(event)))
    assert figures(told) == {n: every_epoch[n] for n in figures(told)}
    assert 3 in figures(told)
    assert steps == 18


def test_a_damaged_state_is_refused_in_words(tmp_path):
    path = tmp_path / "checkpoint.npz"
    fit_once(replace(RECIPE, epochs=1), checkpoint=path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(DataError, match="cannot be read"):
        fit_once(checkpoint=path)


def test_a_state_of_another_recipe_is_refused(tmp_path):
    path = tmp_path / "checkpoint.npz"
    fit_once(replace(RECIPE, epochs=1), checkpoint=path)
    with pytest.raises(DataError, match="another recipe"):
        fit_once(replace(RECIPE, epochs=2), checkpoint=path)


def test_a_training_that_diverges_at_once_says_so():
    with pytest.raises(AppError, match="diverged") as caught:
        fit_once(
            replace(RECIPE, schedule="constant", optimiser="sgd", learning_rate=1e30),
            build=lambda: tiny_net(normalised=False),
        )
    assert "learning rate" in caught.value.hint


@pytest.mark.parametrize(
    ("trouble", "word"), [("nan", "diverged"), ("memory", "not enough memory")]
)
def test_what_goes_wrong_later_leaves_the_best_before(monkeypatch, trouble, word):
    real = TrainStep.learn

    def failing(self, batch):
        if self.steps == 8:
            if trouble == "memory":
                raise AppError("There was not enough memory.", "Choose a smaller batch.")
            return float("nan")
        return real(self, batch)

    monkeypatch.setattr(TrainStep, "learn", failing)
    told = []
    fitted = fit_once(RECIPE, listen=lambda event, _: told.append(event))
    assert (fitted.epoch, fitted.epochs) == (1, 1)
    assert word in fitted.warning
    assert "Epoch 1, the best before, is kept." in fitted.warning
    assert Log(fitted.warning) in told


def test_weights_that_are_no_numbers_at_an_epochs_end_are_never_kept(monkeypatch, tmp_path):
    real = TrainStep.settle

    def spoilt(self):
        real(self)
        if self.steps > 8:
            self.kept.set_weights([np.full_like(w, np.nan) for w in self.kept.get_weights()])

    monkeypatch.setattr(TrainStep, "settle", spoilt)
    path = tmp_path / "checkpoint.npz"
    fitted = fit_once(RECIPE, checkpoint=path)
    assert fitted.epoch == 1
    assert "diverged" in fitted.warning
    assert np.isfinite(fitted.logits).all()
    assert all(np.isfinite(w).all() for w in fitted.model.get_weights())
    # What it would go on from is from before, too.
    assert trainer.read_checkpoint(path).about["epoch"] == 2


def test_a_full_disk_does_not_end_the_training(tmp_path, monkeypatch):
    def full(*_):
        raise AppError("The disk is full: checkpoint.npz was not written.")

    monkeypatch.setattr(trainer, "write_checkpoint", full)
    told = []
    fitted = fit_once(
        RECIPE,
        checkpoint=tmp_path / "checkpoint.npz",
        listen=lambda event, _: told.append(event),
    )
    assert fitted.epochs == 3
    assert sum("disk is full" in e.line for e in told if isinstance(e, Log)) == 3


def test_early_stopping_waits_as_long_as_it_is_told():
    recipe = replace(RECIPE, epochs=50, patience=2, learning_rate=1e-6)
    told = []
    fitted = fit_once(recipe, listen=lambda event, _: told.append(event))
    assert fitted.epochs < 20
    assert any("Stopped early" in e.line for e in told if isinstance(e, Log))


def test_cancelled_is_cancelled_even_with_a_best():
    def cancel(event, context):
        if isinstance(event, Metrics):
            context.cancel()

    with pytest.raises(CancelledError):
        fit_once(RECIPE, listen=cancel)


@pytest.mark.parametrize("changes", [{"balancing": "weights"}, {"loss": "logit-adjusted"}], ids=str)
def test_other_ways_to_balance_train_too(changes):
    fitted = fit_once(replace(RECIPE, epochs=1, **changes))
    assert np.isfinite(fitted.logits).all()


_TWO_DEVICES = """
import sys
from emotion_desktop.training.net.backend import tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
import numpy as np
from dataclasses import replace
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.jobs.running.context import LocalContext
from emotion_desktop.training.fit.augment_pixels import Augment
from emotion_desktop.training.fit.trainer import Plan, fit
from tests.unit.training.fit.test_trainer import RECIPE, random_part, tiny_net

# Without chance in it, two devices must learn what one learns.
plain = replace(RECIPE, mixup=0.0, augment=Augment(), optimiser="sgd")
nets = []
for devices in ((), ("CPU:0", "CPU:1")):
    plan = Plan(plain, EMOTIONS, 1, build=lambda: tiny_net(False), devices=devices)
    nets.append(fit(plan, random_part(96, 1), random_part(16, 2), LocalContext(lambda e: None)))
gap = max(abs(a - b).max() for a, b in zip(*(n.model.get_weights() for n in nets)))
moved = max(abs(a).max() for a in nets[0].model.get_weights())
assert gap < 1e-4 * moved, (gap, moved)
# With all of it, and batch normalisation, it trains.
plan = Plan(RECIPE, EMOTIONS, 1, build=tiny_net, devices=("CPU:0", "CPU:1"))
fitted = fit(plan, random_part(40, 1), random_part(16, 2), LocalContext(print))
assert np.isfinite(fitted.logits).all()
"""


def test_two_devices_share_the_steps():
    done = subprocess.run(
        [sys.executable, "-c", _TWO_DEVICES], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
