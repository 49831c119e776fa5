"""Votes as targets, and shares of sources in an epoch."""

from pathlib import Path

import numpy as np
import pytest

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.sample import Sample
from emotion_desktop.training.data.sampling import Sampler, drawn_counts
from emotion_desktop.training.data.targets import source_draws, target_shares


def sample(emotion, **votes):
    return Sample(Path("a.jpg"), emotion, "Ann", votes=tuple(votes.items()))


def shares(**of):
    return pytest.approx([of.get(emotion, 0) for emotion in EMOTIONS])


def test_votes_are_targets_where_they_are_known():
    rows = target_shares(
        [
            sample("fear", fear=6, surprise=3, anger=1, unknown=2),
            sample("neutral"),
            # The label was merged, or made by hand: what was voted is not what is to be learnt.
            sample("disgust", anger=10),
        ]
    )
    assert rows.dtype == np.float32
    assert rows[0].tolist() == shares(fear=6 / 9, surprise=3 / 9)
    assert rows[1].tolist() == shares(neutral=1)
    assert rows[2].tolist() == shares(disgust=1)


def test_without_votes_there_are_labels_alone():
    assert target_shares([sample("fear"), sample("anger")]) is None


SOURCES = ["large"] * 90 + ["small"] * 10


@pytest.mark.parametrize(
    ("power", "wanted", "large"),
    [(0, {}, 0.5), (0.5, {}, 0.75), (1, {"large": 30, "small": 70}, 0.3)],
)
def test_each_source_has_its_share_of_an_epoch(power, wanted, large):
    draws = source_draws(SOURCES, power, wanted)
    assert draws.mean() == pytest.approx(1)
    assert draws[:90].sum() / draws.sum() == pytest.approx(large)
    targets = np.zeros(100, np.int32)
    sampler = Sampler(targets, 50, 1.0, seed=1, draws=draws)
    drawn = np.concatenate([np.concatenate(list(sampler.epoch())) for _ in range(60)])
    assert (drawn < 90).mean() == pytest.approx(large, abs=0.03)


def test_sources_are_drawn_as_they_are_where_nothing_else_is_said():
    assert source_draws(SOURCES, 1, {}) is None
    assert source_draws(["one"] * 5, 0, {}) is None


def test_labels_are_counted_as_they_are_drawn():
    draws = source_draws(SOURCES, 0, {})
    targets = np.array([0] * 90 + [1] * 10, np.int32)
    assert drawn_counts(targets, 3, draws) == pytest.approx([50, 50, 0])
    assert drawn_counts(targets, 3).tolist() == [90, 10, 0]


@pytest.mark.parametrize("wanted", [{"large": 1}, {"large": 1, "small": 1, "other": 1}])
def test_shares_are_said_for_each_source_and_no_other(wanted):
    with pytest.raises(UsageError, match="for each source") as caught:
        source_draws(SOURCES, 1, wanted)
    assert caught.value.hint == "There are: “large”, “small”."
