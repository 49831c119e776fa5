"""How far people agree."""

import numpy as np
import pytest

from emotion_desktop.dataset.audit.agreement import (
    alpha_of_emotions,
    krippendorff_alpha,
    vote_table,
)
from emotion_desktop.domain.votes import pair_agreement


@pytest.mark.parametrize(
    ("votes", "share"),
    [
        ({"fear": 10}, 1.0),
        ({"fear": 5, "anger": 5}, 40 / 90),
        ({"fear": 1, "anger": 1}, 0.0),
        ({"fear": 1}, None),
        ({"fear": 0.5, "anger": 0.5, "neutral": 3}, None),
        ({}, None),
    ],
)
def test_the_share_of_pairs_that_agree(votes, share):
    assert pair_agreement(votes) == (None if share is None else pytest.approx(share))


def test_alpha_of_a_published_example():
    """Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C: 0.743 for
    nominal data with four observers and values that are missing."""
    units = [
        [1, 1, None, 1],
        [2, 2, 3, 2],
        [3, 3, 3, 3],
        [3, 3, 3, 3],
        [2, 2, 2, 2],
        [1, 2, 3, 4],
        [4, 4, 4, 4],
        [1, 1, 2, 1],
        [2, 2, 2, 2],
        [None, 5, 5, 5],
        [None, None, 1, 1],
        [None, None, 3, None],
    ]
    counts = np.array([[unit.count(value) for value in range(1, 6)] for unit in units], float)
    assert krippendorff_alpha(counts) == pytest.approx(0.743, abs=5e-4)


def test_alpha_at_its_ends():
    assert krippendorff_alpha(np.array([[3.0, 0], [0, 3]])) == 1
    assert krippendorff_alpha(np.array([[3.0, 0], [3, 0]])) is None
    assert krippendorff_alpha(np.array([[1.0, 0], [0, 1]])) is None
    assert krippendorff_alpha(np.array([[1.0, 1], [1, 1]])) < 0


def test_alpha_of_each_emotion():
    table = vote_table([{"fear": 4}, {"anger": 4}, {"neutral": 2, "unknown": 2}] * 3)
    found = alpha_of_emotions(table)
    assert list(found) == ["anger", "fear", "neutral"]
    assert found["anger"] == found["fear"] == 1
    assert found["neutral"] < 0.7
