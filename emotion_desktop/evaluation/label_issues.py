"""Label issues: labels that out-of-fold predictions contradict, and how many are wrong.

Confident learning (Northcutt, Jiang and Chuang 2021, "Confident learning: estimating uncertainty
in dataset labels"): a photo is a suspect where another emotion is more probable than it usually is
on photos that carry it. Photos are ranked by the mean of two ranks, since each fails where the
other does not: the margin between the most probable other emotion and the label, which passes over
labels of rare emotions, and the label's loss with the proportions half taken out (as by Menon et
al. 2021), which does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.scores import TOO_FEW

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

#: Folds of the cross-validation, by person.
_FOLDS: Final = 5
#: Principal components that the regression gets.
_COMPONENTS: Final = 150
#: How far the proportions of the emotions are taken out of the loss.
_TAU: Final = 0.5
#: For an emotion with fewer photos, or a lower recall, no rate of wrong labels is estimated.
_MIN_PHOTOS: Final = 4 * TOO_FEW
_MIN_RECALL: Final = 0.5
#: Probabilities are kept this far from 0 and 1, so that their logarithms are finite.
_TINY: Final = 1e-6


@dataclass(frozen=True)
class RankedLabels:
    """The labels of a set, ranked by how likely they are wrong.

    Attributes:
        order: (photos,) their numbers, those first that are most likely wrong.
        suspect: (photos,) whether another emotion is confidently more probable.
        suggestion: (photos,) the most probable other emotion.
        wrong_rate: (labels,) estimated fraction of each emotion's labels that are wrong: that of
            the suspects among them, which rather misses some; NaN where the predictions know the
            emotion too badly to tell.
    """

    order: Indices
    suspect: npt.NDArray[np.bool_]
    suggestion: Indices
    wrong_rate: Floats


def out_of_fold_probabilities(
    features: Floats,
    targets: Indices,
    persons: Sequence[str],
    labels: int,
    stop: Callable[[], object] = lambda: None,
) -> Floats:
    """Probabilities of a logistic regression that was fitted without the photo's person.

    Args:
        features: (photos, features).
        targets: (photos,) numbers of the labels.
        stop: called after each fold; may raise to end it.

    Returns:
        (photos, labels) probabilities.
    """
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    _, groups = np.unique(np.array(persons), return_inverse=True)
    folds = min(_FOLDS, int(np.max(groups)) + 1)
    found = np.full((len(targets), labels), _TINY)
    if folds < 2:
        return np.full((len(targets), labels), 1 / labels)
    # Neither of these looks at a label: they may see all photos.
    parts = min(_COMPONENTS, features.shape[1], len(features) // 2)
    reduce = make_pipeline(StandardScaler(), PCA(parts, random_state=0), StandardScaler())
    reduced = reduce.fit_transform(features)
    splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=0)
    for known, unknown in splitter.split(reduced, _strata(targets, folds), groups):
        seen = np.unique(targets[known])
        if len(seen) < 2:
            found[np.ix_(unknown, seen)] = 1.0
            continue
        model = LogisticRegression(C=0.01, max_iter=100, tol=1e-3)
        model.fit(reduced[known], targets[known])
        found[np.ix_(unknown, model.classes_)] = model.predict_proba(reduced[unknown])
        stop()
    found = np.maximum(found, _TINY)
    return np.asarray(found / found.sum(axis=1, keepdims=True))


def geometric_mean(probabilities: Sequence[Floats]) -> Floats:
    """The geometric mean of several models' probabilities, over those that are not NaN."""
    logs = np.log(np.maximum(np.stack(probabilities), _TINY))
    mean = np.exp(np.nanmean(logs, axis=0))
    return np.asarray(mean / mean.sum(axis=1, keepdims=True))


def rank_labels(probabilities: Floats, targets: Indices) -> RankedLabels:
    """Ranks labels by the predictions for their photos.

    Args:
        probabilities: (photos, labels), of models that did not see the photo's label.
        targets: (photos,) numbers of the labels.
    """
    count, labels = probabilities.shape
    p = np.clip(probabilities, _TINY, 1 - _TINY)
    rows = np.arange(count)
    own = p[rows, targets]
    others = p.copy()
    others[rows, targets] = -1
    suggestion = others.argmax(axis=1)
    best = others[rows, suggestion]
    usual = np.array(
        [p[targets == k, k].mean() if np.any(targets == k) else 1.0 for k in range(labels)]
    )
    shares = np.bincount(targets, minlength=labels) / count
    odds = _logit(np.clip(shares, _TINY, 1 - _TINY))[targets]
    score = _ranks(best - own) + _ranks(_TAU * odds - _logit(own))
    suspect = (best >= usual[suggestion]) & (best > own)
    order = np.argsort(-score, kind="stable")
    return RankedLabels(order, suspect, suggestion, _wrong_rates(p, targets, suspect))


def _wrong_rates(p: Floats, targets: Indices, suspect: npt.NDArray[np.bool_]) -> Floats:
    shares = np.full(p.shape[1], np.nan)
    named = p.argmax(axis=1)
    for label in range(p.shape[1]):
        here = targets == label
        if here.sum() >= _MIN_PHOTOS and np.mean(named[here] == label) >= _MIN_RECALL:
            shares[label] = suspect[here].mean()
    return shares


def _strata(targets: Indices, folds: int) -> Indices:
    """The labels for stratifying: those too rare to be in every fold go with the commonest."""
    counts = np.bincount(targets)
    return np.asarray(np.where(counts[targets] >= folds, targets, np.argmax(counts)))


def _logit(p: Floats) -> Floats:
    return np.asarray(np.log(p) - np.log1p(-p))


def _ranks(values: Floats) -> Floats:
    """(photos,) from 0 for the lowest to nearly 1 for the highest."""
    places = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    return np.asarray(places / len(values))
