"""The verb “classify”: photos in, predictions out, as they become ready."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from emotion_desktop.domain.job import Batch, JobContext, JobFunction, JobSpec, Lane, Progress
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
from emotion_desktop.jobs.predicting.photos import find_photos


def classify_job(
    loaded: LoadedModels, paths: Sequence[Path], model: Path | str, faces: str, engine: str = ""
) -> tuple[JobSpec, JobFunction]:
    """The job that classifies photos. Its Batch events carry Predictions, in order.

    Args:
        paths: files and folders.
        model: its bundle, or ``rekognition``.
        faces: a value of imaging.prepare.FaceMode.
        engine: what the model runs in; empty for the bundle's own choice.
    """
    count = len(paths)
    title = f"Classify {paths[0].name}" if count == 1 else f"Classify {count:,} files and folders"
    spec = JobSpec(
        kind="classify",
        title=title,
        lane=Lane.CLASSIFY,
        parameters={
            "paths": [str(path) for path in paths],
            "model": str(model),
            "faces": faces,
            "engine": engine,
        },
    )
    return spec, partial(_classify, loaded)


def _classify(loaded: LoadedModels, spec: JobSpec, context: JobContext) -> dict[str, Any]:
    # Heavy imports belong to the job's thread: the window is shown long before.

    context.emit(Progress(0, 0, "looking for photos"))
    found = find_photos([Path(p) for p in spec.parameters["paths"]])
    total = len(found.photos)
    counts = dict.fromkeys((status.value for status in PhotoStatus), 0)
    if found.problems:
        counts[PhotoStatus.UNREADABLE.value] += len(found.problems)
        context.emit(Batch(tuple(found.problems)))
    parameters = spec.parameters
    predictor = loaded.predictor(parameters["model"], parameters["faces"], parameters["engine"])
    done = 0
    for predictions in predictor.predict(found.photos, lambda: context.cancelled):
        for prediction in predictions:
            counts[prediction.status.value] += 1
        done += len(predictions)
        context.emit(Batch(tuple(predictions)))
        context.emit(Progress(done, total, f"{done:,} of {total:,} photos"))
    context.check_cancelled()
    return counts
