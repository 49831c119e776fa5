"""All faces of a data set, prepared once, as the net sees them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from emotion_desktop.dataset.fingerprint import digest
from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.job import JobContext
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.domain.sample import Sample
from emotion_desktop.imaging.decode import Pixels, read_bytes
from emotion_desktop.imaging.faces import FaceFinder
from emotion_desktop.imaging.look import Faces, look_at
from emotion_desktop.training.progress import Stage


@dataclass(frozen=True)
class Part:
    """One part of a split.

    Attributes:
        samples: the photos with a face; ``faces`` has one for each, in order.
        faces: (photos, size, size, channels) uint8.
        missing: the photos without a face to learn from or answer for.
    """

    samples: tuple[Sample, ...]
    faces: npt.NDArray[np.uint8]
    missing: tuple[Sample, ...]

    def targets(self, labels: Sequence[str]) -> npt.NDArray[np.int32]:
        """The number of each photo's emotion among ``labels``; -1 where it is none of them."""
        number = {label: i for i, label in enumerate(labels)}
        return np.array([number.get(s.emotion or "", -1) for s in self.samples], np.int32)

    def persons(self) -> list[str]:
        """Who is in each photo."""
        return [sample.person for sample in self.samples]

    def counts(self) -> Counter[str]:
        """Photos with a face per emotion."""
        return Counter(sample.emotion or "" for sample in self.samples)


@dataclass(frozen=True)
class Pictures:
    """What became of each photo of a data set.

    Attributes:
        faces: (photos with a face, size, size, channels) uint8.
        rows: where a photo's face stands in ``faces``.
        digests: hash of each file that could be read at all.
        statuses: how each photo fared.
    """

    faces: npt.NDArray[np.uint8]
    rows: Mapping[Path, int]
    digests: Mapping[Path, bytes]
    statuses: Mapping[Path, PhotoStatus]

    def part(self, samples: Sequence[Sample]) -> Part:
        """The faces of some of the photos."""
        seen = tuple(s for s in samples if s.path in self.rows)
        rows = [self.rows[s.path] for s in seen]
        return Part(seen, self.faces[rows], tuple(s for s in samples if s.path not in self.rows))

    def count(self, status: PhotoStatus, samples: Sequence[Sample]) -> int:
        """How many of the photos fared so."""
        return sum(self.statuses[s.path] is status for s in samples)


@dataclass(frozen=True, slots=True)
class _Read:
    status: PhotoStatus
    digest: bytes | None = None
    pixels: Pixels | None = None


def prepare_pictures(
    samples: Sequence[Sample], preprocessing: Preprocessing, context: JobContext
) -> Pictures:
    """Decodes every photo, finds its largest face and cuts it out, on all cores.

    Raises:
        CancelledError: the user cancelled.
    """
    finder = FaceFinder()
    total = len(samples)
    stage = Stage(context, total)
    side, channels = preprocessing.size, preprocessing.channels
    faces = np.empty((total, side, side, channels), np.uint8)
    rows: dict[Path, int] = {}
    digests: dict[Path, bytes] = {}
    statuses: dict[Path, PhotoStatus] = {}
    pool = ThreadPoolExecutor(os.cpu_count() or 1)
    try:
        reads = pool.map(lambda sample: _read(sample.path, finder, preprocessing), samples)
        for done, (sample, read) in enumerate(zip(samples, reads, strict=True), 1):
            statuses[sample.path] = read.status
            if read.digest is not None:
                digests[sample.path] = read.digest
            if read.pixels is not None:
                faces[len(rows)] = read.pixels
                rows[sample.path] = len(rows)
            stage.step(done, f"finding faces, {done:,} of {total:,}")
    finally:
        pool.shutdown(cancel_futures=True)
    return Pictures(faces[: len(rows)], rows, digests, statuses)


def _read(path: Path, finder: FaceFinder, preprocessing: Preprocessing) -> _Read:
    try:
        data = read_bytes(path)
    except UnreadablePictureError:
        return _Read(PhotoStatus.UNREADABLE)
    hashed = digest(data)
    try:
        _, looks = look_at(data, finder, preprocessing, Faces.FIND)
    except UnreadablePictureError:
        return _Read(PhotoStatus.UNREADABLE, hashed)
    if not looks:
        return _Read(PhotoStatus.NO_FACE, hashed)
    return _Read(PhotoStatus.OK, hashed, looks[0].pixels)
