"""Deciding doubtful labels: a decision is an edit of the data set, and can be undone like any."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane


def decide_job(workspace: Path, photo: Path, emotion: str) -> tuple[JobSpec, JobFunction]:
    """The user vouches for a photo's emotion, the one it had or another; a JobFunction of kind
    ``edit``, like every other change of the data set."""
    from emotion_desktop.jobs.dataset.editing import find_photos, relabel_job

    spec, _ = relabel_job(workspace, [0], emotion)

    def run(job: JobSpec, context: JobContext) -> object:
        (number,) = find_photos(workspace, [photo])
        _, relabel = relabel_job(workspace, [number], emotion)
        return relabel(job, context)

    return spec, run


def decisions_job(workspace: Path, photos: Sequence[Path]) -> tuple[JobSpec, JobFunction]:
    """What the user has given to photos by now; the result is ``[[path, emotion], …]``."""

    def run(_: JobSpec, __: JobContext) -> list[list[str]]:
        from emotion_desktop.workspace.catalogue.catalogue import Catalogue
        from emotion_desktop.workspace.catalogue.photos import user_labels
        from emotion_desktop.workspace.paths import Workspace

        with Catalogue(Workspace(workspace).catalogue) as catalogue:
            given = user_labels(catalogue)
        return [[str(path), given[path]] for path in photos if path in given]

    return JobSpec("decisions", "Look up decisions", Lane.EDITS, quiet=True), run
