"""Probabilities out of logits."""

import numpy as np
import pytest

from emotion_desktop.domain.model import Calibration
from emotion_desktop.engines.calibration import calibrate, logits_from_probabilities


def test_it_is_the_softmax_of_what_the_formula_says():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 4, (50, 8)).astype(np.float32)
    bias = rng.normal(0, 1, 8)
    out = calibrate(logits, Calibration(1.7, tuple(bias.tolist())))
    powers = np.exp((logits.astype(float) + bias) / 1.7)
    assert out == pytest.approx(powers / powers.sum(axis=1, keepdims=True), rel=1e-12)
    assert out.sum(axis=1) == pytest.approx(np.ones(50), abs=1e-12)
    assert out.dtype == np.float64


def test_a_high_temperature_makes_less_sure_and_moves_no_answer():
    logits = np.array([[3.0, 1.0, 0.0]])
    sharp, flat = (calibrate(logits, Calibration(t, (0.0,) * 3)) for t in (0.5, 5.0))
    assert sharp.max() > flat.max() > 1 / 3
    assert sharp.argmax() == flat.argmax() == 0


def test_extreme_logits_do_not_overflow():
    with np.errstate(all="raise", under="ignore"):
        out = calibrate(np.array([[1e30, -1e30, 0.0]], np.float32), Calibration(0.01, (0.0,) * 3))
    assert out.tolist() == [[1.0, 0.0, 0.0]]


def test_the_logits_given_stay_as_they_are():
    logits = np.ones((2, 3))
    calibrate(logits, Calibration(2.0, (1.0, 2.0, 3.0)))
    assert (logits == 1).all()


def test_probabilities_tell_the_logits_but_for_a_constant():
    logits = np.array([[2.0, -1.0, 0.5], [0.0, 40.0, -3.0]])
    calibration = Calibration(1.7, (0.3, -0.2, 0.0))
    softmax = calibrate(logits, Calibration(1.0, (0.0, 0.0, 0.0)))
    assert np.allclose(
        calibrate(logits_from_probabilities(softmax), calibration), calibrate(logits, calibration)
    )


def test_a_probability_of_nothing_has_a_logit():
    assert np.isfinite(logits_from_probabilities([[0.0, 1.0]])).all()
