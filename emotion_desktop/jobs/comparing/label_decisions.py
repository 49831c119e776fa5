"""Deciding doubtful labels: a decision is an edit of the data set, and can be undone like any."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane
from emotion_desktop.jobs import table

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context


def decide_job(photo: Path, emotion: str) -> JobSpec:
    """The user vouches for a photo's emotion, the one it had or another; the result is that of
    relabel_job."""
    return table.DECIDE.spec({"photo": str(photo), "emotion": emotion}, photos="1 photo")


def decide(context: Context, *, photo: str, emotion: str) -> dict[str, Any] | None:
    """Keeps the user's decision on a doubtful label, the one it had or another; undoable."""
    from emotion_desktop.jobs.dataset.editing import find_photos, relabel

    with context.workspace.open_catalogue() as catalogue:
        photos = find_photos(catalogue, [Path(photo)])
    return relabel(context, photos=photos, emotion=emotion)


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
