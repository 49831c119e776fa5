"""Choosing a model's calibration on validation persons.

The net learnt under the proportions it was shown, not those of the data. Its logits are moved to
the natural proportions, then some way (tau) towards equal ones: Menon et al. 2021, "Long-tail
learning via logit adjustment". After that one temperature makes the confidence of the emotion named
fit the share that is right: Guo et al. 2017, "On calibration of modern neural networks", fitted
here to the named emotion alone (Gupta and Ramdas 2022, "Top-label calibration").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.model import Calibration
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.training.fit.validation_metrics import scored_labels

Floats = npt.NDArray[np.float64]
Targets = npt.NDArray[np.int32]

_TAUS: Final = np.linspace(0.0, 1.0, 21)
#: The balanced score comes first, yet not at any price: so much accuracy may be given for it,
#: unless a recipe says otherwise.
ACCURACY_ALLOWED: Final = 0.03
#: What a point of accuracy beyond that costs, in points of mean recall. Steep, but no cliff:
#: a few photos more or less in validation must not turn the choice over.
_PRICE: Final = 10.0
_DRAWS: Final = 200
_LOG_TEMPERATURES: Final = (np.log(0.1), np.log(10.0))


def choose_calibration(
    logits: npt.NDArray[np.floating[Any]],
    targets: Targets,
    persons: Sequence[str],
    *,
    counts: Floats,
    learnt: Floats,
    seed: int,
    accuracy_allowed: float = ACCURACY_ALLOWED,
) -> tuple[Calibration, float]:
    """Chooses bias and temperature.

    Args:
        logits: (validation photos, labels).
        targets: (validation photos,) numbers of the labels; -1 for an emotion that is none of them.
        persons: who is in each validation photo.
        counts: (labels,) training photos of each, each at least 1.
        learnt: (labels,) the proportions the net learnt under (see sampling.learnt_prior).
        seed: of the draws of persons.
        accuracy_allowed: how much of the best accuracy may be given for the balanced score.

    Returns:
        The calibration, and the tau in its bias. Without photos: no change at all in temperature,
        and tau 0.
    """
    z = np.asarray(logits, np.float64)
    tau = (
        choose_tau(
            z,
            targets,
            persons,
            counts=counts,
            learnt=learnt,
            seed=seed,
            accuracy_allowed=accuracy_allowed,
        )
        if len(z)
        else 0.0
    )
    bias = bias_for(tau, counts, learnt)
    temperature = choose_temperature(z + bias, targets)
    return Calibration(temperature, tuple(float(value) for value in bias)), tau


def bias_for(tau: float, counts: Floats, learnt: Floats) -> Floats:
    """What is added to the logits: log natural - log learnt prior - tau * log natural prior."""
    natural = np.log(counts / counts.sum())
    return np.asarray((1 - tau) * natural - np.log(learnt / learnt.sum()))


def choose_tau(
    logits: Floats,
    targets: Targets,
    persons: Sequence[str],
    *,
    counts: Floats,
    learnt: Floats,
    seed: int,
    accuracy_allowed: float = ACCURACY_ALLOWED,
) -> float:
    """The tau with the best mean recall among those that keep most of the accuracy.

    The objective is the mean recall less a price for accuracy lost beyond what may be given. It is
    flat where a few photos of rare emotions decide; so each draw of persons with replacement has
    its best tau, and theirs is the mean (bagging, Breiman 1996).
    """
    weights = _draw_persons(persons, seed)
    right = np.stack(
        [(logits + bias_for(tau, counts, learnt)).argmax(axis=1) == targets for tau in _TAUS]
    ).astype(np.float64)
    accuracy = right @ weights / weights.sum(axis=0)
    recalls = []
    for label in scored_labels(targets, logits.shape[1]):
        of_label = weights * (targets == label)[:, None]
        total = of_label.sum(axis=0)
        drawn = np.where(total > 0, total, np.nan)
        recalls.append(right @ of_label / drawn)
    if not recalls:
        return 0.0
    # An emotion that is absent from a draw is not in that draw's mean.
    stacked = np.stack(recalls)
    present = (~np.isnan(stacked)).sum(axis=0)
    mean_recall = np.nansum(stacked, axis=0) / np.maximum(present, 1)
    lost = accuracy.max(axis=0) - accuracy_allowed - accuracy
    objective = mean_recall - _PRICE * np.maximum(lost, 0)
    return float(_TAUS[objective.argmax(axis=0)].mean())


def _draw_persons(persons: Sequence[str], seed: int) -> Floats:
    """(photos, draws): how often each photo is in each draw of persons with replacement."""
    _, person_of = np.unique(np.array(persons), return_inverse=True)
    number = int(np.max(person_of)) + 1
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(number, np.full(number, 1 / number), size=_DRAWS)
    return np.asarray(drawn.T[person_of], np.float64)


def choose_temperature(logits: Floats, targets: Targets) -> float:
    """The temperature whose confidences tell best which answers are right (binary log loss).

    Targets are smoothed as by Platt 1999 ("Probabilistic outputs for support vector machines"):
    a few photos that are all right do not make a model certain of everything.
    """
    if not len(logits):
        return 1.0
    right = logits.argmax(axis=1) == targets
    aim = np.where(right, (right.sum() + 1) / (right.sum() + 2), 1 / ((~right).sum() + 2))
    no_bias = (0.0,) * logits.shape[1]

    def loss(log_temperature: float) -> float:
        confidence = calibrate(logits, Calibration(float(np.exp(log_temperature)), no_bias))
        top = np.clip(confidence.max(axis=1), 1e-12, 1 - 1e-12)
        return float(-(aim * np.log(top) + (1 - aim) * np.log1p(-top)).mean())

    low, high = _LOG_TEMPERATURES
    for _ in range(3):  # each round narrows the range sixteenfold, down to 0.1 %
        grid = np.linspace(low, high, 33)
        best = int(np.argmin([loss(value) for value in grid]))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    return float(np.exp((low + high) / 2))
