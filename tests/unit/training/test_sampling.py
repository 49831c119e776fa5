import numpy as np
import pytest

from emotion_desktop.training.sampling import Sampler, shown_prior

COUNTS = np.array([900.0, 100.0, 0.0])


def test_shares_lie_between_equal_and_natural():
    assert shown_prior(COUNTS, None) == pytest.approx([0.9, 0.1, 0])
    assert shown_prior(COUNTS, 0.5) == pytest.approx([0.75, 0.25, 0])
    assert shown_prior(COUNTS, 0.0) == pytest.approx([0.5, 0.5, 0])


def test_photos_are_drawn_in_those_shares():
    targets = np.repeat([0, 1], [900, 100]).astype(np.int32)
    sampler = Sampler(targets, 50, 0.5, seed=1)
    assert sampler.steps == 20
    drawn = np.concatenate([targets[b] for _ in range(10) for b in sampler.epoch()])
    assert np.bincount(drawn) / len(drawn) == pytest.approx([0.75, 0.25], abs=0.02)


def test_without_a_power_an_epoch_shows_each_photo_once():
    batches = list(Sampler(np.zeros(100, np.int32), 16, None, seed=1).epoch())
    assert [len(b) for b in batches] == [16] * 6
    assert len(set(np.concatenate(batches))) == 96


@pytest.mark.parametrize("power", [None, 0.5])
def test_the_order_follows_the_seed(power):
    targets = np.arange(60, dtype=np.int32) % 3

    def first(seed):
        return next(iter(Sampler(targets, 16, power, seed).epoch())).tolist()

    assert first(3) == first(3) != first(4)


def test_fewer_photos_than_a_batch_make_one_step():
    sampler = Sampler(np.array([0, 1, 1], np.int32), 64, 0.5, seed=1)
    assert [len(b) for b in sampler.epoch()] == [3]
