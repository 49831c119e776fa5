"""Loading in the background what is needed soon."""

from __future__ import annotations

import importlib
from pathlib import Path

from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane
from emotion_desktop.jobs.predicting.loaded_models import LoadedModels


def warm_up_job(loaded: LoadedModels, model: Path) -> tuple[JobSpec, JobFunction]:
    """The job that loads a model and the face finder; the first photo waits behind it."""

    def run(_: JobSpec, __: JobContext) -> None:
        loaded.warm_up(model)

    return JobSpec("warm-up", "Get ready", Lane.CLASSIFY, quiet=True), run


def load_job(module: str) -> tuple[JobSpec, JobFunction]:
    """The job that imports a library which takes long to load."""

    def run(_: JobSpec, __: JobContext) -> None:
        importlib.import_module(module)

    return JobSpec("load", f"Load {module}", Lane.CATALOGUE, {"module": module}, quiet=True), run
