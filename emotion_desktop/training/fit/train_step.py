"""The net in training: one step after another, and all that a step changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import AppError
from emotion_desktop.training.data.sampling import loss_weights, shown_prior
from emotion_desktop.training.fit.augment_geometry import augment_geometry
from emotion_desktop.training.fit.augment_pixels import Draws, augment_pixels, mixup
from emotion_desktop.training.net.backend import keras, tf
from emotion_desktop.training.net.nets import OWN_LOGITS
from emotion_desktop.training.net.precision import lower
from emotion_desktop.training.recipe.recipe import Recipe

Arrays = dict[str, npt.NDArray[Any]]


class TrainStep:
    """A net in training, and beside it the net with the weights that are kept.

    Where the recipe asks for it those are a running mean over steps (Polyak and Juditsky 1992);
    it starts fast, so that the first steps do not linger in it.

    Args:
        build: makes the net; called twice.
        counts: (labels,) training photos of each emotion, for weights and adjustment of the loss.
        batch: photos of a step, a multiple of the strategy's devices.
        steps: of an epoch.
        strategy: where it runs (see devices.strategy).

    Attributes:
        kept: the net with the weights that are kept.
        lowered: whether the net in training computes in bfloat16.
        steps: that were done.
    """

    def __init__(
        self,
        recipe: Recipe,
        build: Any,
        counts: npt.NDArray[np.float64],
        *,
        batch: int,
        steps: int,
        seed: int,
        strategy: Any,
    ) -> None:
        self._recipe = recipe
        self._seed = seed
        self._batch = batch
        self._strategy = strategy
        self._devices = strategy.num_replicas_in_sync
        # Changed while the net learns from those before; where there is nothing to change but
        # labels, or several devices change their shares at once, the step does it.
        self._ahead = self._devices == 1 and bool(recipe.augment.changes_pixels or recipe.mixup)
        with strategy.scope():
            self._net = build()
            # Our own logits are trained; the net that is kept adds the expert's to them.
            own = [layer.output for layer in self._net.layers if layer.name == OWN_LOGITS]
            self._trained = keras.Model(self._net.input, own[0]) if own else self._net
            self.lowered = recipe.precision == "mixed" and lower(self._trained)
            self._optimiser = _optimiser(recipe, steps)
            self._optimiser.build(self._net.trainable_variables)
        self.kept = build()
        self.kept.set_weights(self._net.get_weights())
        self._labels = len(counts)
        self._weights = tf.constant(loss_weights(counts, recipe), tf.float32)
        # Menon et al. 2021: log-priors added in training need not be learnt by the net.
        tau = recipe.logit_tau if recipe.loss == "logit-adjusted" else 0.0
        prior = np.maximum(shown_prior(counts, recipe), 1e-12)
        self._adjustment = tf.constant(tau * np.log(prior), tf.float32)
        self._changed_graph = tf.function(self._changed, reduce_retracing=True, autograph=False)
        self._step_graph = tf.function(self._everywhere, reduce_retracing=True, autograph=False)
        self.steps = 0

    def step(self, faces: npt.NDArray[np.uint8], targets: npt.NDArray[np.float32]) -> float:
        """The next step, on these photos; see ready and learn."""
        return self.learn(self.ready(faces, targets, self.steps + 1))

    def ready(
        self, faces: npt.NDArray[np.uint8], targets: npt.NDArray[np.float32], number: int
    ) -> tuple[Any, ...]:
        """Makes photos ready for a step, in any thread: while the net learns from those before.

        Args:
            faces: (batch, size, size, channels).
            targets: (batch, labels) the share of each label, see Part.soft_targets.
            number: of the step, from 1.

        Raises:
            AppError: the device's memory is too small.
        """
        moved = augment_geometry(faces, self._recipe.augment, self._seed % 2**32, number)
        with self._enough_memory():
            if self._devices > 1:
                return tuple(
                    self._strategy.experimental_distribute_values_from_function(
                        lambda context, values=values: tf.constant(
                            values[context.replica_id_in_sync_group :: self._devices]
                        )
                    )
                    for values in (moved, targets)
                )
            batch = tf.constant(moved), tf.constant(targets)
            return tuple(self._changed_graph(*batch, tf.constant(number))) if self._ahead else batch

    def learn(self, batch: tuple[Any, ...]) -> float:
        """One step on photos that are ready; returns the loss, which may be no number any more.

        Raises:
            AppError: the device's memory is too small.
        """
        self.steps += 1
        with self._enough_memory():
            return float(self._step_graph(*batch, tf.constant(self.steps)))

    def settle(self) -> None:
        """Makes ``kept`` what it is to be now: without a running mean it follows at last."""
        if not self._recipe.ema:
            for kept, now in zip(self.kept.weights, self._net.weights, strict=True):
                kept.assign(now)

    def state(self) -> Arrays:
        """All that later steps depend on: weights, running means, optimiser, random state."""
        return {
            f"{part}/{number}": np.asarray(variable)
            for part, variables in self._parts().items()
            for number, variable in enumerate(variables)
        }

    def restore(self, state: Mapping[str, npt.NDArray[Any]], steps: int) -> None:
        """Goes on from a state.

        Raises:
            ValueError: it is that of another net.
        """
        for part, variables in self._parts().items():
            for number, variable in enumerate(variables):
                value = state.get(f"{part}/{number}")
                if value is None or tuple(value.shape) != tuple(variable.shape):
                    raise ValueError(f"{part}/{number} is not there or has another shape")
                variable.assign(value)
        self.steps = steps

    def _parts(self) -> dict[str, Sequence[Any]]:
        return {
            "net": self._net.variables,
            "kept": self.kept.variables,
            "optimiser": self._optimiser.variables,
        }

    def _everywhere(self, *batch_and_number: Any) -> Any:
        """A step on every device, then the mean of the weights on the first."""
        losses = self._strategy.run(self._on_one, args=batch_and_number)
        if self._recipe.ema:
            self._average(tf.cast(batch_and_number[-1], tf.float32))
        return self._strategy.reduce("SUM", losses, axis=None)

    def _on_one(self, *batch_and_number: Any) -> Any:
        """A device's share of a step; shares of loss and gradients add up over the devices."""
        if self._ahead:
            x, soft_targets, weights, _ = batch_and_number
        else:
            x, soft_targets, weights = self._changed(*batch_and_number)
        with tf.GradientTape() as tape:
            logits = self._trained(x, training=True) + self._adjustment
            losses = tf.nn.softmax_cross_entropy_with_logits(soft_targets, logits)
            loss = tf.reduce_sum(weights * losses) / self._batch
        variables = self._net.trainable_variables
        self._optimiser.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    def _changed(self, faces: Any, targets: Any, number: Any) -> tuple[Any, Any, Any]:
        """Photos changed at random, their soft targets, and the weight of each in the loss."""
        recipe = self._recipe
        device = tf.distribute.get_replica_context().replica_id_in_sync_group
        draws = Draws(self._seed, number, device)
        x = augment_pixels(faces, recipe.augment, draws) if recipe.augment.changes_pixels else faces
        weights = tf.linalg.matvec(targets, self._weights)
        soft_targets = targets
        if recipe.mixup:
            x, soft_targets = mixup(tf.cast(x, tf.float32), soft_targets, recipe.mixup, draws)
        soft_targets = (
            soft_targets * (1 - recipe.label_smoothing) + recipe.label_smoothing / self._labels
        )
        if x.dtype != tf.uint8:
            # The net gets whole levels in use, so it gets them here. (tf.round takes longer.)
            x = tf.cast(x + 0.5, tf.uint8)
        return x, soft_targets, weights

    @contextmanager
    def _enough_memory(self) -> Iterator[None]:
        try:
            yield
        except tf.errors.ResourceExhaustedError as error:
            raise AppError(
                f"There was not enough memory for {self._batch} photos at a time.",
                "Choose a smaller batch, a smaller picture or a smaller net.",
            ) from error

    def _average(self, number: Any) -> None:
        decay = tf.minimum(self._recipe.ema, (1 + number) / (10 + number))
        for kept, now in zip(self.kept.weights, self._net.weights, strict=True):
            kept.assign(kept * decay + now * (1 - decay))


def _optimiser(recipe: Recipe, steps: int) -> Any:
    rate: Any = recipe.learning_rate
    if recipe.schedule == "cosine":
        # A short run, as one with fewer epochs asked for, warms up for a quarter of it at most.
        rising = min(recipe.warm_up, recipe.epochs // 4) * steps
        falling = max(1, recipe.epochs * steps - rising)
        schedules = keras.optimizers.schedules
        rate = (
            schedules.CosineDecay(0.0, falling, alpha=0.01, warmup_target=rate, warmup_steps=rising)
            if rising
            else schedules.CosineDecay(rate, falling, alpha=0.01)
        )
    if recipe.optimiser == "adamw":
        return keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay)
    if recipe.optimiser == "sgd":
        return keras.optimizers.SGD(rate, momentum=0.9, nesterov=True)
    return keras.optimizers.Adam(rate)
