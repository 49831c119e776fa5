"""In which proportions emotions are shown to a net, and in which order photos are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def shown_prior(counts: Floats, power: float | None) -> Floats:
    """The share of each emotion among the photos shown.

    Args:
        counts: training photos of each emotion.
        power: see Recipe.sampling_power.

    Returns:
        (labels,), adding up to 1; an emotion without photos has none.
    """
    shares = np.where(counts > 0, counts ** (1.0 if power is None else power), 0.0)
    return np.asarray(shares / shares.sum())


class Sampler:
    """Draws the photos of each epoch.

    Args:
        targets: (photos,) numbers of the labels.
        power: see Recipe.sampling_power.
    """

    def __init__(
        self, targets: npt.NDArray[np.int32], batch: int, power: float | None, seed: int
    ) -> None:
        self._rng = np.random.default_rng(seed)
        self._photos = len(targets)
        self._batch = min(batch, self._photos)
        self._chances: Floats | None = None
        if power is not None:
            counts = np.bincount(targets).astype(np.float64)
            per_photo = shown_prior(counts, power) / np.maximum(counts, 1)
            self._chances = per_photo[targets] / per_photo[targets].sum()

    @property
    def steps(self) -> int:
        """Batches of an epoch."""
        return self._photos // self._batch

    def epoch(self) -> Iterator[npt.NDArray[np.int32]]:
        """Yields the photos' numbers, batch by batch."""
        if self._chances is None:
            chosen = self._rng.permutation(self._photos)
        else:
            chosen = self._rng.choice(self._photos, self.steps * self._batch, p=self._chances)
        for step in range(self.steps):
            yield chosen[step * self._batch : (step + 1) * self._batch].astype(np.int32)
