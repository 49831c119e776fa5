"""The verb “train”: a recipe and labelled photos in, a scored model bundle out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from emotion_desktop.domain.job import JobFunction, JobSpec, Lane
from emotion_desktop.jobs.worker_process import run_in_worker


def train_job(
    data: Path,
    recipe: str,
    output: Path,
    name: str,
    *,
    seed: int = 0,
    epochs: int | None = None,
    fractions: Sequence[float] | None = None,
    notes: str = "",
) -> tuple[JobSpec, JobFunction]:
    """The job that trains a model, in a process of its own.

    Args:
        data: a folder per emotion, or a label file beside its photos.
        recipe: a name in training.recipes.
        output: the bundle to write.
        name: what the model calls itself.
        epochs: fewer or more than the recipe says; None for the recipe's own.
        notes: kept with the model: the data's licence, say.
        fractions: parts of the persons for training, validation and test; None for the recipe's.
    """
    spec = JobSpec(
        kind="train",
        title=f"Train “{name}”",
        lane=Lane.COMPUTE,
        parameters={
            "data": str(data.absolute()),
            "recipe": recipe,
            "output": str(output.absolute()),
            "name": name,
            "seed": seed,
            "epochs": epochs,
            "fractions": list(fractions) if fractions is not None else None,
            "notes": notes,
        },
    )
    return spec, run_in_worker
