"""The verb “classify”: photos in, readings out, as they become ready."""

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
    room: LoadedModels, paths: Sequence[Path], model: Path | str, faces: str, engine: str = ""
) -> tuple[JobSpec, JobFunction]:
    """The job that classifies photos. Its Batch events carry PhotoResults, in order.

    Args:
        paths: files and folders.
        model: the bundle to use.
        faces: a value of imaging.look.Faces.
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
    return spec, partial(_classify, room)


def _classify(room: LoadedModels, spec: JobSpec, context: JobContext) -> dict[str, Any]:
    # Heavy imports belong to the job's thread: the window is shown long before.
    from emotion_desktop.domain.picture_formats import PICTURE_SUFFIXES
    from emotion_desktop.jobs.predicting.predict import PredictionCache, predict_photos

    context.emit(Progress(0, 0, "looking for photos"))
    found = find_photos([Path(p) for p in spec.parameters["paths"]], PICTURE_SUFFIXES)
    total = len(found.photos)
    counts = dict.fromkeys((status.value for status in PhotoStatus), 0)
    if found.problems:
        counts[PhotoStatus.UNREADABLE.value] += len(found.problems)
        context.emit(Batch(tuple(found.problems)))
    parameters = spec.parameters
    reader = room.reader(parameters["model"], parameters["faces"], parameters["engine"])
    done = 0
    memory = PredictionCache(room.readings())
    for results in predict_photos(reader, found.photos, memory, stop=lambda: context.cancelled):
        for result in results:
            counts[result.status.value] += 1
        done += len(results)
        context.emit(Batch(tuple(results)))
        context.emit(Progress(done, total, f"{done:,} of {total:,} photos"))
    context.check_cancelled()
    return counts
