"""Expert features of many photos, on disk until they are asked for."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.experts import EXPERT_FEATURES

Floats = npt.NDArray[np.float32]


def feature_table(photos: int) -> Floats:
    """(photos, EXPERT_FEATURES) zeros, in a file without a name: memory does not grow with them."""
    with tempfile.TemporaryFile() as file:
        # A map of nothing is refused.
        table = np.memmap(file, np.float32, "w+", shape=(max(photos, 1), EXPERT_FEATURES))
    return table[:photos]


@dataclass(frozen=True, eq=False)
class ExpertRows:
    """The expert features of some of a table's photos.

    Attributes:
        table: (all photos, EXPERT_FEATURES).
        rows: (photos,) where each of them stands in the table.
    """

    table: Floats
    rows: npt.NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, which: slice | npt.NDArray[np.intp]) -> Floats:
        """(chosen photos, EXPERT_FEATURES), in memory."""
        return np.array(self.table[self.rows[which]])
