"""95 % intervals of scores, from the bootstrap over persons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.scores import Interval

Floats = npt.NDArray[np.float64]

#: Draws times groups handled at once: bounds the memory.
_CHUNK: Final = 1 << 21


def bootstrap(
    table: Floats, statistics: Callable[[Floats], Floats], draws: int, seed: int
) -> list[Interval]:
    """Percentile intervals from drawing whole groups with replacement (Efron 1979).

    Photos of one person are alike, so single photos are not independent observations: persons are.

    Args:
        table: (groups, columns) counts of each group; every statistic is a function of their sums.
        statistics: takes sums (draws, columns), returns (draws, statistics); NaN where a draw
            does not have what a statistic needs. Such draws are passed over.

    Returns:
        An interval for each statistic.
    """
    groups = len(table)
    rng = np.random.default_rng(seed)
    at_once = max(1, _CHUNK // groups)
    values = []
    for start in range(0, draws, at_once):
        size = min(at_once, draws - start)
        # How often each group was drawn, for all draws at once: draw i counts in row i.
        drawn = rng.integers(groups, size=(size, groups)) + np.arange(size)[:, None] * groups
        times = np.bincount(drawn.ravel(), minlength=size * groups).reshape(size, groups)
        values.append(statistics(times @ table))
    low, high = np.nanpercentile(np.concatenate(values), (2.5, 97.5), axis=0)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]
