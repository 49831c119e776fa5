"""What every classifier looks like to the rest of the program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.model import ModelCard


class Classifier(Protocol):
    """Answers for prepared faces. Calls may come from several threads at once."""

    @property
    def card(self) -> ModelCard:
        """Labels, preprocessing and calibration to use it with."""

    def logits(self, faces: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """(n, size, size, channels) uint8 in, (n, labels) out."""


def in_pieces(
    answer: Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float32]],
    faces: npt.NDArray[np.uint8],
    most: int,
    labels: int,
) -> npt.NDArray[np.float32]:
    """Logits of any number of faces, of which an engine takes some at a time.

    Args:
        answer: (n, size, size, channels) in, (n, labels) out, for 1 to ``most`` faces.
        faces: (n, size, size, channels); n may be 0.

    Returns:
        (n, labels).
    """
    pieces = [answer(faces[i : i + most]) for i in range(0, len(faces), most)]
    if not pieces:
        return np.empty((0, labels), np.float32)
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
