"""Loading, in the background, what the first photo needs."""

from __future__ import annotations

from pathlib import Path

from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane
from emotion_desktop.jobs.engine_room import EngineRoom


def warm_up_job(room: EngineRoom, model: Path) -> tuple[JobSpec, JobFunction]:
    """The job that loads a model and the face finder; the first photo waits behind it."""

    def run(_: JobSpec, __: JobContext) -> None:
        room.warm_up(model)

    return JobSpec("warm-up", "Get ready", Lane.CLASSIFY, quiet=True), run
