"""A frozen split as two RecordIO files: faces as the net will see them, balanced, and nothing else.

Faces alone are written, cut out and scaled by the one preprocessing, as PNG, which loses nothing:
what the net learns from is what it will be asked about. The sealed test part is not touched.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from emotion_desktop.domain.balance import Balance, Method
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError, UnreadablePictureError
from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.domain.model import Preprocessing
from emotion_desktop.domain.sample import Sample
from emotion_desktop.domain.split import FrozenSplit

if TYPE_CHECKING:
    from emotion_desktop.dataset.synthesis import Edit
    from emotion_desktop.imaging.faces import FaceFinder

#: A photo's number, and what is done to it; None shows it as it is.
_Shown: TypeAlias = "tuple[int, Edit | None]"
CROP: Final = "eyes"
EXTENT: Final = 2.2
#: Photos that wait for the slowest before them; bounds the memory.
_AHEAD: Final = 64


@dataclass(frozen=True, slots=True)
class Channel:
    """One file to upload.

    Attributes:
        sha256: of its content: it names the file in the cloud.
        counts: records by emotion.
    """

    file: str
    sha256: str
    bytes: int
    records: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What became of a split.

    Attributes:
        faces: training photos with a face, by emotion, each counted once.
        missing: photos without a face, or that could not be read, by part.
        trained_on: digests of the training photos.
    """

    labels: tuple[str, ...]
    train: Channel
    validation: Channel
    faces: dict[str, int]
    missing: dict[str, int]
    trained_on: tuple[bytes, ...]

    def facts(self) -> dict[str, Any]:
        """JSON values for the record of the run."""
        return {
            "train": asdict(self.train),
            "validation": asdict(self.validation),
            "faces": dict(self.faces),
            "missing": dict(self.missing),
        }


def preprocessing_of(side: int, grey: bool) -> Preprocessing:
    """How faces are prepared for a training in the cloud."""
    return Preprocessing(side, 1 if grey else 3, CROP, EXTENT)


def prepare(
    frozen: FrozenSplit,
    preprocessing: Preprocessing,
    folder: Path,
    finder: FaceFinder,
    context: JobContext,
) -> Prepared:
    """Writes ``train.rec`` and ``validation.rec`` into a folder.

    Raises:
        DataError: too few emotions have a face in the training part, or validation has none.
        CancelledError: the user cancelled.
        AppError: the disk is full.
    """
    total = len(frozen.split.training) + len(frozen.split.validation)
    source = _Faces(preprocessing, finder, context, total)
    faces, digests = _write_faces(source, frozen.split.training, folder / "faces.rec", EMOTIONS)
    counts = Counter(EMOTIONS[place.label] for place in faces)
    labels = tuple(emotion for emotion in EMOTIONS if counts[emotion])
    if len(labels) < 2:
        raise DataError(
            "The training photos show fewer than two emotions in which a face was found.",
            "Choose a split with more photos.",
        )
    missing = {"training": source.missing}
    source.missing = 0
    # What training knows nothing of cannot be judged while it goes on; it is in the final test.
    known = [s for s in frozen.split.validation if s.emotion in labels]
    judged, _ = _write_faces(source, known, folder / "validation.rec", labels)
    missing["validation"] = source.missing
    if not judged:
        raise DataError(
            "There is no photo with a face to choose the best epoch by.",
            "Choose a split whose validation part is larger.",
        )
    context.emit(Progress(0, 0, "balancing and shuffling"))
    shown_order = [
        (number, None)
        for number in repeated([p.label for p in faces], frozen.balance, frozen.split.seed)
    ]
    order = _with_copies(shown_order, faces, frozen)
    _write_order(
        folder / "faces.rec", faces, order, folder / "train.rec",
        [labels.index(e) if e in labels else 0 for e in EMOTIONS],
    )
    (folder / "faces.rec").unlink()
    shown = Counter(EMOTIONS[faces[number].label] for number, _ in order)
    seen = Counter(labels[place.label] for place in judged)
    return Prepared(
        labels=labels,
        train=_channel(folder / "train.rec", len(order), shown),
        validation=_channel(folder / "validation.rec", len(judged), seen),
        faces={label: counts[label] for label in labels},
        missing=missing,
        trained_on=tuple(digests),
    )


