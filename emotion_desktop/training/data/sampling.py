"""In which proportions emotions are shown to a net, and in which order photos are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from emotion_desktop.training.data.part import Part
from emotion_desktop.training.recipe.recipe import Recipe

Floats = npt.NDArray[np.float64]


def shares(counts: Floats, power: float) -> Floats:
    """Counts to a power, as shares.

    Args:
        counts: photos of each emotion.
        power: 1 leaves the counts' proportions, 0 makes all alike.

    Returns:
        (labels,), adding up to 1; an emotion without photos has none.
    """
    raised = np.where(counts > 0, counts**power, 0.0)
    return np.asarray(raised / raised.sum())


def shown_prior(counts: Floats, recipe: Recipe) -> Floats:
    """The proportions in which emotions count in training.

    A class weight counts as showing an emotion more often.
    """
    return shares(counts, recipe.power if recipe.balancing in ("weights", "sampling") else 1.0)


def learnt_prior(counts: Floats, recipe: Recipe) -> Floats:
    """The proportions under which a net's logits are log-probabilities, once it is trained.

    A logit-adjusted loss takes its share of the proportions shown out again (Menon et al. 2021).
    """
    shown = shown_prior(counts, recipe)
    return shares(shown, 1 - recipe.logit_tau) if recipe.loss == "logit-adjusted" else shown


def natural_counts(part: Part, labels: Sequence[str], *, real: bool = False) -> Floats:
    """(labels,) photos of each label, each at least 1 (Laplace: one is added to each).

    A photo that several people named differently counts for each label in part, and one of a source
    with a larger share of the draws for more.

    Args:
        real: synthesised ones are not counted.
    """
    count = len(part.emotions) - (part.copies if real else 0)
    draws = np.ones(count) if part.draws is None else part.draws[:count]
    mass = draws @ part.soft_targets(labels)[:count]
    return np.asarray(mass * (count / draws.sum()) + 1, np.float64)


def part_prior(part: Part, labels: Sequence[str], recipe: Recipe) -> Floats:
    """(labels,) the proportions under which a net's logits are log-probabilities once it has learnt
    from a part; see learnt_prior."""
    if part.votes is None or recipe.balancing != "sampling":
        return learnt_prior(natural_counts(part, labels), recipe)
    # Photos are drawn by the label they have, and teach what was voted.
    chances = drawing_chances(part.targets(labels), recipe.power, part.draws)
    return np.asarray(chances @ part.soft_targets(labels), np.float64)


def loss_weights(counts: Floats, recipe: Recipe) -> Floats:
    """What a photo of each emotion counts in the loss; 1 on average over the photos."""
    if recipe.balancing != "weights":
        return np.ones_like(counts)
    wanted, natural = shares(counts, recipe.power), shares(counts, 1.0)
    return np.asarray(np.where(natural > 0, wanted / np.maximum(natural, 1e-12), 0.0))


def drawn_counts(
    targets: npt.NDArray[np.int32], labels: int, draws: Floats | None = None
) -> Floats:
    """(labels,) photos of each label as an epoch draws them, before balancing; see Part.draws."""
    counts = np.bincount(targets, weights=draws, minlength=labels).astype(np.float64)
    return counts if draws is None else np.asarray(counts * (len(targets) / draws.sum()))


def drawing_chances(
    targets: npt.NDArray[np.int32], power: float, draws: Floats | None = None
) -> Floats:
    """(photos,) the chance of each photo at every draw; see Sampler."""
    counts = np.bincount(targets, weights=draws).astype(np.float64)
    chances = (shares(counts, power) / np.where(counts > 0, counts, 1))[targets]
    if draws is not None:
        chances = chances * draws
    return np.asarray(chances / chances.sum())


class Sampler:
    """Draws the photos of each epoch.

    Args:
        targets: (photos,) numbers of the labels.
        power: photos of an emotion are drawn in proportion to its count to this power; None: every
            photo once per epoch.
        draws: see Part.draws; needs a power.
    """

    def __init__(
        self,
        targets: npt.NDArray[np.int32],
        batch: int,
        power: float | None,
        seed: int,
        draws: Floats | None = None,
    ) -> None:
        self._rng = np.random.default_rng(seed)
        self._photos = len(targets)
        self._batch = min(batch, self._photos)
        self._chances: Floats | None = None
        if power is not None:
            self._chances = drawing_chances(targets, power, draws)

    @property
    def steps(self) -> int:
        """Batches of an epoch."""
        return self._photos // self._batch

    @property
    def state(self) -> dict[str, Any]:
        """Where its random numbers are, as JSON values; may be set to go on from there."""
        return dict(self._rng.bit_generator.state)

    @state.setter
    def state(self, state: dict[str, Any]) -> None:
        self._rng.bit_generator.state = state

    def epoch(self) -> Iterator[npt.NDArray[np.int32]]:
        """Yields the photos' numbers, batch by batch."""
        if self._chances is None:
            chosen = self._rng.permutation(self._photos)
        else:
            chosen = self._rng.choice(self._photos, self.steps * self._batch, p=self._chances)
        for step in range(self.steps):
            yield chosen[step * self._batch : (step + 1) * self._batch].astype(np.int32)
