"""The verb “dataset why”."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.table import Table

from emotion_desktop.cli.options import (
    JsonOption,
    WorkspaceOption,
    open_workspace,
    print_table,
    write_answer,
)
from emotion_desktop.cli.terminal import run_job
from emotion_desktop.jobs.dataset.specs import DEMO_EPOCHS, DEMO_PHOTOS, leak_demo_job


def why(
    *,
    seed: Annotated[int, typer.Option("--seed", min=0)] = 0,
    photos: Annotated[
        int, typer.Option("--photos", min=40, help="At most so many are used.")
    ] = DEMO_PHOTOS,
    epochs: Annotated[int, typer.Option("--epochs", min=1, max=100)] = DEMO_EPOCHS,
    json_to: JsonOption = None,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Show why: train the notebooks' way and by person, and see what each report is worth."""
    workspace = open_workspace(workspace_folder)
    result: dict[str, Any] = run_job(workspace, leak_demo_job(seed, photos, epochs)).result
    if json_to is not None:
        write_answer(json_to, json.dumps(result, indent=1) + "\n")
    if json_to == "-":
        return
    table = Table("way", "reported", "unseen people", "test photos known", box=None, pad_edge=False)
    for key, name in (("notebook", "synthesise, then split"), ("honest", "split by person first")):
        way = result[key]
        table.add_row(
            name,
            f"{way['reported']['accuracy']:.1%} / {way['reported']['mean_recall']:.1%}",
            f"{way['unseen']['accuracy']:.1%} / {way['unseen']['mean_recall']:.1%}",
            f"{way['known']:.0%}",
        )
    print_table(table)
    typer.echo("Accuracy / mean recall.")
