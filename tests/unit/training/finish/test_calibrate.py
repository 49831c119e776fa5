import numpy as np
import pytest

from emotion_desktop.domain.model import Calibration
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.training.finish.calibrate import (
    bias_for,
    choose_calibration,
    choose_tau,
    choose_temperature,
)

COUNTS = np.array([4000.0, 800.0, 60.0])


def simulated(photos=6000, seed=0):
    """Logits of a net that is perfectly calibrated under the natural proportions, and truths."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (photos, 3)) + np.log(COUNTS / COUNTS.sum())
    p = calibrate(logits, Calibration(1.0, (0.0, 0.0, 0.0)))
    truths = (rng.random((photos, 1)) > p.cumsum(axis=1)).sum(axis=1).astype(np.int32)
    return logits, truths


def calibration_error(logits, truths, calibration):
    p = calibrate(logits, calibration)
    confidence, right = p.max(axis=1), p.argmax(axis=1) == truths
    bins = np.minimum((confidence * 15).astype(int), 14)
    gaps = np.bincount(bins, confidence - right, minlength=15)
    return np.abs(gaps).sum() / len(truths)


@pytest.mark.parametrize("true", [0.5, 1.0, 2.5])
def test_a_known_temperature_is_recovered(true):
    logits, truths = simulated()
    assert choose_temperature(logits * true, truths) == pytest.approx(true, rel=0.1)


def test_photos_that_are_all_right_do_not_make_it_certain():
    few = np.eye(3)[[0, 1, 2]] * 2.0
    temperature = choose_temperature(few, np.array([0, 1, 2], np.int32))
    confidence = calibrate(few, Calibration(temperature, (0.0,) * 3)).max()
    assert confidence == pytest.approx(0.8, abs=0.01)


def test_the_bias_leads_from_the_shown_to_the_natural_proportions_and_on_to_equal_ones():
    assert bias_for(0.0, COUNTS, COUNTS) == pytest.approx(0)
    natural = np.log(COUNTS / COUNTS.sum())
    assert bias_for(1.0, COUNTS, COUNTS) == pytest.approx(-natural)
    # Shown as their roots, they are half the way already.
    half = bias_for(0.5, COUNTS, COUNTS**0.5)
    assert half - half[0] == pytest.approx(0)


def test_the_error_of_calibration_falls():
    logits, truths = simulated()
    sure = logits * 2.5
    persons = [str(i // 3) for i in range(len(truths))]
    chosen, tau = choose_calibration(sure, truths, persons, counts=COUNTS, learnt=COUNTS, seed=1)
    fresh, fresh_truths = simulated(seed=1)
    before = Calibration(1.0, chosen.bias)
    assert 0 <= tau <= 1
    assert calibration_error(fresh * 2.5, fresh_truths, before) > 0.05
    assert calibration_error(fresh * 2.5, fresh_truths, chosen) < 0.03


def test_balance_is_bought_but_not_at_any_price():
    logits, truths = simulated()
    persons = [str(i) for i in range(len(truths))]
    tau = choose_tau(logits, truths, persons, counts=COUNTS, learnt=COUNTS, seed=1)

    def scores(tau):
        right = (logits + bias_for(tau, COUNTS, COUNTS)).argmax(axis=1) == truths
        return right.mean(), np.mean([right[truths == k].mean() for k in range(3)])

    plain, chosen, equal = scores(0.0), scores(tau), scores(1.0)
    assert equal[0] < plain[0] - 0.1  # all the way would cost too much
    assert 0 < tau < 1
    assert chosen[1] > plain[1] + 0.02
    assert chosen[0] >= plain[0] - 0.065


def test_who_has_many_photos_is_drawn_with_all_of_them():
    logits, truths = simulated(150)
    persons = [f"p{number}" for number in range(150)]
    once = choose_tau(logits, truths, persons, counts=COUNTS, learnt=COUNTS, seed=1)
    three_times = choose_tau(
        logits.repeat(3, axis=0),
        truths.repeat(3),
        np.repeat(persons, 3),
        counts=COUNTS,
        learnt=COUNTS,
        seed=1,
    )
    assert once not in (0, 1)
    assert three_times == pytest.approx(once)


def test_without_photos_nothing_is_claimed():
    chosen, tau = choose_calibration(
        np.empty((0, 3)), np.empty(0, np.int32), [], counts=COUNTS, learnt=COUNTS, seed=0
    )
    assert (chosen.temperature, tau) == (1.0, 0.0)
