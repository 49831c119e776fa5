"""The verb “dataset export”."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from emotion_desktop.cli.options import JsonOption, WorkspaceOption, open_workspace, write_answer
from emotion_desktop.cli.terminal import run_job
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.text import counted


def export(
    *,
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="A new folder (a file for csv), or s3://….")
    ],
    form: Annotated[
        str,
        typer.Option(
            "--form",
            help="folders: one per class; csv: a table, the photos stay; lst: photos and lists; "
            "recordio: one file per part, as MXNet and SageMaker read it.",
        ),
    ] = "folders",
    split: Annotated[
        str, typer.Option("--split", help="A frozen split; without it all labelled photos.")
    ] = "",
    copies: Annotated[
        bool, typer.Option("--copies", help="Write the split's synthesised copies out, too.")
    ] = False,
    profile: Annotated[str, typer.Option("--profile", help="The AWS profile, for S3.")] = "",
    json_to: JsonOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write the labelled photos out, to disk or S3."""
    from emotion_desktop.dataset.exporting import Format
    from emotion_desktop.jobs.dataset.exporting import ExportRequest, export_job

    forms = [item.value for item in Format]
    if form not in forms:
        raise UsageError(f"--form cannot be “{form}”.", f"Use {', '.join(forms)}.")
    place = open_workspace(workspace)
    order = ExportRequest(target, form, split, copies, profile)
    result = run_job(place, *export_job(place.root, order)).result
    if json_to is not None:
        write_answer(json_to, json.dumps(result, indent=1) + "\n")
    if json_to != "-":
        made = f" and {counted(result['copies'], 'copy', 'copies')}" if result["copies"] else ""
        typer.echo(f"{counted(result['photos'], 'photo')}{made} written to {target}.")
        if result["skipped"]:
            typer.echo(f"{counted(len(result['skipped']), 'file')} could not be read.")
