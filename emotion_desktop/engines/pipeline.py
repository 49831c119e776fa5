"""From files to predictions: each thread decodes photos, finds faces and asks the net; in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.engines.classifier import Classifier
from emotion_desktop.engines.experts import EXPERT_PREPROCESSING, ExpertExtractor, ensemble_logits
from emotion_desktop.imaging.faces import FaceFinder
from emotion_desktop.imaging.file_content import read_bytes
from emotion_desktop.imaging.prepare import FaceMode, PreparedFace, prepare_faces

#: Photos that may wait for the slowest one before them; bounds the memory.
_AHEAD: Final = 192
#: Photos a thread takes at a time, and the net at once, after the first few.
_CHUNK: Final = 16
_SINGLY: Final = 8


def predict(
    paths: Iterable[Path],
    classifier: Classifier,
    finder: FaceFinder,
    faces: FaceMode,
    *,
    stop: Callable[[], bool] = lambda: False,
    threads: int | None = None,
    experts: ExpertExtractor | None = None,
    model: str = "",
) -> Iterator[list[Prediction]]:
    """Classifies photos; yields lists of predictions in the order of the paths.

    Each thread takes a chunk of photos all the way: decoding, faces, net. No thread waits for
    another, and the net needs no threads of its own.

    A photo that cannot be read has a prediction that says so. Digests are of the bytes that were
    decoded, whatever the file holds by now. No file is decoded after ``stop``
    returns True; what was yielded stands.

    Args:
        experts: computes expert features for models that want them; one is made where none is
            given.
        model: see Prediction.
    """
    extractor = (experts or ExpertExtractor()) if classifier.card.experts else None
    for_experts = EXPERT_PREPROCESSING if extractor else None
    preprocessing = classifier.card.preprocessing

    def work(chunk: list[Path]) -> list[Prediction]:
        found: list[tuple[Prediction, list[PreparedFace]]] = []
        for path in chunk:
            if stop():
                break
            content = None
            try:
                # Hashed is what is decoded: by the next read it may be another photo.
                data = read_bytes(path)
                content = digest(data)
                picture, seen = prepare_faces(data, finder, preprocessing, faces, for_experts)
            except UnreadablePictureError as error:
                bad = Prediction(
                    str(path), PhotoStatus.UNREADABLE, error=str(error), digest=content, model=model
                )
                found.append((bad, []))
                continue
            status = PhotoStatus.OK if seen else PhotoStatus.NO_FACE
            size = (picture.width, picture.height)
            read = Prediction(str(path), status, size=size, digest=content, model=model)
            found.append((read, seen))
        predicted = iter(
            _predict_faces([face for _, seen in found for face in seen], classifier, extractor)
        )
        return [
            replace(prediction, faces=tuple(islice(predicted, len(seen)))) if seen else prediction
            for prediction, seen in found
        ]

    return _in_order(work, iter(paths), threads or os.cpu_count() or 1, stop)


def _predict_faces(
    faces: list[PreparedFace], classifier: Classifier, experts: ExpertExtractor | None
) -> list[FacePrediction]:
    """Predictions of prepared faces, in their order."""
    if not faces:
        return []
    card = classifier.card
    logits: npt.NDArray[np.float32] | npt.NDArray[np.float64] = classifier.logits(
        np.stack([face.pixels for face in faces])
    )
    if experts is not None and card.experts is not None:
        pixels = np.stack([f.expert_pixels for f in faces if f.expert_pixels is not None])
        features = experts.extract(pixels, card.experts.parts)
        logits = logits + ensemble_logits(card.experts, features)
    rows = calibrate(logits, card.calibration).tolist()
    return [
        FacePrediction(
            face.box,
            face.frame,
            dict(zip(card.labels, row, strict=True)),
            calibrated=card.calibration.is_fitted,
        )
        for face, row in zip(faces, rows, strict=True)
    ]


def _in_order(
    work: Callable[[list[Path]], list[Prediction]],
    paths: Iterator[Path],
    threads: int,
    stop: Callable[[], bool],
) -> Iterator[list[Prediction]]:
    """What threads make of chunks of photos, in the order of the photos."""
    waiting: deque[Future[list[Prediction]]] = deque()
    started = ahead = 0
    with ThreadPoolExecutor(threads, thread_name_prefix="photos") as pool:
        try:
            while not stop():
                while ahead < _AHEAD:
                    chunk = list(islice(paths, 1 if started < _SINGLY else _CHUNK))
                    if not chunk:
                        break
                    waiting.append(pool.submit(work, chunk))
                    started += len(chunk)
                    ahead += len(chunk)
                if not waiting:
                    break
                done = waiting.popleft().result()
                ahead -= len(done)
                if done:
                    yield done
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
