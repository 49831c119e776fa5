"""The interval of one share: of so many photos, so many are right."""

from __future__ import annotations

import math
from typing import Final

from emotion_desktop.domain.scores import Interval

#: The 97.5 % quantile of the normal distribution.
_Z: Final = 1.959963984540054


def wilson(hits: int, count: int) -> Interval:
    """Returns the 95 % interval of a share (Wilson 1927), good for small counts too.

    Args:
        count: at least 1.
    """
    share = hits / count
    spread = _Z**2 / count
    centre = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)
