"""The training loop: epochs of steps, validation after each, the best weights kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import AppError, CancelledError, DataError, PausedError
from emotion_desktop.domain.job import JobContext, Log, Metrics
from emotion_desktop.domain.training_events import StepDone, TrainingBegan
from emotion_desktop.training.data.part import Part
from emotion_desktop.training.data.prefetch import prefetched
from emotion_desktop.training.data.sampling import Sampler, drawn_counts
from emotion_desktop.training.fit.best import Best
from emotion_desktop.training.fit.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from emotion_desktop.training.fit.train_step import TrainStep
from emotion_desktop.training.fit.validation_metrics import ValidationMetrics, validation_metrics
from emotion_desktop.training.net.backend import keras
from emotion_desktop.training.net.devices import device_words, strategy
from emotion_desktop.training.net.nets import build_net
from emotion_desktop.training.progress import Stage
from emotion_desktop.training.recipe.recipe import Recipe

#: Faces of a forward pass outside training; bounds the memory.
_CHUNK: Final = 256
#: How often the loss of a step is sent to the screen, seconds.
_LOSS_INTERVAL_S: Final = 0.5


@dataclass(frozen=True)
class Fitted:
    """What a training leaves.

    Attributes:
        model: the Keras model with the weights of its best epoch.
        epoch: number of the best epoch, from 1.
        epochs: that were trained, the last perhaps not to its end.
        metrics: of that epoch, on validation faces.
        logits: (validation photos, labels), with those weights.
        warning: what ended the training before its time, if something did.
    """

    model: Any
    epoch: int
    epochs: int
    metrics: ValidationMetrics
    logits: npt.NDArray[np.float32]
    warning: str = ""


@dataclass(frozen=True)
class Plan:
    """What is trained, apart from the photos.

    Attributes:
        build: makes the net; None for the recipe's own.
        checkpoint: where the state after each epoch is kept, and gone on from; None for nowhere.
        devices: see devices.strategy.
        on_kept: is told the epoch that would be kept, and how many are done, whenever it changes.
    """

    recipe: Recipe
    labels: Sequence[str]
    seed: int
    build: Callable[[], Any] | None = None
    checkpoint: Path | None = None
    devices: tuple[str, ...] = ()
    on_kept: Callable[[Best, int], None] | None = None


@dataclass
class _Position:
    """Where a training is. ``losses`` and ``seconds`` are those of the epoch that is under way,
    and ``order`` is the sampler's state when it began."""

    epoch: int = 1
    losses: list[float] = field(default_factory=list)
    seconds: float = 0.0
    order: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)


def fit(plan: Plan, training: Part, validation: Part, context: JobContext) -> Fitted:
    """Trains a net; the same seed gives the same net on the same machine.

    A training that went on from a checkpoint gives the net that it would have given without a
    stop. Validation sees real, unchanged photos only, and the weights that would be kept.

    Raises:
        AppError: the training diverged or ran out of memory before there was anything to keep.
        PausedError: the user paused it; its state is in the checkpoint.
        CancelledError: the user cancelled.
    """
    return _Fit(plan, training, validation, context).run()


def net_logits(model: Any, faces: Any) -> npt.NDArray[np.float32]:
    """Logits of faces: (n, size, size, channels) uint8 in, (n, labels) out."""
    chunks = [
        np.asarray(model(faces[i : i + _CHUNK], training=False))
        for i in range(0, len(faces), _CHUNK)
    ]
    return np.concatenate(chunks) if chunks else np.empty((0, model.output.shape[-1]), np.float32)


def _check(about: Mapping[str, Any], plan: Plan) -> None:
    # Read first: a state that an earlier version left lacks the options that came since.
    if (Recipe.from_dict(about["recipe"]), about["seed"]) != (plan.recipe, plan.seed):
        raise ValueError("it was left by another recipe")


