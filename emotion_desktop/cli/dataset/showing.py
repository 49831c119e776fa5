"""The verbs “dataset show” and “dataset remove”: what is in the workspace."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.table import Column, Table

from emotion_desktop.cli.options import (
    JsonOption,
    WorkspaceOption,
    open_workspace,
    print_table,
    write_answer,
)
from emotion_desktop.domain.emotions import EMOTIONS


def show(json_to: JsonOption = None, workspace_folder: WorkspaceOption = None) -> None:
    """Show what is in the workspace: sources, photos per emotion, frozen splits."""
    from emotion_desktop.jobs.dataset.overview import overview

    contents = overview(open_workspace(workspace_folder))
    if json_to is not None:
        write_answer(json_to, json.dumps(contents.to_dict(), indent=1) + "\n")
        return
    sources = Table(Column("source", overflow="fold"), "photos", "state", box=None, pad_edge=False)
    for source in contents.sources:
        state = "complete" if source.complete else "interrupted: import it again, or remove it"
        sources.add_row(source.location, f"{source.photos:,}", state)
    print_table(sources)
    counts = Table("emotion", "photos", box=None, pad_edge=False)
    sections = contents.tally.sections
    for section in (*EMOTIONS, *(name for name in sections if name not in EMOTIONS)):
        if sections.get(section):
            counts.add_row(section, f"{sections[section]:,}")
    print_table(counts)
    if contents.splits:
        splits = Table("split", "training", "validation", "test", "fingerprint", box=None)
        for split in contents.splits:
            parts = split.report["parts"]
            figures = (f"{parts[name]['photos']:,}" for name in ("training", "validation", "test"))
            splits.add_row(split.name, *figures, split.fingerprint)
        print_table(splits)


def remove(
    source: Annotated[str, typer.Argument(help="The source's path or address, as “show” has it.")],
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Take a source and its photos out of the workspace; files that lie elsewhere stay."""
    from emotion_desktop.jobs.dataset.overview import remove_source

    remove_source(open_workspace(workspace_folder), source)
    typer.echo("Removed.")
