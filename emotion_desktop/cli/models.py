"""The verbs of the model store: ``models list``, ``import``, ``export``, ``remove``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from emotion_desktop.cli.options import (
    WorkspaceOption,
    open_workspace,
    percent,
    print_table,
    write_answer,
)
from emotion_desktop.workspace.model_store import ModelStore

app = typer.Typer(help="The models this program can use.", no_args_is_help=True)


@app.command("list")
def models_list(
    json_to: Annotated[
        str | None, typer.Option("--json", metavar="FILE|-", help="Write the list as JSON.")
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show all models with their scores on people they had never seen."""
    from emotion_desktop.jobs.models import list_models

    stored = list_models(ModelStore(open_workspace(workspace).models))
    if json_to is not None:
        entries = [
            {
                "name": model.reference,
                "problem": model.problem or None,
                "card": model.card.to_dict() if model.card else None,
            }
            for model in stored
        ]
        write_answer(json_to, json.dumps(entries, indent=1) + "\n")
        return
    table = Table("model", "trained with", "mean recall", "accuracy", box=None, pad_edge=False)
    for model in stored:
        scores = model.card.scores if model.card else None
        recipe = model.card.provenance.recipe.get("name", "") if model.card else model.problem
        table.add_row(
            model.reference,
            str(recipe),
            percent(scores.mean_recall if scores else None),
            percent(scores.accuracy if scores else None),
        )
    print_table(table)


@app.command("import")
def models_import(
    file: Annotated[Path, typer.Argument(help="A model bundle (.emodel).")],
    name: Annotated[str | None, typer.Option("--name", help="Its name in the store.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Check a model bundle and take it into the store."""
    from emotion_desktop.jobs.models import import_model

    chosen = import_model(ModelStore(open_workspace(workspace).models), file, name)
    typer.echo(f"Imported as “{chosen}”.")


@app.command("export")
def models_export(
    name: Annotated[str, typer.Argument(help="The model's name.")],
    file: Annotated[Path, typer.Argument(help="Where to write it.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Write a copy of a model's bundle."""
    from emotion_desktop.jobs.models import export_model

    target = export_model(ModelStore(open_workspace(workspace).models), name, file)
    typer.echo(f"Written to {target}.")


@app.command("remove")
def models_remove(
    name: Annotated[str, typer.Argument(help="The model's name.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Delete a model from the store."""
    ModelStore(open_workspace(workspace).models).remove(name)
    typer.echo(f"“{name}” was removed.")