def _check_finite(numbers: Any) -> None:
    if not np.isfinite(numbers).all():
        raise AppError(
            "The training diverged: its loss is not a number any more.",
            "Lower the learning rate or choose another recipe.",
        )


class _Fit:
    def __init__(self, plan: Plan, training: Part, validation: Part, context: JobContext) -> None:
        self._plan = plan
        self._recipe = recipe = plan.recipe
        self._context = context
        self._training, self._validation = training, validation
        self._targets = training.targets(plan.labels)
        keras.utils.set_random_seed(plan.seed % 2**32)
        where = strategy(plan.devices)
        devices = where.num_replicas_in_sync
        batch = max(devices, min(recipe.batch, len(self._targets)) // devices * devices)
        drawn = 1.0 if training.draws is not None else None
        power = recipe.power if recipe.balancing == "sampling" else drawn
        self._sampler = Sampler(self._targets, batch, power, plan.seed, training.draws)
        self._soft_targets = training.soft_targets(plan.labels)
        counts = drawn_counts(self._targets, len(plan.labels), training.draws)
        self._train_step = TrainStep(
            recipe,
            plan.build or (lambda: build_net(recipe, plan.labels, plan.seed)),
            counts,
            batch=batch,
            steps=self._sampler.steps,
            seed=plan.seed,
            strategy=where,
        )
        self._best = Best()
        self._at = _Position(order=self._sampler.state)
        self._stage = Stage(context, self._sampler.steps * recipe.epochs)

    def run(self) -> Fitted:
        self._resume()
        self._emit_beginning()
        warning = ""
        while self._at.epoch <= self._recipe.epochs:
            try:
                self._train_epoch()
                self._validate_epoch()
            except AppError as error:
                if isinstance(error, CancelledError | PausedError) or not self._best.epoch:
                    raise
                warning = f"{error} Epoch {self._best.epoch}, the best before, is kept."
                break
            epoch = self._at.epoch - 1
            waited = self._best.epochs_without_a_better_one(epoch)
            if self._context.finish_early:
                break
            if self._recipe.patience and waited >= self._recipe.patience:
                self._context.emit(Log(f"Stopped early: no better epoch in the last {waited}."))
                break
        if warning:
            self._context.emit(Log(warning))
        return self._result(warning)

    # -- an epoch ------------------------------------------------------------------------------

    def _train_epoch(self) -> None:
        at, train_step, total = self._at, self._train_step, self._recipe.epochs
        text = f"epoch {at.epoch} of {total}"
        started, emitted = time.monotonic() - at.seconds, 0.0
        with prefetched(self._batches(train_step.steps + 1)) as ready:
            for batch in ready:
                loss = train_step.learn(batch)
                _check_finite(loss)
                at.losses.append(loss)
                at.seconds = time.monotonic() - started
                if at.seconds - emitted >= _LOSS_INTERVAL_S:
                    emitted = at.seconds
                    self._context.emit(StepDone(train_step.steps, loss))
                if self._context.pause_wanted:
                    self._pause()
                self._stage.step(train_step.steps, text)
                if self._context.finish_early:
                    break

    def _batches(self, first: int) -> Iterator[tuple[Any, ...]]:
        """The rest of the epoch, made ready batch by batch.

        Args:
            first: number of the next step.
        """
        # Those before were done before a pause.
        rest = islice(self._sampler.epoch(), len(self._at.losses), None)
        for number, photos in enumerate(rest, first):
            yield self._train_step.ready(
                self._training.faces[photos], self._soft_targets[photos], number
            )

    def _validate_epoch(self) -> None:
        at, best = self._at, self._best
        self._train_step.settle()
        kept = self._train_step.kept
        logits = net_logits(kept, self._validation.faces)
        # The last step may have been the one too far: its own loss was still that of before.
        _check_finite(logits)
        metrics = validation_metrics(
            logits, self._validation.targets(self._plan.labels), self._plan.labels
        )
        better = best.offer(at.epoch, metrics, kept.get_weights(), logits)
        values = {
            "loss": float(np.mean(at.losses)),
            "seconds": at.seconds,
            "best_epoch": best.epoch,
            **metrics.to_dict(),
        }
        at.history.append(values)
        self._context.emit(Metrics(at.epoch, values))
        at.epoch, at.losses, at.seconds = at.epoch + 1, [], 0.0
        at.order = self._sampler.state
        self._save()
        if better:
            self._tell_kept()

    def _tell_kept(self) -> None:
        if self._plan.on_kept is not None:
            self._plan.on_kept(self._best, self._at.epoch - 1)

    def _result(self, warning: str) -> Fitted:
        best, model = self._best, self._train_step.kept
        if best.metrics is None:
            raise ValueError("a training has at least one epoch")
        model.set_weights(best.weights)
        epochs = self._at.epoch - 1
        return Fitted(model, best.epoch, epochs, best.metrics, best.logits, warning)

    # -- state ---------------------------------------------------------------------------------

    def _pause(self) -> None:
        if self._plan.checkpoint is None:
            return
        write_checkpoint(self._plan.checkpoint, self._checkpoint())
        raise PausedError(f"Paused in epoch {self._at.epoch} of {self._recipe.epochs}.")

    def _save(self) -> None:
        """Keeps the state; a training does not end because its state cannot be kept."""
        if self._plan.checkpoint is None:
            return
        try:
            write_checkpoint(self._plan.checkpoint, self._checkpoint())
        except AppError as error:
            self._context.emit(
                Log(f"{error} The training goes on, but could not go on from here after a stop.")
            )

    def _checkpoint(self) -> Checkpoint:
        at = self._at
        best_about, best_arrays = self._best.state()
        about = {
            "epoch": at.epoch,
            "losses": at.losses,
            "seconds": at.seconds,
            "order": at.order,
            "history": at.history,
            "steps": self._train_step.steps,
            "best": best_about,
            "recipe": self._recipe.to_dict(),
            "seed": self._plan.seed,
        }
        return Checkpoint(about, {**self._train_step.state(), **best_arrays})

    def _resume(self) -> None:
        """From the checkpoint, if there is one."""
        path = self._plan.checkpoint
        found = read_checkpoint(path) if path is not None else None
        if found is None:
            return
        about = found.about
        try:
            _check(about, self._plan)
            self._train_step.restore(found.arrays, about["steps"])
            self._best.restore(about["best"], found.arrays)
            if self._best.epoch and len(self._best.logits) != len(self._validation.faces):
                self._score_best_again()
            self._at = _Position(
                about["epoch"],
                about["losses"],
                about["seconds"],
                about["order"],
                about["history"],
            )
            self._sampler.state = self._at.order
            if self._best.epoch:
                self._tell_kept()
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(
                f"The training cannot go on from where it stopped ({error}).",
                "Start it again from its beginning.",
            ) from None

    def _score_best_again(self) -> None:
        """The best epoch, on the validation photos of now: a version since may leave more of them
        out, such as copies of training photos."""
        kept = self._train_step.kept
        weights = kept.get_weights()
        kept.set_weights(self._best.weights)
        logits = net_logits(kept, self._validation.faces)
        kept.set_weights(weights)
        labels = self._plan.labels
        metrics = validation_metrics(logits, self._validation.targets(labels), labels)
        self._best.score_again(metrics, logits)

    def _emit_beginning(self) -> None:
        """What a screen needs to know before the first epoch is over."""
        went_on = f" Goes on in epoch {self._at.epoch}." if self._at.history else ""
        numbers = ", in bfloat16" if self._train_step.lowered else ""
        self._context.emit(Log(f"Trained on: {device_words()}{numbers}.{went_on}"))
        self._context.emit(
            TrainingBegan(
                device=device_words(),
                epochs=self._recipe.epochs,
                steps_per_epoch=self._sampler.steps,
                photos=len(self._targets),
                labels=tuple(self._plan.labels),
                history=tuple(self._at.history),
            )
        )
