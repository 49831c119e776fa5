"""The verb “sagemaker clean”."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Table

from emotion_desktop.cli.aws import BucketOption, ProfileOption, RegionOption, chosen
from emotion_desktop.cli.options import (
    JsonOption,
    WorkspaceOption,
    open_workspace,
    print_table,
    write_answer,
)
from emotion_desktop.cli.sagemaker.common import agree
from emotion_desktop.cli.terminal import run_job
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.jobs.sagemaker.specs import clean_job, list_leftovers_job


def clean(
    *,
    profile: ProfileOption = None,
    region: RegionOption = None,
    bucket: BucketOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
    json_to: JsonOption = None,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Show what this program left in the bucket, with its cost, and delete it when you agree."""
    workspace = open_workspace(workspace_folder)
    settings = chosen(workspace, profile=profile, region=region, bucket=bucket)
    if not settings.aws_bucket:
        raise UsageError("No bucket is chosen.", "Name it: --bucket NAME.")
    choice = settings.aws_choice
    found = run_job(workspace, list_leftovers_job(choice, settings.aws_bucket)).result
    if json_to is not None:
        write_answer(json_to, json.dumps(found, indent=1) + "\n")
        return
    if not found:
        typer.echo(f"There is nothing of this program in {settings.aws_bucket}.")
        return
    table = Table("what", "", "size", "a month", box=None, pad_edge=False)
    for item in found:
        size = f"{item['bytes'] / 1e6:,.1f} MB"
        month = f"${item['month']:.2f}" if item["month"] >= 0.01 else "under $0.01"
        table.add_row(item["title"], item["kind"], size, month)
    print_table(table)
    agree(yes, "Delete all of this? Models already brought back stay on this computer.")
    titles = [item["title"] for item in found]
    done = run_job(workspace, clean_job(choice, settings.aws_bucket, titles)).result
    typer.echo(f"{done['freed'] / 1e6:,.1f} MB were deleted.")
    if done["kept"]:
        typer.echo(f"Left, since jobs under way need it: {', '.join(done['kept'])}.")
