"""The verb “dataset export”."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from emotion_desktop.cli.options import JsonOption, WorkspaceOption, open_workspace, write_answer
from emotion_desktop.cli.terminal import run_job
from emotion_desktop.dataset.export_formats import FORMATS, format_named
from emotion_desktop.domain.text import counted
from emotion_desktop.jobs.dataset.specs import ExportRequest, export_job

_TABLES = ", ".join(row.name for row in FORMATS.values() if row.is_table)
_DEFAULT = next(iter(FORMATS))
_FORMATS_HELP = " ".join(f"{row.name}: {row.explanation}" for row in FORMATS.values())


def export(
    *,
    target: Annotated[
        str,
        typer.Argument(metavar="TARGET", help=f"A new folder (a file for {_TABLES}), or s3://…."),
    ],
    format_name: Annotated[str, typer.Option("--format", help=_FORMATS_HELP)] = _DEFAULT,
    form: Annotated[
        str, typer.Option("--form", hidden=True, help="What --format was called.")
    ] = "",
    split: Annotated[
        str, typer.Option("--split", help="A frozen split; without it all labelled photos.")
    ] = "",
    copies: Annotated[
        bool, typer.Option("--copies", help="Write the split's synthesised copies out, too.")
    ] = False,
    profile: Annotated[str, typer.Option("--profile", help="The AWS profile, for S3.")] = "",
    json_to: JsonOption = None,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Write the labelled photos out, to disk or S3."""
    chosen = format_named(form or format_name)
    workspace = open_workspace(workspace_folder)
    order = ExportRequest(target, chosen.name, split, copies, profile)
    result = run_job(workspace, export_job(order)).result
    if json_to is not None:
        write_answer(json_to, json.dumps(result, indent=1) + "\n")
    if json_to != "-":
        made = f" and {counted(result['copies'], 'copy', 'copies')}" if result["copies"] else ""
        typer.echo(f"{counted(result['photos'], 'photo')}{made} written to {target}.")
        if result["skipped"]:
            typer.echo(f"{counted(len(result['skipped']), 'file')} could not be read.")
