"""Signals on disk, read where they are asked for."""

import numpy as np

from emotion_desktop.domain.experts import EXPERT_FEATURES
from emotion_desktop.training.data.expert_rows import ExpertRows, feature_table


def test_rows_are_those_of_the_table():
    table = feature_table(6)
    assert table.shape == (6, EXPERT_FEATURES)
    assert not table.any()
    table[:] = np.arange(6)[:, None]
    rows = ExpertRows(table, np.array([4, 1, 5]))
    assert len(rows) == 3
    assert rows[1:][:, 0].tolist() == [1, 5]
    assert rows[np.array([2, 0])][:, -1].tolist() == [5, 4]
    assert not isinstance(rows[:], np.memmap)


def test_no_photo_at_all():
    assert feature_table(0).shape == (0, EXPERT_FEATURES)
