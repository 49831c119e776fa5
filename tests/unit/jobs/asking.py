"""Running a job here, without a manager, for what it brings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from emotion_desktop.domain.job import Batch, JobEvent, JobSpec
from emotion_desktop.jobs.gallery.specs import ClassifiedFace, classify_job
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running.context import Context
from emotion_desktop.jobs.running.execute import call
from emotion_desktop.workspace.paths import Workspace


def run_here(
    spec: JobSpec, resources: Resources, listen: Callable[[JobEvent], None] = lambda _: None
) -> Any:
    """The result of a job."""
    return call(spec, Context(listen, resources, spec))


def result_of(
    spec: JobSpec, workspace: Workspace, listen: Callable[[JobEvent], None] = lambda _: None
) -> Any:
    """The result of a job in a workspace of which nothing is loaded."""
    resources = Resources(workspace)
    try:
        return run_here(spec, resources, listen)
    finally:
        resources.close()


def items_of(spec: JobSpec, resources: Resources) -> list[Any]:
    """What a job's batches hold."""
    events: list[JobEvent] = []
    run_here(spec, resources, events.append)
    return [item for event in events if isinstance(event, Batch) for item in event.items]


def classified(resources: Resources, photo: Path, model: Path) -> ClassifiedFace:
    """What a model says of the largest face on a photo."""
    (prediction,) = items_of(classify_job([photo], model, "find"), resources)
    card = resources.models.known_card(prediction.model)
    assert card is not None
    return ClassifiedFace(photo, prediction.faces[0], prediction.model, card)
