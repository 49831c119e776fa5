"""Running a job here, without a manager, for what it brings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from emotion_desktop.domain.job import Batch, JobEvent
from emotion_desktop.domain.prediction import FaceReading
from emotion_desktop.jobs.classify import classify_job
from emotion_desktop.jobs.context import LocalContext
from emotion_desktop.jobs.engine_room import EngineRoom


def run_here(job: Any) -> tuple[list[Any], Any, list[JobEvent]]:
    """What a job's batches hold, its result, and all its events."""
    spec, function = job
    events: list[JobEvent] = []
    result = function(spec, LocalContext(events.append))
    items = [item for event in events if isinstance(event, Batch) for item in event.items]
    return items, result, events


def items_of(job: Any) -> list[Any]:
    """What a job's batches hold."""
    return run_here(job)[0]


def reading_of(room: EngineRoom, photo: Path, model: Path) -> FaceReading:
    """What a model says of the largest face on a photo."""
    return items_of(classify_job(room, [photo], model, "find"))[0].faces[0]
