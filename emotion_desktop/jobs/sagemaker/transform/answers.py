"""The machines' answers, and the predictions in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
from emotion_desktop.jobs.sagemaker.transform.in_threads import in_threads

if TYPE_CHECKING:
    from emotion_desktop.aws.s3.bucket import Bucket
    from emotion_desktop.domain.model import ModelCard
    from emotion_desktop.jobs.sagemaker.transform.faces import SeenPhoto

_DOWNLOADS: Final = 8
_MAX_BYTES: Final = 1 << 16
#: SageMaker puts the answer for FILE into FILE.out.
_ENDING: Final = ".out"

#: The probabilities of the classes, in their order, by the file that was asked about.
Answers = Mapping[str, Sequence[float]]


def download_answers(bucket: Bucket, prefix: str, context: JobContext) -> Answers:
    """Reads all answers that lie under a prefix.

    Raises:
        CloudError: they cannot be read.
        DataError: one is not what the algorithm answers.
        CancelledError: the user cancelled.
    """
    keys = [item.key for item in bucket.objects(prefix) if item.key.endswith(_ENDING)]

    def read(key: str) -> list[float]:
        return _parse(bucket.read(key, _MAX_BYTES))

    def tell(done: int) -> Progress:
        return Progress(done, len(keys), f"downloading, {done:,} of {len(keys):,} answers")

    files = [key.removeprefix(prefix).removesuffix(_ENDING) for key in keys]
    found = in_threads(read, keys, context, threads=_DOWNLOADS, tell=tell)
    return dict(zip(files, found, strict=True))


def results_here(
    photos: Iterable[SeenPhoto], answers: Answers, card: ModelCard, model: str
) -> Iterator[Prediction]:
    """What is now known of photos whose faces were sent; those without any answer are left out.

    Args:
        model: see Prediction.

    Raises:
        DataError: the answers are those of another model.
    """
    for photo in photos:
        if photo.error is not None:
            yield Prediction(photo.path, PhotoStatus.UNREADABLE, error=photo.error, model=model)
            continue
        known = [face for face in photo.faces if face.file in answers]
        if photo.faces and not known:  # it was stopped before this one
            continue
        faces = tuple(_face(face.box, face.frame, answers[face.file], card) for face in known)
        status = PhotoStatus.OK if faces else PhotoStatus.NO_FACE
        yield Prediction(
            photo.path, status, faces, size=photo.size, digest=photo.digest, model=model
        )


def results_in_s3(
    source: str, answers: Answers, card: ModelCard, model: str
) -> Iterator[Prediction]:
    """What is now known of the pictures under an address: each is a face, whole.

    Nobody looked at them here: their size is not known, and given as one pixel.

    Raises:
        DataError: the answers are those of another model.
    """
    base = source.rstrip("/")
    for file, answer in sorted(answers.items()):
        whole = _face(Box(0, 0, 1, 1), Frame(0.5, 0.5, 1, 1), answer, card)
        yield Prediction(f"{base}/{file}", PhotoStatus.OK, (whole,), size=(1, 1), model=model)


def _parse(data: bytes) -> list[float]:
    try:
        return [float(value) for value in json.loads(data.splitlines()[0])["prediction"]]
    except (ValueError, KeyError, TypeError, IndexError):
        raise DataError(
            "An answer from SageMaker is not of the form that was expected.",
            "The model may be one of another algorithm.",
        ) from None


def _face(box: Box, frame: Frame, answer: Sequence[float], card: ModelCard) -> FacePrediction:
    fitted = card.calibration.is_fitted
    return FacePrediction(box, frame, _probabilities(answer, card), calibrated=fitted)


def _probabilities(answer: Sequence[float], card: ModelCard) -> dict[str, float]:
    """The model's own calibration, applied to the cloud's answers."""
    from emotion_desktop.engines.calibration import calibrate, logits_from_probabilities

    if len(answer) != len(card.labels):
        raise DataError(
            f"SageMaker's model knows {len(answer)} classes, and the one here {len(card.labels)}.",
            "Choose the model that came from this job.",
        )
    calibrated = calibrate(logits_from_probabilities([answer]), card.calibration)[0]
    return dict(zip(card.labels, calibrated.tolist(), strict=True))
