"""The verbs that change what photos are: relabel, exclude, include, undo, redo, move."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from emotion_desktop.cli.options import WorkspaceOption, open_workspace
from emotion_desktop.cli.terminal import run_job
from emotion_desktop.domain.emotions import parse_emotion
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.job import JobSpec
from emotion_desktop.domain.text import counted
from emotion_desktop.jobs.dataset.specs import (
    exclude_job,
    move_job,
    redo_job,
    relabel_job,
    undo_job,
)
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
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Give photos a label of your own."""
    label = None if emotion == "source" else parse_emotion(emotion)
    if label is None and emotion != "source":
        raise UsageError(f"“{emotion}” is none of the emotions.", "Write --as happiness, say.")
    workspace = open_workspace(workspace_folder)
    _run(workspace, relabel_job(_numbers(workspace, photos), label))


def exclude(
    *,
    photos: PhotosArgument,
    reason: Annotated[str, typer.Option("--reason", help="Kept with them.")] = "by hand",
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Leave photos out of the data set; no file is touched."""
    workspace = open_workspace(workspace_folder)
    _run(workspace, exclude_job(_numbers(workspace, photos), reason))


def include(photos: PhotosArgument, workspace_folder: WorkspaceOption = None) -> None:
    """Take photos that were left out in again."""
    workspace = open_workspace(workspace_folder)
    _run(workspace, exclude_job(_numbers(workspace, photos), None))


def undo(workspace_folder: WorkspaceOption = None) -> None:
    """Take the latest change back."""
    workspace = open_workspace(workspace_folder)
    _run(workspace, undo_job(), before="Undone: ")


def redo(workspace_folder: WorkspaceOption = None) -> None:
    """Make the change again that was undone last."""
    workspace = open_workspace(workspace_folder)
    _run(workspace, redo_job(), before="Redone: ")


def move(
    folder: Annotated[Path, typer.Argument(help="The folder that missing photos lie in now.")],
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Find photos again whose folder was moved or renamed."""
    workspace = open_workspace(workspace_folder)
    result: dict[str, Any] = run_job(workspace, move_job(folder)).result
    rest = f" {result['missing']:,} are still missing." if result["missing"] else ""
    typer.echo(f"{counted(result['found'], 'photo')} found again.{rest}")


def _numbers(workspace: Workspace, photos: list[Path]) -> list[int]:
    from emotion_desktop.jobs.dataset.editing import find_photos

    with workspace.open_catalogue() as catalogue:
        return find_photos(catalogue, photos)


def _run(workspace: Workspace, spec: JobSpec, before: str = "") -> None:
    outcome = run_job(workspace, spec)
    typer.echo(f"{before}{outcome.result['title']}." if outcome.result else "It is so already.")
