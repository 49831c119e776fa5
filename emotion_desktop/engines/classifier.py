"""What every classifier looks like to the rest of the program."""

from __future__ import annotations

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
