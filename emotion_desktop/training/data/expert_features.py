"""Expert features of a data set's faces, and the ensemble that is fitted on them.

A net from scratch needs hundreds of photos of an emotion. Blendshapes, and the embeddings of nets
that were trained elsewhere, mean much the same in every photo, so that a linear model learns from a
dozen. The log-probabilities of those nets need no learning at all.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.dataset.sources.files.fingerprint import read_unchanged
from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.experts import (
    BLENDSHAPES,
    EXPERT_FEATURES,
    EXPERTS,
    LOG_PROBABILITY_SLICES,
    REGRESSION_FEATURES,
    ExpertEnsemble,
    mirrored_blendshapes,
)
from emotion_desktop.domain.job import JobContext
from emotion_desktop.domain.sample import Sample
from emotion_desktop.engines.experts import (
    EXPERT_FEATURES_VERSION,
    EXPERT_PREPROCESSING,
    ExpertExtractor,
)
from emotion_desktop.imaging.faces import make_face_finder
from emotion_desktop.imaging.prepare import PREPARE_VERSION, FaceMode, prepare_faces
from emotion_desktop.training.data.expert_rows import ExpertRows, feature_table
from emotion_desktop.training.data.pictures import Pictures
from emotion_desktop.training.progress import Stage
from emotion_desktop.training.recipe.recipe import Recipe
from emotion_desktop.workspace.predictions.cache import PredictionCache

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

#: “signals” is what earlier versions called expert features: what they kept is still found.
_KEY: Final = f"signals/{EXPERT_FEATURES_VERSION}/{PREPARE_VERSION}"
#: Photos whose features are kept at a time: a training that ends early loses no more than these.
_CHUNK: Final = 256
#: Inverse strength of the L2 penalty (scikit-learn's C): few photos of an emotion must not decide
#: everything.
_REGULARISATION: Final = 0.003
#: Smallest standard deviation that a feature is taken to have: one that hardly varied in training
#: must not outweigh all others where it does.
_MIN_DEVIATION: Final = 0.05
#: Photos of an emotion beyond this teach a linear model nothing new, and would fill the memory.
_MOST_PER_EMOTION: Final = 4000


def extract_expert_features(
    samples: Sequence[Sample], pictures: Pictures, cache: PredictionCache, context: JobContext
) -> Floats:
    """The expert features of the largest face of each photo.

    Args:
        pictures: of the samples; photos without a face are passed over.
        cache: where features from before are found, and new ones are kept.

    Returns:
        (samples, EXPERT_FEATURES); zeros for a photo without a face.

    Raises:
        CancelledError: the user cancelled.
    """
    found = feature_table(len(samples))
    there = np.flatnonzero(pictures.rows >= 0)
    finder, extractor = make_face_finder(), ExpertExtractor()

    def extract(sample: Sample, digest: bytes) -> bytes:
        try:
            data = read_unchanged(sample.path, digest)
            _, faces = prepare_faces(data, finder, EXPERT_PREPROCESSING, FaceMode.FIND)
        except UnreadablePictureError:  # it is gone or another one since it was read for the net
            return b""
        if not faces:
            return b""
        return bytes(extractor.extract(faces[0].pixels[None]).astype("<f4").tobytes())

    stage = Stage(context, len(there))
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="experts") as pool:
        for start in range(0, len(there), _CHUNK):
            block = there[start : start + _CHUNK]
            digests = [pictures.digests[number].tobytes() for number in block]
            kept = cache.features(_KEY, digests)
            unknown = {
                digest: number
                for digest, number in zip(digests, block, strict=True)
                if digest not in kept
            }
            vectors = pool.map(extract, [samples[number] for number in unknown.values()], unknown)
            new = dict(zip(unknown, vectors, strict=True))
            # What could not be measured now may well be the next time.
            cache.save_features(_KEY, {digest: made for digest, made in new.items() if made})
            for digest, number in zip(digests, block, strict=True):
                vector = (kept | new)[digest]
                if vector:
                    found[number] = np.frombuffer(vector, "<f4")
            done = start + len(block)
            stage.step(done, f"expert features, {done:,} of {len(there):,}")
    return found


def fit_ensemble(
    features: Floats | ExpertRows,
    targets: npt.NDArray[np.int32],
    labels: Sequence[str],
    recipe: Recipe,
) -> ExpertEnsemble:
    """Fits the regression, and the priors of the experts.

    Args:
        features: (photos, EXPERT_FEATURES) of real training photos.
        targets: (photos,) numbers of their labels, each of which is there.
    """
    chosen = _subsampled(targets)
    rows, targets = features[chosen], targets[chosen]
    extracted = rows.any(axis=1)
    if np.isin(targets, targets[extracted]).all():
        # A photo that was away when its features were to be computed teaches nothing.
        rows, targets = rows[extracted], targets[extracted]
    means = np.zeros(EXPERT_FEATURES)
    weights = np.zeros((EXPERT_FEATURES, len(labels)))
    bias = np.zeros(len(labels))
    if recipe.regression_weight:
        first = slice(0, REGRESSION_FEATURES)
        means[first], weights[first], bias = _regression(rows[:, first], targets)
    for expert, weight in recipe.expert_weights.items():
        place = LOG_PROBABILITY_SLICES[expert]
        means[place], weights[place] = _expert_weights(expert, rows[:, place], targets, labels)
        weights[place] *= weight
    return ExpertEnsemble(
        means=tuple(means.tolist()),
        weights=tuple(tuple(row) for row in weights.tolist()),
        bias=tuple(bias.tolist()),
        regression_weight=float(recipe.regression_weight),
    )


def _regression(
    features: Floats, targets: npt.NDArray[np.int32]
) -> tuple[Doubles, Doubles, Doubles]:
    """Means, weights and bias of a logistic regression in which all emotions count alike.

    Every face is shown mirrored as well: left and right mean the same.
    """
    from sklearn.linear_model import LogisticRegression

    mirror = [*mirrored_blendshapes(), *range(len(BLENDSHAPES), REGRESSION_FEATURES)]
    both = np.concatenate([features, features[:, mirror]]).astype(np.float64)
    means, spread = both.mean(axis=0), np.maximum(both.std(axis=0), _MIN_DEVIATION)
    model = LogisticRegression(C=_REGULARISATION, class_weight="balanced", max_iter=1000)
    model.fit((both - means) / spread, np.concatenate([targets, targets]))
    coefficients, bias = model.coef_, model.intercept_
    if len(coefficients) == 1:  # scikit-learn tells the second of two labels from the first
        coefficients = np.concatenate([-coefficients, coefficients]) / 2
        bias = np.concatenate([-bias, bias]) / 2
    return means, (coefficients / spread).T, bias


def _subsampled(targets: npt.NDArray[np.int32]) -> npt.NDArray[np.intp]:
    """The photos to learn from: all of them, or of a frequent emotion every second, third …"""
    places = (np.flatnonzero(targets == number) for number in np.unique(targets))
    return np.sort(np.concatenate([at[:: -(-len(at) // _MOST_PER_EMOTION)] for at in places]))


def _expert_weights(
    expert: str, log_probabilities: Floats, targets: npt.NDArray[np.int32], labels: Sequence[str]
) -> tuple[Doubles, Doubles]:
    """An expert's log prior, and the weights that carry its labels over to ours.

    It enters a product of experts (Hinton 2002) without its prior: its mean probabilities on our
    photos, all emotions counting alike. A label it does not know gets the mean of those it knows:
    0 would make that label likely on every face of which the expert is certain.
    """
    probabilities = np.exp(log_probabilities.astype(np.float64))
    means = [probabilities[targets == number].mean(axis=0) for number in np.unique(targets)]
    prior = np.log(np.mean(means, axis=0))
    weights = np.zeros((len(EXPERTS[expert]), len(labels)))
    for row, emotion in enumerate(EXPERTS[expert]):
        if emotion in labels:
            weights[row, labels.index(emotion)] = 1.0
    known = weights.any(axis=0)
    weights[:, ~known] = weights[:, known].mean(axis=1, keepdims=True) if known.any() else 0.0
    return prior, weights
