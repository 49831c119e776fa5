"""Reading photos with a memory: what was answered before is not asked again."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from emotion_desktop.dataset.sources.fingerprint import digest
from emotion_desktop.domain.errors import AppError, UnreadablePictureError
from emotion_desktop.domain.prediction import Prediction
from emotion_desktop.domain.text import chunks
from emotion_desktop.imaging.decode import read_bytes

if TYPE_CHECKING:
    from emotion_desktop.engines.predictor import Predictor
    from emotion_desktop.workspace.predictions.store import PredictionStore

_log = logging.getLogger(__name__)

#: Photos that are hashed and looked up together, and results per list.
_BLOCK: Final = 64

_T = TypeVar("_T")


def predict_photos(
    reader: Predictor,
    photos: Sequence[Path],
    memory: PredictionCache,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Sequence[Prediction]]:
    """Yields results, some at a time and in the order of the photos.

    Each has its digest, where it has one.

    Photos are known by their content, wherever they lie. New answers are kept as they come.

    Args:
        photos: each of them once.
        memory: what was answered before; one that does several runs looks at files once.
    """
    if reader.keeps_predictions:
        for results in reader.predict(photos, stop):
            yield from chunks(results, _BLOCK)
        return
    answers = memory.answers(reader, memory.digests(photos))
    order = iter(photos)
    began: float | None = None  # the first answer waits for the model to be loaded
    for fresh in reader.predict(_unknown(reader, photos, memory, answers), stop):
        results = [replace(r, digest=memory.digest_of(Path(r.path))) for r in fresh]
        memory.keep(reader, results, None if began is None else time.perf_counter() - began)
        batch: list[Prediction] = []
        for result in results:
            # Whatever stands before it in the order was known.
            while str(path := next(order)) != result.path:
                batch.append(answers[path])
            batch.append(result)
        yield from chunks(batch, _BLOCK)
        began = time.perf_counter()
    if not stop():
        yield from chunks([answers[path] for path in order], _BLOCK)


def known_digests(
    photos: Sequence[Path], memory: PredictionCache, stop: Callable[[], bool] = lambda: False
) -> dict[Path, bytes]:
    """The digest of every photo that can be read; only new or changed files are opened.

    Cut short, and so incomplete, once ``stop`` returns True.
    """
    found = memory.digests(photos)
    for block in chunks([path for path in photos if path not in found], _BLOCK):
        if stop():
            break
        found |= memory.hash(block)
    return found


def _unknown(
    reader: Predictor,
    photos: Sequence[Path],
    memory: PredictionCache,
    answers: dict[Path, Prediction],
) -> Iterator[Path]:
    """The photos that must be read; those that turn out to be known are put into ``answers``."""
    rest = [path for path in photos if path not in answers]
    # One alone at first: its answer is not to wait until the others are hashed.
    for block in ([rest[:1]] if rest else []) + list(chunks(rest[1:], _BLOCK)):
        new = memory.hash([path for path in block if not memory.digest_of(path)])
        answers |= memory.answers(reader, new)
        yield from (path for path in block if path not in answers)


class PredictionCache:
    """The answers kept, for one job. A file of answers that fails is done without.

    Args:
        readings: the answers; None remembers nothing beyond the job.
    """

    def __init__(self, readings: PredictionStore | None) -> None:
        self._readings = readings
        self._digests: dict[Path, bytes] = {}

    def digest_of(self, path: Path) -> bytes | None:
        """What is known to be in a file."""
        return self._digests.get(path)

    def digests(self, paths: Iterable[Path]) -> dict[Path, bytes]:
        """Those known without opening a file."""
        wanted = list(paths)
        unseen = [path for path in wanted if path not in self._digests]
        nothing: dict[Path, bytes] = {}
        self._digests |= self._try(lambda kept: kept.digests(unseen), nothing)
        return {path: self._digests[path] for path in wanted if path in self._digests}

    def hash(self, paths: Iterable[Path]) -> dict[Path, bytes]:
        """Opens files and remembers what is in them."""
        found = {path: value for path in paths if (value := _digest(path)) is not None}
        self._digests |= found
        self._try(lambda kept: kept.keep_digests(found), None)
        return found

    def answers(self, reader: Predictor, photos: dict[Path, bytes]) -> dict[Path, Prediction]:
        """What a reader has said of photos, by their digests."""
        nothing: dict[Path, Prediction] = {}
        found = self._try(lambda kept: kept.get(reader.key, photos), nothing)
        return found if reader.calibrated else {p: _uncalibrated(r) for p, r in found.items()}

    def keep(self, reader: Predictor, results: Sequence[Prediction], seconds: float | None) -> None:
        """Keeps answers, and how long they took."""
        self._try(lambda kept: kept.keep(reader.key, reader.labels, results, seconds), None)

    def greys(self, photos: Sequence[bytes]) -> dict[bytes, bool]:
        """Which photos are known to be without colour, and which with, by digest."""
        nothing: dict[bytes, bool] = {}
        return self._try(lambda kept: kept.greys(photos), nothing)

    def keep_greys(self, greys: dict[bytes, bool]) -> None:
        """Remembers whether photos are without colour."""
        self._try(lambda kept: kept.keep_greys(greys), None)

    def features(self, extractor: str, photos: Sequence[bytes]) -> dict[bytes, bytes]:
        """What an extractor made of photos, by digest."""
        nothing: dict[bytes, bytes] = {}
        return self._try(lambda kept: kept.features(extractor, photos), nothing)

    def keep_features(self, extractor: str, vectors: dict[bytes, bytes]) -> None:
        """Keeps what an extractor made of photos."""
        self._try(lambda kept: kept.keep_features(extractor, vectors), None)

    def speed(self, reader: Predictor) -> float | None:
        """Photos per second, as far as it was measured here."""
        return self._try(lambda kept: kept.speed(reader.key), None)

    def _try(self, action: Callable[[PredictionStore], _T], otherwise: _T) -> _T:
        if self._readings is None:
            return otherwise
        try:
            return action(self._readings)
        except (sqlite3.Error, AppError, ValueError) as error:
            _log.warning("the file of answers could not be used: %s", error)
            return otherwise


def _uncalibrated(result: Prediction) -> Prediction:
    """What is kept of an answer does not say whose confidence it is."""
    faces = tuple(replace(face, calibrated=False) for face in result.faces)
    return replace(result, faces=faces)


def _digest(path: Path) -> bytes | None:
    try:
        return digest(read_bytes(path))
    except UnreadablePictureError:  # its reader will say why
        return None
