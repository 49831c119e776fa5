"""Running a job here, without a manager, for what it brings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from emotion_desktop.domain.job import Batch, JobEvent, JobSpec
from emotion_desktop.jobs.gallery.classify import classify_job
from emotion_desktop.jobs.gallery.explain import ClassifiedFace
from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running.context import Context, LocalContext
from emotion_desktop.jobs.running.execute import call
from emotion_desktop.workspace.paths import Workspace


def run_here(job: Any) -> tuple[list[Any], Any, list[JobEvent]]:
    """What a job's batches hold, its result, and all its events."""
    spec, function = job
    events: list[JobEvent] = []
    result = function(spec, LocalContext(events.append))
    items = [item for event in events if isinstance(event, Batch) for item in event.items]
    return items, result, events


def result_of(
    spec: JobSpec, workspace: Workspace, listen: Callable[[JobEvent], None] = lambda _: None
) -> Any:
    """The result of a job of the table, run here without a manager."""
    resources = Resources(workspace)
    try:
        return call(spec, Context(listen, resources, spec))
    finally:
        resources.close()


def items_of(job: Any) -> list[Any]:
    """What a job's batches hold."""
    return run_here(job)[0]


def classified(loaded: LoadedModels, photo: Path, model: Path) -> ClassifiedFace:
    """What a model says of the largest face on a photo."""
    (prediction,) = items_of(classify_job(loaded, [photo], model, "find"))
    card = loaded.known_card(prediction.model)
    assert card is not None
    return ClassifiedFace(photo, prediction.faces[0], prediction.model, card)
