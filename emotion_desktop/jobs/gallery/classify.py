"""The verb “classify”: photos in, predictions out, as they become ready."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from emotion_desktop.domain.job import Batch, Progress
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.jobs.predicting.photos import find_photos

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context


def classify(
    context: Context, *, paths: Sequence[str], model: str, faces: str, engine: str
) -> dict[str, int]:
    """Says what the faces on photos show; predictions come as they are ready."""
    context.emit(Progress(0, 0, "looking for photos"))
    found = find_photos([Path(path) for path in paths])
    total = len(found.photos)
    counts = dict.fromkeys((status.value for status in PhotoStatus), 0)
    if found.problems:
        counts[PhotoStatus.UNREADABLE.value] += len(found.problems)
        context.emit(Batch(tuple(found.problems)))
    predictor = context.resources.models.predictor(model, faces, engine)
    done = 0
    for predictions in predictor.predict(found.photos, lambda: context.cancelled):
        for prediction in predictions:
            counts[prediction.status.value] += 1
        done += len(predictions)
        context.emit(Batch(tuple(predictions)))
        context.emit(Progress(done, total, f"{done:,} of {total:,} photos"))
    context.check_cancelled()
    return counts
