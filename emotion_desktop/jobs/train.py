"""The verb “train”: a recipe and labelled photos in, a scored model bundle out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from emotion_desktop.domain.job import JobFunction, JobSpec, Lane
from emotion_desktop.jobs.worker_process import run_in_worker

if TYPE_CHECKING:
    from emotion_desktop.training.recipes import Recipe


def train_job(
    data: Path,
    recipe: Recipe,
    output: Path,
    name: str,
    *,
    seed: int = 0,
    fractions: Sequence[float] | None = None,
    notes: str = "",
) -> tuple[JobSpec, JobFunction]:
    """The job that trains a model, in a process of its own.

    Args:
        data: a folder per emotion, or a label file beside its photos.
        output: the bundle to write.
        name: what the model calls itself.
        notes: kept with the model: the data's licence, say.
        fractions: parts of the persons for training, validation and test; None for the recipe's.
    """
    spec = JobSpec(
        kind="train",
        title=f"Train “{name}”",
        lane=Lane.COMPUTE,
        parameters={
            "data": str(data.absolute()),
            "recipe": recipe.to_dict(),
            "output": str(output.absolute()),
            "name": name,
            "seed": seed,
            "fractions": list(fractions) if fractions is not None else None,
            "notes": notes,
        },
    )
    return spec, run_in_worker
