"""The faces on labelled photos as a RecordIO file: found, cut out and scaled, as PNG."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.domain.sample import Sample

if TYPE_CHECKING:
    from emotion_desktop.imaging.faces import FaceFinder

#: Photos that wait for the slowest before them; bounds the memory.
_AHEAD: Final = 64


@dataclass(frozen=True, slots=True)
class Place:
    """Where the record of a photo's face lies in a file, bytes; ``label`` is its class."""

    sample: Sample
    label: int
    offset: int
    length: int


class FaceRecords:
    """Writes the largest face of each photo, found on all cores, and counts those that have none.

    Args:
        total: how many photos there will be in all, for the progress.
    """

    def __init__(
        self, preprocessing: Preprocessing, finder: FaceFinder, context: JobContext, total: int
    ) -> None:
        self._preprocessing = preprocessing
        self._finder = finder
        self._context = context
        self._total = total
        self._done = 0
        self.missing = 0

    def write(
        self, samples: Sequence[Sample], path: Path, labels: Sequence[str]
    ) -> tuple[list[Place], list[bytes]]:
        """Writes each face once; returns where each lies, and the photos' digests.

        Args:
            labels: the emotions of the classes, in their order.

        Raises:
            CancelledError: the user cancelled.
            AppError: the disk is full.
        """
        from emotion_desktop.dataset.recordio import Record, write_record
        from emotion_desktop.workspace.files.atomic import written_atomically

        places: list[Place] = []
        digests: list[bytes] = []
        with written_atomically(path) as file:
            for sample, digest, png in self._encoded(samples):
                label = labels.index(sample.emotion or "")
                begin = file.tell()
                write_record(file, Record(label, len(places), png))
                places.append(Place(sample, label, begin, file.tell() - begin))
                digests.append(digest)
        return places, digests

    def _encoded(self, samples: Sequence[Sample]) -> Iterator[tuple[Sample, bytes, bytes]]:
        """Yields (sample, digest, PNG) of the photos with a face, in order."""
        workers = os.cpu_count() or 1
        with ThreadPoolExecutor(workers, thread_name_prefix="faces") as pool:
            try:
                for begin in range(0, len(samples), _AHEAD):
                    some = samples[begin : begin + _AHEAD]
                    for sample, found in zip(some, pool.map(self._encode, some), strict=True):
                        self._done += 1
                        if found is None:
                            self.missing += 1
                        else:
                            yield sample, *found
                    self._context.check_cancelled()
                    text = f"finding faces, {self._done:,} of {self._total:,}"
                    self._context.emit(Progress(self._done, self._total, text))
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _encode(self, sample: Sample) -> tuple[bytes, bytes] | None:
        from emotion_desktop.dataset.sources.files.fingerprint import digest
        from emotion_desktop.imaging.file_content import read_bytes
        from emotion_desktop.imaging.pixels import encode_png
        from emotion_desktop.imaging.prepare import FaceMode, prepare_faces

        try:
            data = read_bytes(sample.path)
            _, faces = prepare_faces(data, self._finder, self._preprocessing, FaceMode.FIND)
        except UnreadablePictureError:
            return None
        if not faces:
            return None
        return digest(data), encode_png(faces[0].pixels)
