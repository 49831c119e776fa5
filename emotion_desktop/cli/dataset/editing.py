"""The verbs that change what photos are: relabel, exclude, include, undo, redo, move."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from emotion_desktop.cli.options import WorkspaceOption, open_workspace
from emotion_desktop.cli.terminal import run_job
from emotion_desktop.domain.emotions import parse_emotion
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.job import JobFunction, JobSpec
from emotion_desktop.domain.text import counted
from emotion_desktop.workspace.paths import Workspace

PhotosArgument = Annotated[
    list[Path], typer.Argument(metavar="PHOTO…", help="Photos of the workspace.")
]


def relabel(
    *,
    photos: PhotosArgument,
    emotion: Annotated[
        str, typer.Option("--as", metavar="EMOTION", help="The label; “source” for the source's.")
    ],
    workspace: WorkspaceOption = None,
) -> None:
    """Give photos a label of your own."""
    from emotion_desktop.jobs.dataset.editing import find_photos, relabel_job

    label = None if emotion == "source" else parse_emotion(emotion)
    if label is None and emotion != "source":
        raise UsageError(f"“{emotion}” is none of the emotions.", "Write --as happiness, say.")
    place = open_workspace(workspace)
    _run(place, *relabel_job(place.root, find_photos(place.root, photos), label))


def exclude(
    *,
    photos: PhotosArgument,
    reason: Annotated[str, typer.Option("--reason", help="Kept with them.")] = "by hand",
    workspace: WorkspaceOption = None,
) -> None:
    """Leave photos out of the data set; no file is touched."""
    from emotion_desktop.jobs.dataset.editing import exclude_job, find_photos

    place = open_workspace(workspace)
    _run(place, *exclude_job(place.root, find_photos(place.root, photos), reason))


def include(photos: PhotosArgument, workspace: WorkspaceOption = None) -> None:
    """Take photos that were left out in again."""
    from emotion_desktop.jobs.dataset.editing import exclude_job, find_photos

    place = open_workspace(workspace)
    _run(place, *exclude_job(place.root, find_photos(place.root, photos), None))


def undo(workspace: WorkspaceOption = None) -> None:
    """Take the latest change back."""
    from emotion_desktop.jobs.dataset.editing import undo_job

    place = open_workspace(workspace)
    _run(place, *undo_job(place.root), before="Undone: ")


def redo(workspace: WorkspaceOption = None) -> None:
    """Make the change again that was undone last."""
    from emotion_desktop.jobs.dataset.editing import redo_job

    place = open_workspace(workspace)
    _run(place, *redo_job(place.root), before="Redone: ")


def move(
    folder: Annotated[Path, typer.Argument(help="The folder that missing photos lie in now.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Find photos again whose folder was moved or renamed."""
    from emotion_desktop.jobs.dataset.editing import move_job

    place = open_workspace(workspace)
    told: dict[str, Any] = run_job(place, *move_job(place.root, folder)).result
    rest = f" {told['missing']:,} are still missing." if told["missing"] else ""
    typer.echo(f"{counted(told['found'], 'photo')} found again.{rest}")


def _run(place: Workspace, spec: JobSpec, function: JobFunction, before: str = "") -> None:
    outcome = run_job(place, spec, function)
    typer.echo(f"{before}{outcome.result['title']}." if outcome.result else "It is so already.")
