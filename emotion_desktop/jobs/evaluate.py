"""The verb “evaluate”: scores a model on labelled photos it was not trained on."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane, Progress
from emotion_desktop.jobs.engine_room import EngineRoom

if TYPE_CHECKING:
    from emotion_desktop.domain.prediction import PhotoResult
    from emotion_desktop.domain.sample import Sample


def evaluate_job(
    room: EngineRoom, model: Path, data: Path, faces: str, include_trained_on: bool = False
) -> tuple[JobSpec, JobFunction]:
    """The job that scores a model; its result is ``Scores.to_dict()``.

    Args:
        data: a folder per emotion, or a label file beside its photos.
        faces: a value of imaging.look.Faces.
        include_trained_on: also score photos the model was trained on, which flatters it.
    """
    spec = JobSpec(
        kind="evaluate",
        title=f"Evaluate on {data.name}",
        lane=Lane.CLASSIFY,
        parameters={
            "model": str(model),
            "data": str(data),
            "faces": faces,
            "include_trained_on": include_trained_on,
        },
    )
    return spec, partial(_evaluate, room)


def _evaluate(room: EngineRoom, spec: JobSpec, context: JobContext) -> dict[str, Any]:
    from emotion_desktop.dataset.labels import read_labelled
    from emotion_desktop.evaluation.metrics import score
    from emotion_desktop.jobs.reading import read_photos

    parameters = spec.parameters
    reader = room.reader(parameters["model"], parameters["faces"])
    context.emit(Progress(0, 0, "reading the labels"))
    data = read_labelled(Path(parameters["data"]))
    left_out = {**data.left_out, "unlabelled": len(data.unlabelled)}
    samples = list(data.samples)
    if not parameters["include_trained_on"]:
        trained_on = room.bundle(Path(parameters["model"])).trained_on
        samples = _unseen(samples, trained_on, room, context)
        left_out["trained_on"] = len(data.samples) - len(samples)
    if not samples:
        raise DataError(
            "The model was trained on every one of these photos: they cannot judge it.",
            "Use photos of other people.",
        )
    results: list[PhotoResult] = []
    for batch in read_photos(
        reader,
        [sample.path for sample in samples],
        room.readings(),
        stop=lambda: context.cancelled,
    ):
        results += batch
        context.emit(
            Progress(len(results), len(samples), f"{len(results):,} of {len(samples):,} photos")
        )
    context.check_cancelled()
    answers = [_answer(sample, result) for sample, result in zip(samples, results, strict=True)]
    context.emit(Progress(len(samples), len(samples), "scoring"))
    left_out = {reason: count for reason, count in left_out.items() if count}
    return score(answers, reader.labels, left_out).to_dict()


def _answer(sample: Sample, result: PhotoResult) -> Any:
    from emotion_desktop.evaluation.metrics import Answer

    assert sample.emotion is not None
    # Of several faces the largest is the one a labelled photo is about; it comes first.
    probabilities = result.faces[0].probabilities if result.faces else None
    return Answer(sample.emotion, sample.person, probabilities)


def _unseen(
    samples: list[Sample], trained_on: frozenset[bytes], room: EngineRoom, context: JobContext
) -> list[Sample]:
    """The samples the model was not trained on, by content; all of them if it does not say."""
    from emotion_desktop.jobs.reading import known_digests

    if not trained_on:
        return samples
    context.emit(Progress(0, 0, "looking for photos it was trained on"))
    digests = known_digests(
        [sample.path for sample in samples], room.readings(), lambda: context.cancelled
    )
    context.check_cancelled()
    # A photo that cannot be read is answered, and counted as missed, like any other.
    return [sample for sample in samples if digests.get(sample.path) not in trained_on]
