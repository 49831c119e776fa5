"""The verb “dataset why”: trains the notebooks' way and the honest one, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from emotion_desktop.domain.job import JobFunction, JobSpec, Lane
from emotion_desktop.jobs.running.worker_process import run_in_worker

#: Enough to show the difference in a few minutes on two cores.
PHOTOS: Final = 2500
EPOCHS: Final = 8


def why_job(
    workspace: Path, *, seed: int = 0, photos: int = PHOTOS, epochs: int = EPOCHS
) -> tuple[JobSpec, JobFunction]:
    """The job that trains both ways, in a process of its own; see training.why.

    Args:
        photos: at most so many are used.
    """
    spec = JobSpec(
        kind="why",
        title="Show me why",
        lane=Lane.COMPUTE,
        parameters={
            "workspace": str(workspace.absolute()),
            "seed": seed,
            "photos": photos,
            "epochs": epochs,
        },
    )
    return spec, run_in_worker
