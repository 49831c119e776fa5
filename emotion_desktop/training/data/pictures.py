"""All faces of a data set, prepared once and kept on disk, as the net sees them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.files.file_stamp import Stamp, stamp_of
from emotion_desktop.domain.job import JobContext
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.domain.sample import Sample
from emotion_desktop.imaging.decode import Pixels
from emotion_desktop.imaging.faces import FaceFinder, make_face_finder
from emotion_desktop.imaging.file_content import read_content
from emotion_desktop.imaging.prepare import FaceMode, prepare_faces
from emotion_desktop.training.data.face_store import DIGESTS, FaceStore, Known
from emotion_desktop.training.data.prepared_faces import MappedFaces
from emotion_desktop.training.progress import Stage

#: Photos that are looked up, and where they are unknown read, at a time; bounds the memory.
_CHUNK: Final = 1024


@dataclass(frozen=True)
class Pictures:
    """What became of each photo of a data set, in its order.

    Attributes:
        faces: a face for each photo that has one, on disk.
        rows: (photos,) where a photo's face stands in ``faces``; -1 if it has none.
        digests: (photos,) hash of each file, 8 bytes; zeros where it could not be read.
        statuses: (photos,) numbers in the order of PhotoStatus.
    """

    faces: MappedFaces
    rows: npt.NDArray[np.int32]
    digests: npt.NDArray[np.void]
    statuses: npt.NDArray[np.int8]

    def count(self, status: PhotoStatus) -> int:
        """How many of the photos fared so."""
        return int(np.sum(self.statuses == list(PhotoStatus).index(status)))


@dataclass(frozen=True, slots=True)
class _Read:
    known: Known
    stamp: Stamp | None = None
    pixels: Pixels | None = None


def prepare_pictures(
    samples: Sequence[Sample],
    preprocessing: Preprocessing,
    cache: FaceStore,
    context: JobContext,
) -> Pictures:
    """Decodes every photo that is not in the cache, finds its largest face and cuts it out, on all
    cores.

    Raises:
        AppError: the cache cannot be written.
        CancelledError: the user cancelled.
    """
    total = len(samples)
    digests = np.zeros(total, DIGESTS)
    statuses = np.zeros(total, np.int8)
    numbers = {status: number for number, status in enumerate(PhotoStatus)}
    stage = Stage(context, total)
    finder = make_face_finder()
    with cache.open(preprocessing) as stored:
        pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="photos")
        try:
            for start in range(0, total, _CHUNK):
                paths = [sample.path for sample in samples[start : start + _CHUNK]]
                found = [stored.find(path, stamp_of(path)) for path in paths]
                unknown = [path for path, known in zip(paths, found, strict=True) if known is None]
                reads = pool.map(lambda p: _read(p, finder, preprocessing, stored.known), unknown)
                for done, cached in enumerate(found, start):
                    if cached is None:
                        read = next(reads)
                        known = read.known
                        stored.add(paths[done - start], read.stamp, known, read.pixels)
                    else:
                        known = cached
                    statuses[done] = numbers[known.status]
                    if known.digest:
                        digests[done] = np.frombuffer(known.digest, DIGESTS)[0]
                    stage.step(done + 1, f"finding faces, {done + 1:,} of {total:,}")
        finally:
            # Its threads ask the look: they end before it is closed, also when the user cancels.
            pool.shutdown(cancel_futures=True)
        stored.commit()
        there = np.flatnonzero(statuses == numbers[PhotoStatus.OK])
        faces = stored.faces(digests[there])
    rows = np.full(total, -1, np.int32)
    rows[there] = np.arange(len(there))
    return Pictures(faces, rows, digests, statuses)


def _read(
    path: Path,
    finder: FaceFinder,
    preprocessing: Preprocessing,
    known: Callable[[bytes], Known | None],
) -> _Read:
    try:
        content = read_content(path)
    except UnreadablePictureError:
        return _Read(Known(b"", PhotoStatus.UNREADABLE))
    hashed = digest(content.data)
    stamp = content.stamp if content.settled else None
    # The same content may have been seen under another name.
    seen = known(hashed)
    if seen is not None:
        return _Read(seen, stamp)
    try:
        _, faces = prepare_faces(content.data, finder, preprocessing, FaceMode.FIND)
    except UnreadablePictureError:
        return _Read(Known(hashed, PhotoStatus.UNREADABLE), stamp)
    if not faces:
        return _Read(Known(hashed, PhotoStatus.NO_FACE), stamp)
    return _Read(Known(hashed, PhotoStatus.OK), stamp, faces[0].pixels)
