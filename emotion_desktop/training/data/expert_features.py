"""A close look at a data set's faces, and what is learnt from it.

A net from scratch needs hundreds of photos of an emotion. Movements of a face, and the features
that nets of others see in it, mean much the same in every photo, so that a linear model learns from
a dozen what they say. The opinions of those nets need no learning at all.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.experts import (
    BLENDSHAPES,
    EXPERTS,
    LEARNT,
    OPINIONS_AT,
    SIGNALS,
    ExpertEnsemble,
    mirrored,
)
from emotion_desktop.domain.job import JobContext
from emotion_desktop.domain.sample import Sample
from emotion_desktop.engines.experts import CLOSE_UP, VERSION, ExpertReader
from emotion_desktop.imaging.faces import FaceFinder
from emotion_desktop.imaging.prepare import LOOKS_VERSION, FaceMode, look_at
from emotion_desktop.training.data.expert_rows import ExpertRows, signal_table
from emotion_desktop.training.data.pictures import Pictures
from emotion_desktop.training.progress import Stage
from emotion_desktop.training.recipe.recipes import Recipe
from emotion_desktop.workspace.predictions.store import PredictionStore

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

_KEY: Final = f"signals/{VERSION}/{LOOKS_VERSION}"
_CHUNK: Final = 256
#: How strongly weights are held back; few photos of an emotion must not decide everything.
_STRENGTH: Final = 0.003
#: Smallest spread that a signal is taken to have: one that hardly ever came in training must not
#: drown all others where it comes.
_LEAST_SPREAD: Final = 0.05
#: Photos of an emotion beyond this teach a linear model nothing new, and would fill the memory.
_ENOUGH: Final = 4000


def measure(
    samples: Sequence[Sample], pictures: Pictures, readings: PredictionStore, context: JobContext
) -> Floats:
    """The signals of the largest face of each photo.

    Args:
        pictures: of the samples; those without a face are not looked at.
        readings: what was measured before, and is kept for the next time.

    Returns:
        (samples, SIGNALS); zeros for a photo without a face.

    Raises:
        AppError: nothing can be kept.
        CancelledError: the user cancelled.
    """
    found = signal_table(len(samples))
    there = np.flatnonzero(pictures.rows >= 0)
    finder, reader = FaceFinder(), ExpertReader()

    def look(sample: Sample) -> bytes:
        try:
            _, looks = look_at(sample.path, finder, CLOSE_UP, FaceMode.FIND)
        except UnreadablePictureError:  # it went away since it was read for the net
            return b""
        if not looks:
            return b""
        return bytes(reader.read(looks[0].pixels[None]).astype("<f4").tobytes())

    stage = Stage(context, len(there))
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="signals") as pool:
        for start in range(0, len(there), _CHUNK):
            block = there[start : start + _CHUNK]
            digests = [pictures.digests[number].tobytes() for number in block]
            kept = readings.features(_KEY, digests)
            unknown = {
                digest: number
                for digest, number in zip(digests, block, strict=True)
                if digest not in kept
            }
            vectors = pool.map(look, [samples[number] for number in unknown.values()])
            new = dict(zip(unknown, vectors, strict=True))
            # What could not be measured now may well be the next time.
            readings.keep_features(_KEY, {digest: made for digest, made in new.items() if made})
            for digest, number in zip(digests, block, strict=True):
                vector = (kept | new)[digest]
                if vector:
                    found[number] = np.frombuffer(vector, "<f4")
            done = start + len(block)
            stage.step(done, f"looking closely, {done:,} of {len(there):,}")
    return found


def learn(
    all_signals: Floats | ExpertRows,
    targets: npt.NDArray[np.int32],
    labels: Sequence[str],
    recipe: Recipe,
) -> ExpertEnsemble:
    """Learns what signals say of emotions.

    Args:
        all_signals: (photos, SIGNALS) of real training photos.
        targets: (photos,) numbers of their labels, each of which is there.
    """
    chosen = _spread_out(targets)
    signals, targets = all_signals[chosen], targets[chosen]
    measured = signals.any(axis=1)
    if np.isin(targets, targets[measured]).all():
        # A photo that was away when it was to be looked at closely teaches nothing.
        signals, targets = signals[measured], targets[measured]
    means = np.zeros(SIGNALS)
    weights = np.zeros((SIGNALS, len(labels)))
    bias = np.zeros(len(labels))
    if recipe.close_look:
        means[:LEARNT], weights[:LEARNT], bias = _regression(signals[:, :LEARNT], targets)
    for judge, share in recipe.judges.items():
        place = OPINIONS_AT[judge]
        means[place], weights[place] = _of_judge(judge, signals[:, place], targets, labels)
        weights[place] *= share
    return ExpertEnsemble(
        means=tuple(means.tolist()),
        weights=tuple(tuple(row) for row in weights.tolist()),
        bias=tuple(bias.tolist()),
        share=float(recipe.close_look),
    )


def _regression(
    signals: Floats, targets: npt.NDArray[np.int32]
) -> tuple[Doubles, Doubles, Doubles]:
    """Means, weights and bias of a logistic regression in which all emotions count alike.

    Every face is shown mirrored as well: left and right mean the same.
    """
    from sklearn.linear_model import LogisticRegression

    mirror = [*mirrored(), *range(len(BLENDSHAPES), LEARNT)]
    both = np.concatenate([signals, signals[:, mirror]]).astype(np.float64)
    means, spread = both.mean(axis=0), np.maximum(both.std(axis=0), _LEAST_SPREAD)
    model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=1000)
    model.fit((both - means) / spread, np.concatenate([targets, targets]))
    coefficients, bias = model.coef_, model.intercept_
    if len(coefficients) == 1:  # scikit-learn tells the second of two labels from the first
        coefficients = np.concatenate([-coefficients, coefficients]) / 2
        bias = np.concatenate([-bias, bias]) / 2
    return means, (coefficients / spread).T, bias


def _spread_out(targets: npt.NDArray[np.int32]) -> npt.NDArray[np.intp]:
    """The photos to learn from: all of them, or of a frequent emotion every second, third …"""
    places = (np.flatnonzero(targets == number) for number in np.unique(targets))
    return np.sort(np.concatenate([at[:: -(-len(at) // _ENOUGH)] for at in places]))


def _of_judge(
    judge: str, opinions: Floats, targets: npt.NDArray[np.int32], labels: Sequence[str]
) -> tuple[Doubles, Doubles]:
    """A judge's prior, and which of its emotions is which label.

    Its answers are heard as a product of experts (Hinton 2002), without its prior: what it says of
    our photos on average, all emotions counting alike. A label it does not know gets the mean of
    what it says of those it knows: nothing at all would make that label likely on every face of
    which the judge is certain.
    """
    said = np.exp(opinions.astype(np.float64))
    found = [said[targets == number].mean(axis=0) for number in np.unique(targets)]
    prior = np.log(np.mean(found, axis=0))
    weights = np.zeros((len(EXPERTS[judge]), len(labels)))
    for row, emotion in enumerate(EXPERTS[judge]):
        if emotion in labels:
            weights[row, labels.index(emotion)] = 1.0
    known = weights.any(axis=0)
    weights[:, ~known] = weights[:, known].mean(axis=1, keepdims=True) if known.any() else 0.0
    return prior, weights
