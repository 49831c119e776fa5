"""From files to predictions: decoding and face finding in threads, the net in batches, in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.model import ModelCard
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.engines.classifier import Classifier
from emotion_desktop.engines.experts import EXPERT_PREPROCESSING, ExpertExtractor, ensemble_logits
from emotion_desktop.imaging.faces import FaceFinder
from emotion_desktop.imaging.prepare import FaceMode, PreparedFace, prepare_faces

#: Photos per list of predictions: the first comes at once, later ones in fewer, longer lists.
_BATCHES: Final = (1, 8, 32, 64)
#: Photos that may wait for the slowest one before them; bounds the memory.
_AHEAD: Final = 192
#: Photos a thread takes at a time, and the net at once, after the first few.
_CHUNK: Final = 16
_SINGLY: Final = 8


@dataclass(frozen=True, slots=True)
class _PreparedPhoto:
    path: Path
    size: tuple[int, int] = (0, 0)
    faces: tuple[PreparedFace, ...] = ()
    error: str | None = None


def predict(
    paths: Iterable[Path],
    classifier: Classifier,
    finder: FaceFinder,
    faces: FaceMode,
    *,
    stop: Callable[[], bool] = lambda: False,
    threads: int | None = None,
    experts: ExpertExtractor | None = None,
) -> Iterator[list[Prediction]]:
    """Classifies photos; yields lists of results in the order of the paths.

    Each thread takes a chunk of photos all the way: decoding, faces, net. No thread waits for
    another, and the net needs no threads of its own.

    A photo that cannot be read is a result like any other. No file is decoded after ``stop``
    returns True; what was yielded stands.

    Args:
        experts: computes expert features for models that want them; one is made where none is
            given.
    """
    extractor = (experts or ExpertExtractor()) if classifier.card.experts else None
    expert_preprocessing = EXPERT_PREPROCESSING if extractor else None
    preprocessing = classifier.card.preprocessing

    def prepared(path: Path) -> _PreparedPhoto:
        try:
            picture, found = prepare_faces(path, finder, preprocessing, faces, expert_preprocessing)
        except UnreadablePictureError as error:
            return _PreparedPhoto(path, error=str(error))
        return _PreparedPhoto(path, (picture.width, picture.height), tuple(found))

    def work(chunk: list[Path]) -> list[Prediction]:
        return _predict([prepared(path) for path in chunk if not stop()], classifier, extractor)

    source = iter(paths)
    waiting: deque[Future[list[Prediction]]] = deque()
    sizes = iter(_BATCHES)
    size = next(sizes)
    started = ahead = 0
    predictions: list[Prediction] = []
    workers = threads or os.cpu_count() or 1
    with ThreadPoolExecutor(workers, thread_name_prefix="photos") as pool:
        try:
            while not stop():
                while ahead < _AHEAD:
                    chunk = list(islice(source, 1 if started < _SINGLY else _CHUNK))
                    if not chunk:
                        break
                    waiting.append(pool.submit(work, chunk))
                    started += len(chunk)
                    ahead += len(chunk)
                if not waiting:
                    break
                done = waiting.popleft().result()
                ahead -= len(done)
                predictions += done
                if len(predictions) >= size:
                    yield predictions
                    predictions = []
                    size = next(sizes, size)
            if predictions and not stop():
                yield predictions
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _predict(
    photos: list[_PreparedPhoto], classifier: Classifier, experts: ExpertExtractor | None
) -> list[Prediction]:
    faces = [face for photo in photos for face in photo.faces]
    rows: Iterator[list[float]] = iter(())
    if faces:
        logits = classifier.logits(np.stack([face.pixels for face in faces]))
        if experts is not None and classifier.card.experts is not None:
            pixels = np.stack([f.expert_pixels for f in faces if f.expert_pixels is not None])
            logits = logits + ensemble_logits(classifier.card.experts, experts.extract(pixels))
        rows = iter(calibrate(logits, classifier.card.calibration).tolist())
    return [_prediction(photo, rows, classifier.card) for photo in photos]


def _prediction(photo: _PreparedPhoto, rows: Iterator[list[float]], card: ModelCard) -> Prediction:
    path = str(photo.path)
    if photo.error is not None:
        return Prediction(path, PhotoStatus.UNREADABLE, error=photo.error)
    if not photo.faces:
        return Prediction(path, PhotoStatus.NO_FACE, size=photo.size)
    faces = tuple(
        FacePrediction(
            face.box,
            face.frame,
            dict(zip(card.labels, next(rows), strict=True)),
            calibrated=card.calibration.is_fitted,
        )
        for face in photo.faces
    )
    return Prediction(path, PhotoStatus.OK, faces, size=photo.size)
