"""The movements of a data set's faces, and what is learnt from them.

A net from scratch needs hundreds of photos of an emotion. Movements of a face mean much the same
in every photo, so that a linear model learns from a dozen what they say.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.job import JobContext
from emotion_desktop.domain.movements import MOVEMENTS, MovementVoice, mirrored
from emotion_desktop.domain.sample import Sample
from emotion_desktop.engines.movements import CLOSE_UP, VERSION, MovementReader
from emotion_desktop.imaging.faces import FaceFinder
from emotion_desktop.imaging.look import LOOKS_VERSION, Faces, look_at
from emotion_desktop.training.pictures import Pictures
from emotion_desktop.training.progress import Stage
from emotion_desktop.workspace.readings import Readings

Floats = npt.NDArray[np.float32]

_KEY: Final = f"movements/{VERSION}/{LOOKS_VERSION}"
_CHUNK: Final = 256
#: How strongly weights are held back; few photos of an emotion must not decide everything.
_STRENGTH: Final = 0.01
#: Smallest spread that a movement is taken to have: one that hardly ever came in training must not
#: drown all others where it comes.
_LEAST_SPREAD: Final = 0.05


def measure(
    samples: Sequence[Sample], pictures: Pictures, readings: Readings, context: JobContext
) -> Floats:
    """The movements of the largest face of each photo.

    Args:
        pictures: of the samples; those without a face are not looked at.
        readings: what was measured before, and is kept for the next time.

    Returns:
        (samples, 52); zeros for a photo without a face.

    Raises:
        AppError: nothing can be kept.
        CancelledError: the user cancelled.
    """
    found = np.zeros((len(samples), len(MOVEMENTS)), np.float32)
    there = np.flatnonzero(pictures.rows >= 0)
    finder, reader = FaceFinder(), MovementReader()

    def look(sample: Sample) -> bytes:
        try:
            _, looks = look_at(sample.path, finder, CLOSE_UP, Faces.FIND)
        except UnreadablePictureError:  # it went away since it was read for the net
            return b""
        if not looks:
            return b""
        return bytes(reader.read(looks[0].pixels[None]).astype("<f4").tobytes())

    stage = Stage(context, len(there))
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="movements") as pool:
        for start in range(0, len(there), _CHUNK):
            block = there[start : start + _CHUNK]
            digests = [pictures.digests[number].tobytes() for number in block]
            kept = readings.features(_KEY, digests)
            unknown = {
                digest: number
                for digest, number in zip(digests, block, strict=True)
                if digest not in kept
            }
            made = pool.map(look, [samples[number] for number in unknown.values()])
            new = dict(zip(unknown, made, strict=True))
            readings.keep_features(_KEY, new)
            for digest, number in zip(digests, block, strict=True):
                vector = (kept | new)[digest]
                if vector:
                    found[number] = np.frombuffer(vector, "<f4")
            done = start + len(block)
            stage.step(done, f"measuring movements, {done:,} of {len(there):,}")
    return found


def learn(
    movements: Floats, targets: npt.NDArray[np.int32], labels: int, share: float
) -> MovementVoice:
    """Learns what movements say of emotions: logistic regression in which all emotions count alike.

    Every face is shown mirrored as well: left and right mean the same.

    Args:
        movements: (photos, 52) of real training photos.
        targets: (photos,) numbers of their labels, each of them there.
        labels: how many there are.
        share: of its log-odds that are added to the net's.
    """
    from sklearn.linear_model import LogisticRegression

    roots = np.sqrt(np.concatenate([movements, movements[:, mirrored()]]), dtype=np.float64)
    means, spread = roots.mean(axis=0), np.maximum(roots.std(axis=0), _LEAST_SPREAD)
    model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=1000)
    model.fit((roots - means) / spread, np.concatenate([targets, targets]))
    coefficients, intercepts = model.coef_, model.intercept_
    if labels == 2:  # scikit-learn tells the second from the first
        coefficients = np.concatenate([-coefficients, coefficients]) / 2
        intercepts = np.concatenate([-intercepts, intercepts]) / 2
    weights = share * (coefficients / spread).T
    return MovementVoice(
        means=tuple(means.tolist()),
        weights=tuple(tuple(row) for row in weights.tolist()),
        bias=tuple((share * intercepts).tolist()),
    )
