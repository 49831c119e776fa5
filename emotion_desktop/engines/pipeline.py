"""From files to answers: decoding and face finding in threads, the net in batches, in order."""

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
from emotion_desktop.engines.experts import CLOSE_UP, ExpertReader, spoken
from emotion_desktop.imaging.faces import FaceFinder
from emotion_desktop.imaging.prepare import FaceMode, PreparedFace, look_at

#: Photos per list of results: the first answer comes at once, later ones in fewer pieces.
_BATCHES: Final = (1, 8, 32, 64)
#: Photos that may wait for the slowest one before them; bounds the memory.
_AHEAD: Final = 192
#: Photos a thread takes at a time, and the net at once, after the first few.
_CHUNK: Final = 16
_SINGLY: Final = 8


@dataclass(frozen=True, slots=True)
class _Seen:
    path: Path
    size: tuple[int, int] = (0, 0)
    looks: tuple[PreparedFace, ...] = ()
    error: str | None = None


def answer(
    paths: Iterable[Path],
    classifier: Classifier,
    finder: FaceFinder,
    faces: FaceMode,
    *,
    stop: Callable[[], bool] = lambda: False,
    threads: int | None = None,
    signals: ExpertReader | None = None,
) -> Iterator[list[Prediction]]:
    """Classifies photos; yields lists of results in the order of the paths.

    Each thread takes a chunk of photos all the way: decoding, faces, net. No thread waits for
    another, and the net needs no threads of its own.

    A photo that cannot be read is a result like any other. No file is decoded after ``stop``
    returns True; what was yielded stands.

    Args:
        signals: who looks closely at faces, for models that want it; one is made
            where none is given.
    """
    measures = (signals or ExpertReader()) if classifier.card.signals else None
    close_up = CLOSE_UP if measures else None
    preprocessing = classifier.card.preprocessing

    def see(path: Path) -> _Seen:
        try:
            picture, looks = look_at(path, finder, preprocessing, faces, close_up)
        except UnreadablePictureError as error:
            return _Seen(path, error=str(error))
        return _Seen(path, (picture.width, picture.height), tuple(looks))

    def work(chunk: list[Path]) -> list[Prediction]:
        return _read([see(path) for path in chunk if not stop()], classifier, measures)

    source = iter(paths)
    waiting: deque[Future[list[Prediction]]] = deque()
    sizes = iter(_BATCHES)
    size = next(sizes)
    started = ahead = 0
    results: list[Prediction] = []
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
                results += done
                if len(results) >= size:
                    yield results
                    results = []
                    size = next(sizes, size)
            if results and not stop():
                yield results
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _read(
    seen: list[_Seen], classifier: Classifier, signals: ExpertReader | None
) -> list[Prediction]:
    looks = [look for item in seen for look in item.looks]
    rows: Iterator[list[float]] = iter(())
    if looks:
        logits = classifier.logits(np.stack([look.pixels for look in looks]))
        if signals is not None and classifier.card.signals is not None:
            close_ups = np.stack([look.close_up for look in looks if look.close_up is not None])
            logits = logits + spoken(classifier.card.signals, signals.read(close_ups))
        rows = iter(calibrate(logits, classifier.card.calibration).tolist())
    return [_result(item, rows, classifier.card) for item in seen]


def _result(seen: _Seen, rows: Iterator[list[float]], card: ModelCard) -> Prediction:
    path = str(seen.path)
    if seen.error is not None:
        return Prediction(path, PhotoStatus.UNREADABLE, error=seen.error)
    if not seen.looks:
        return Prediction(path, PhotoStatus.NO_FACE, size=seen.size)
    readings = tuple(
        FacePrediction(
            look.box,
            look.frame,
            dict(zip(card.labels, next(rows), strict=True)),
            calibrated=card.calibration.is_fitted,
        )
        for look in seen.looks
    )
    return Prediction(path, PhotoStatus.OK, readings, size=seen.size)