def repeated(labels: Sequence[int], balance: Balance, seed: int) -> list[int]:
    """The order in which photos are shown, as numbers of the photos; some several times.

    SageMaker's algorithm knows neither class weights nor balanced sampling for one label per
    picture. Both are the same as showing rare emotions more often, so that is done: on average,
    an emotion's records are in proportion to its count to the power asked for.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    numbers = np.asarray(labels)
    if balance.method in (Method.WEIGHTS, Method.SAMPLING):
        counts = np.bincount(numbers).astype(np.float64)
        most = counts.max()
        # The commonest emotion is shown once a photo; the others as often as balance asks for.
        times = np.where(counts > 0, (most / np.maximum(counts, 1)) ** (1 - balance.power), 0)
        wanted = times[numbers]
        copies = np.floor(wanted).astype(int) + (rng.random(len(numbers)) < wanted % 1)
    else:
        copies = np.ones(len(numbers), int)
    order = np.repeat(np.arange(len(numbers)), copies)
    rng.shuffle(order)
    return [int(number) for number in order]


@dataclass(frozen=True, slots=True)
class _Place:
    sample: Sample
    label: int
    offset: int
    length: int


class _Faces:
    """Encodes the largest face of each photo, on all cores, and counts those that have none."""

    def __init__(
        self, preprocessing: Preprocessing, finder: FaceFinder, context: JobContext, total: int
    ) -> None:
        self._preprocessing = preprocessing
        self._finder = finder
        self._context = context
        self._total = total
        self._done = 0
        self.missing = 0

    def of(self, samples: Sequence[Sample]) -> Iterator[tuple[Sample, bytes, bytes]]:
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
        from emotion_desktop.dataset.fingerprint import digest
        from emotion_desktop.imaging.decode import read_bytes
        from emotion_desktop.imaging.look import Faces, look_at
        from emotion_desktop.imaging.png import encode_png

        try:
            data = read_bytes(sample.path)
            _, looks = look_at(data, self._finder, self._preprocessing, Faces.FIND)
        except UnreadablePictureError:
            return None
        if not looks:
            return None
        return digest(data), encode_png(looks[0].pixels)


def _write_faces(
    source: _Faces, samples: Sequence[Sample], path: Path, labels: Sequence[str]
) -> tuple[list[_Place], list[bytes]]:
    """Writes each face once; returns where each lies, and the photos' digests."""
    from emotion_desktop.dataset.recordio import Record, write_record
    from emotion_desktop.workspace.atomic import written_atomically

    places: list[_Place] = []
    digests: list[bytes] = []
    with written_atomically(path) as file:
        for sample, digest, png in source.of(samples):
            label = labels.index(sample.emotion or "")
            begin = file.tell()
            write_record(file, Record(label, len(places), png))
            places.append(_Place(sample, label, begin, file.tell() - begin))
            digests.append(digest)
    return places, digests


def _with_copies(
    order: Sequence[_Shown], places: Sequence[_Place], frozen: FrozenSplit
) -> list[_Shown]:
    """The order with the edited copies that the balance asks for mixed in."""
    if frozen.balance.synthesis is None:
        return list(order)
    import numpy as np

    from emotion_desktop.dataset.synthesis import plan

    number_of = {place.sample.path: number for number, place in enumerate(places)}
    copies = plan((place.sample for place in places), frozen.balance.synthesis)
    together = [*order, *((number_of[copy.sample.path], copy.edit) for copy in copies)]
    rng = np.random.default_rng(frozen.split.seed)
    return [together[number] for number in rng.permutation(len(together))]


def _edited(png: bytes, edit: Edit) -> bytes:
    import cv2
    import numpy as np

    from emotion_desktop.dataset.synthesis import apply_edit
    from emotion_desktop.imaging.png import encode_png

    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    grey = pixels.ndim == 2
    coloured = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB) if grey else pixels[:, :, ::-1]
    out = apply_edit(np.ascontiguousarray(coloured), edit)
    return encode_png(out[:, :, 0] if grey else out)


def _write_order(
    source: Path, places: Sequence[_Place], order: Sequence[_Shown], target: Path,
    renumber: Sequence[int],
) -> None:
    """Writes records in an order, with the numbers their labels have in the end."""
    from emotion_desktop.dataset.recordio import Record, parse_record, write_record
    from emotion_desktop.workspace.atomic import written_atomically

    with source.open("rb") as file, written_atomically(target) as out:
        for number, (index, edit) in enumerate(order):
            place = places[index]
            file.seek(place.offset)
            record = parse_record(file.read(place.length))
            picture = record.picture if edit is None else _edited(record.picture, edit)
            write_record(out, Record(renumber[record.label], number, picture))


def _channel(path: Path, records: int, counts: Counter[str]) -> Channel:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while data := file.read(1 << 20):
            digest.update(data)
    return Channel(path.name, digest.hexdigest(), path.stat().st_size, records, dict(counts))
