"""What photos can be grouped by when models are compared on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Final

from emotion_desktop.dataset.sources.files.fingerprint import read_unchanged
from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.prediction import Prediction
from emotion_desktop.domain.sample import Sample
from emotion_desktop.evaluation.groups import PhotoAttributes
from emotion_desktop.imaging.pixels import is_grey
from emotion_desktop.workspace.predictions.cache import PredictionCache

_AT_ONCE: Final = 256


def traits_of(
    samples: Sequence[Sample],
    predictions: Sequence[Prediction],
    cache: PredictionCache,
    stop: Callable[[], bool] = lambda: False,
) -> list[PhotoAttributes]:
    """The traits of photos. Colours are looked at once and remembered.

    Args:
        predictions: of some model, one for each: they have sizes and digests.
    """
    digests = [prediction.digest for prediction in predictions]
    greys = cache.greys([digest for digest in digests if digest is not None])
    unknown = iter(
        [
            (digest, sample.path)
            for digest, sample in zip(digests, samples, strict=True)
            if digest is not None and digest not in greys
        ]
    )
    with ThreadPoolExecutor() as pool:
        while not stop() and (block := dict(islice(unknown, _AT_ONCE))):
            looked = dict(zip(block, pool.map(_is_grey, block.values(), block), strict=True))
            found = {digest: grey for digest, grey in looked.items() if grey is not None}
            cache.save_greys(found)
            greys |= found
    return [
        PhotoAttributes(
            person=sample.person,
            origin=sample.source or None,
            size=prediction.size if prediction.error is None else None,
            grey=greys.get(prediction.digest) if prediction.digest is not None else None,
        )
        for sample, prediction in zip(samples, predictions, strict=True)
    ]


def _is_grey(path: Path, digest: bytes) -> bool | None:
    try:
        return is_grey(read_unchanged(path, digest))
    except UnreadablePictureError:
        return None
