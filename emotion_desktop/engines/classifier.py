"""What every classifier looks like to the rest of the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.model import ModelCard


class Classifier(Protocol):
    """Gives logits of prepared faces. Calls may come from several threads at once."""

    @property
    def card(self) -> ModelCard:
        """Labels, preprocessing and calibration to use it with."""

    def logits(self, faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """(n, size, size, channels) uint8 in, (n, labels) out."""


def in_batches(
    run: Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float32]],
    faces: npt.NDArray[np.uint8],
    size: int,
    labels: int,
) -> npt.NDArray[np.float32]:
    """Logits of any number of faces, in batches as large as an engine takes.

    Args:
        run: (n, size, size, channels) in, (n, labels) out, for 1 to ``size`` faces.
        faces: (n, size, size, channels); n may be 0.

    Returns:
        (n, labels).
    """
    batches = [run(faces[i : i + size]) for i in range(0, len(faces), size)]
    if not batches:
        return np.empty((0, labels), np.float32)
    return batches[0] if len(batches) == 1 else np.concatenate(batches)
