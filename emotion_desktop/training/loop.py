"""The training loop: epochs of steps, a judgement after each, the best weights kept."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import JobContext, Metrics
from emotion_desktop.training.augment import Draws, augment, mix
from emotion_desktop.training.backend import keras, tf
from emotion_desktop.training.judge import Judgement, judge
from emotion_desktop.training.nets import build_net
from emotion_desktop.training.pictures import Part
from emotion_desktop.training.progress import Stage
from emotion_desktop.training.recipes import Recipe
from emotion_desktop.training.sampling import Sampler, loss_weights, shown_prior

_CHUNK = 256


@dataclass(frozen=True)
class Fitted:
    """What a training leaves.

    Attributes:
        model: the Keras model with the weights of its best epoch.
        epoch: number of the best epoch, from 1.
        judgement: of that epoch, on validation faces.
        logits: (validation photos, labels), with those weights.
    """

    model: Any
    epoch: int
    epochs: int
    judgement: Judgement
    logits: npt.NDArray[np.float32]


def fit(
    recipe: Recipe,
    training: Part,
    validation: Part,
    labels: Sequence[str],
    *,
    seed: int,
    context: JobContext,
) -> Fitted:
    """Trains a net; the same seed gives the same net on the same machine.

    Validation sees real, unchanged photos only, and the weights that would be kept.

    Raises:
        AppError: the training diverged.
        CancelledError: the user cancelled.
    """
    keras.utils.set_random_seed(seed % 2**32)
    power = recipe.power if recipe.balancing == "sampling" else None
    sampler = Sampler(training.targets(labels), recipe.batch, power, seed)
    run = _Run(recipe, training, labels, sampler.steps, seed)
    targets = validation.targets(labels)
    stage = Stage(context, sampler.steps * recipe.epochs)
    best: Fitted | None = None
    better = 0
    peak: Judgement | None = None
    weights: list[Any] = []
    epoch = 0
    for epoch in range(1, recipe.epochs + 1):
        started = time.monotonic()
        losses = []
        for photos in sampler.epoch():
            losses.append(run.step(photos))
            stage.step(run.steps, f"epoch {epoch} of {recipe.epochs}")
            if context.finish_early:
                break
        logits = predict(run.kept, validation.faces)
        judgement = judge(logits, targets, labels)
        context.emit(
            Metrics(
                epoch,
                {
                    "loss": float(np.mean(losses)),
                    "seconds": time.monotonic() - started,
                    **judgement.to_dict(),
                },
            )
        )
        if peak is None or judgement.mean_recall > peak.mean_recall:
            peak, better = judgement, epoch
        # The latest of the epochs that are as good as the best: the net has settled by then.
        if best is None or judgement.as_good_as(peak):
            best = Fitted(run.kept, epoch, epoch, judgement, logits)
            weights = run.kept.get_weights()
        if context.finish_early or (recipe.patience and epoch - better >= recipe.patience):
            break
    if best is None:
        raise ValueError("a training has at least one epoch")
    best.model.set_weights(weights)
    return Fitted(best.model, best.epoch, epoch, best.judgement, best.logits)


def predict(model: Any, faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Logits of faces: (n, size, size, channels) uint8 in, (n, labels) out."""
    chunks = [
        np.asarray(model(faces[i : i + _CHUNK], training=False))
        for i in range(0, len(faces), _CHUNK)
    ]
    return np.concatenate(chunks) if chunks else np.empty((0, model.output.shape[-1]), np.float32)


class _Run:
    """A net in training, and beside it the net with the weights that are kept.

    Where the recipe asks for it those are a running mean over steps (Polyak and Juditsky 1992);
    it starts fast, so that the first steps do not linger in it.
    """

    def __init__(
        self, recipe: Recipe, training: Part, labels: Sequence[str], steps: int, seed: int
    ) -> None:
        self._recipe = recipe
        self._seed = seed
        self._labels = len(labels)
        self._net = build_net(recipe, len(labels), seed)
        self.kept = build_net(recipe, len(labels), seed)
        self.kept.set_weights(self._net.get_weights())
        self._faces = tf.constant(training.faces)
        targets = training.targets(labels)
        self._targets = tf.constant(targets)
        counts = np.bincount(targets, minlength=len(labels)).astype(np.float64)
        self._weights = tf.constant(loss_weights(counts, recipe), tf.float32)
        # Menon et al. 2021: log-priors added in training need not be learnt by the net.
        tau = recipe.logit_tau if recipe.loss == "logit-adjusted" else 0.0
        prior = np.maximum(shown_prior(counts, recipe), 1e-12)
        self._adjustment = tf.constant(tau * np.log(prior), tf.float32)
        self._optimiser = _optimiser(recipe, steps)
        self._optimiser.build(self._net.trainable_variables)
        self._graph = tf.function(
            self._step,
            input_signature=[tf.TensorSpec([None], tf.int32), tf.TensorSpec([], tf.int32)],
        )
        self.steps = 0

    def step(self, photos: npt.NDArray[np.int32]) -> float:
        """One step on these photos; returns the loss.

        Raises:
            AppError: the loss is no number any more.
        """
        self.steps += 1
        loss = float(self._graph(tf.constant(photos), tf.constant(self.steps)))
        if not math.isfinite(loss):
            raise AppError(
                "The training diverged: its loss is not a number any more.",
                "Lower the learning rate or choose another recipe.",
            )
        return loss

    def _step(self, photos: Any, number: Any) -> Any:
        recipe, draws = self._recipe, Draws(self._seed, number)
        x = augment(tf.gather(self._faces, photos), recipe.augment, draws)
        numbers = tf.gather(self._targets, photos)
        weights = tf.gather(self._weights, numbers)
        targets = tf.one_hot(numbers, self._labels)
        if recipe.mixup:
            x, targets = mix(x, targets, recipe.mixup, draws)
        targets = targets * (1 - recipe.label_smoothing) + recipe.label_smoothing / self._labels
        # The net gets whole levels in use, so it gets them here.
        x = tf.cast(tf.round(x), tf.uint8)
        with tf.GradientTape() as tape:
            logits = self._net(x, training=True)
            losses = tf.nn.softmax_cross_entropy_with_logits(targets, logits + self._adjustment)
            loss = tf.reduce_mean(weights * losses)
        variables = self._net.trainable_variables
        self._optimiser.apply_gradients(
            zip(tape.gradient(loss, variables), variables, strict=True)
        )
        self._keep(tf.cast(number, tf.float32))
        return loss

    def _keep(self, number: Any) -> None:
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
