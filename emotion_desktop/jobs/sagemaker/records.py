"""A frozen split as two RecordIO files: faces as the net will see them, balanced, and nothing else.

Faces alone are written, cut out and scaled by the one preprocessing, as PNG, which loses nothing:
what the net learns from is what it will be asked about. The sealed test part is not touched.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.domain.model import DEFAULT_CROP, DEFAULT_EXTENTS, Preprocessing
from emotion_desktop.domain.split import FrozenSplit
from emotion_desktop.jobs.sagemaker.face_records import FaceRecords, Place
from emotion_desktop.jobs.sagemaker.oversampling import Shown, record_order

if TYPE_CHECKING:
    from emotion_desktop.dataset.synthesis import Edit
    from emotion_desktop.imaging.faces import FaceFinder


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
    return Preprocessing(side, 1 if grey else 3, DEFAULT_CROP, DEFAULT_EXTENTS[DEFAULT_CROP])


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
    source = FaceRecords(preprocessing, finder, context, total)
    faces, digests = source.write(frozen.split.training, folder / "faces.rec", EMOTIONS)
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
    judged, _ = source.write(known, folder / "validation.rec", labels)
    missing["validation"] = source.missing
    if not judged:
        raise DataError(
            "There is no photo with a face to choose the best epoch by.",
            "Choose a split whose validation part is larger.",
        )
    context.emit(Progress(0, 0, "balancing and shuffling"))
    order = record_order(faces, frozen)
    _write_order(
        folder / "faces.rec",
        faces,
        order,
        folder / "train.rec",
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


def _edited(png: bytes, edit: Edit) -> bytes:
    import cv2
    import numpy as np

    from emotion_desktop.dataset.synthesis import apply_edit
    from emotion_desktop.imaging.pixels import encode_png

    pixels = np.asarray(cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED))
    grey = pixels.ndim == 2
    coloured = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB) if grey else pixels[:, :, ::-1]
    out = apply_edit(np.ascontiguousarray(coloured), edit)
    return encode_png(out[:, :, 0] if grey else out)


def _write_order(
    source: Path,
    places: Sequence[Place],
    order: Sequence[Shown],
    target: Path,
    renumber: Sequence[int],
) -> None:
    """Writes records in an order, with the numbers their labels have in the end."""
    from emotion_desktop.dataset.recordio import Record, parse_record, write_records

    def shown(file: IO[bytes]) -> Iterator[Record]:
        for number, (index, edit) in enumerate(order):
            place = places[index]
            file.seek(place.offset)
            record = parse_record(file.read(place.length))
            picture = record.picture if edit is None else _edited(record.picture, edit)
            yield Record(renumber[record.label], number, picture)

    with source.open("rb") as file:
        write_records(target, shown(file))


def _channel(path: Path, records: int, counts: Counter[str]) -> Channel:
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while data := file.read(1 << 20):
            digest.update(data)
    return Channel(path.name, digest.hexdigest(), path.stat().st_size, records, dict(counts))
