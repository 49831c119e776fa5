import numpy as np
import pytest

from emotion_desktop.evaluation import intervals
from emotion_desktop.evaluation.intervals import Floats, bootstrap


def mean(sums: Floats) -> Floats:
    return sums[:, :1] / sums[:, 1:2]


def test_the_bootstrap_of_a_mean_is_its_standard_error() -> None:
    values = np.random.default_rng(0).normal(10, 3, 400)
    table = np.stack([values, np.ones(400)], axis=1)
    [(low, high)] = bootstrap(table, mean, draws=4000, seed=0)
    error = values.std() / 20
    assert (low, high) == pytest.approx(
        (values.mean() - 1.96 * error, values.mean() + 1.96 * error), abs=0.15 * error
    )


def test_the_seed_decides_and_the_chunks_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    table = np.stack([np.arange(30.0), np.ones(30)], axis=1)
    once = bootstrap(table, mean, draws=100, seed=1)
    assert bootstrap(table, mean, draws=100, seed=2) != once
    monkeypatch.setattr(intervals, "_CHUNK", 30 * 7)
    assert bootstrap(table, mean, draws=100, seed=1) == once


def test_draws_without_a_value_are_passed_over() -> None:
    table = np.array([[1.0], [0.0], [0.0]])

    def one_or_nothing(sums: Floats) -> Floats:
        return np.where(sums > 0, 1.0, np.nan)

    assert bootstrap(table, one_or_nothing, draws=200, seed=0) == [(1.0, 1.0)]
