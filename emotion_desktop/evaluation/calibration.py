"""How far confidence can be believed: the calibration curve and the error that sums it up."""

from __future__ import annotations

from typing import Final

import numpy as np

from emotion_desktop.domain.comparison import CurveBin
from emotion_desktop.domain.scores import wilson_interval
from emotion_desktop.evaluation.labelled_predictions import Floats, PredictionTable

_BINS: Final = 15


def calibration_error(table: PredictionTable) -> float | None:
    """Mean gap between confidence and share right, over bins and weighted by their photos.

    Expected calibration error with 15 bins of equal width (Naeini et al. 2015, "Obtaining well
    calibrated probabilities using Bayesian binning"). None where nothing was answered.
    """
    confidence, right, bins = _binned(table)
    if not len(confidence):
        return None
    # |mean confidence - share right| times the bin's photos is the difference of the sums.
    gaps = np.bincount(bins, confidence - right, minlength=_BINS)
    return float(np.abs(gaps).sum() / len(confidence))


def calibration_curve(table: PredictionTable) -> tuple[CurveBin, ...]:
    """The same bins one by one, those without a photo left out (the reliability diagram of
    Guo et al. 2017, "On calibration of modern neural networks")."""
    confidence, right, bins = _binned(table)
    curve = []
    for number in np.unique(bins):
        inside = bins == number
        count, hits = int(inside.sum()), int(right[inside].sum())
        curve.append(
            CurveBin(
                float(confidence[inside].mean()), hits / count, wilson_interval(hits, count), count
            )
        )
    return tuple(curve)


def _binned(
    table: PredictionTable,
) -> tuple[Floats, Floats, np.ndarray[tuple[int], np.dtype[np.intp]]]:
    """Confidence, 1 where right, and the number of the bin, of each photo with an answer."""
    answered = ~np.isnan(table.confidence)
    confidence = table.confidence[answered]
    bins = np.clip(np.ceil(confidence * _BINS).astype(np.intp) - 1, 0, _BINS - 1)
    return confidence, table.correct[answered].astype(np.float64), bins
