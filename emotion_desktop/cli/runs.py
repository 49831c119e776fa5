"""The verbs of the run list: ``runs list``, ``go-on``, ``repeat``, ``remove``."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from emotion_desktop.cli.options import (
    JsonOption,
    WorkspaceOption,
    open_workspace,
    percent,
    print_table,
    write_answer,
)
from emotion_desktop.cli.terminal import run_job
from emotion_desktop.cli.train import show_trained
from emotion_desktop.workspace.model_store import ModelStore

app = typer.Typer(help="The trainings of this workspace.", no_args_is_help=True)
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="The run's id, or its beginning.")]


@app.command("list")
def runs_list(json_to: JsonOption = None, workspace_folder: WorkspaceOption = None) -> None:
    """Show all trainings with their state, figures and models."""
    from emotion_desktop.jobs.training.runs import list_runs

    known = list_runs(open_workspace(workspace_folder))
    if json_to is not None:
        entries = [
            {
                **asdict(item.run),
                "state": item.run.state.value,
                "history": [dict(figures) for figures in item.history.epochs],
                "can_go_on": item.can_go_on,
            }
            for item in known
        ]
        write_answer(json_to, json.dumps(entries, indent=1) + "\n")
        return
    table = Table("run", "model", "state", "epochs", "mean recall", "begun", box=None)
    for item in known:
        run = item.run
        scores = run.scores or {}
        table.add_row(
            run.id[:6],
            run.name,
            f"{run.state.value}{', can go on' if item.can_go_on else ''}",
            str(run.epochs),
            percent(scores.get("mean_recall")),
            time.strftime("%Y-%m-%d %H:%M", time.localtime(run.created)),
        )
    print_table(table)


@app.command("go-on")
def runs_go_on(run: RunArgument, workspace_folder: WorkspaceOption = None) -> None:
    """Go on with a paused, interrupted or failed training from its last finished epoch."""
    from emotion_desktop.jobs.training.runs import find_run
    from emotion_desktop.jobs.training.specs import go_on_request, train_job

    workspace = open_workspace(workspace_folder)
    job = train_job(go_on_request(workspace, find_run(workspace, run)))
    show_trained(run_job(workspace, job, keep_best=True))


@app.command("repeat")
def runs_repeat(
    run: RunArgument,
    name: Annotated[str | None, typer.Option("--name", help="The new model's name.")] = None,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Train once more with the same photos, recipe and seed: the same model comes of it."""
    from emotion_desktop.jobs.training.runs import find_run
    from emotion_desktop.jobs.training.specs import repeat_request, train_job

    workspace = open_workspace(workspace_folder)
    store, known = ModelStore(workspace.models), find_run(workspace, run)
    target = store.path_for(name or store.free_name(known.name))
    show_trained(run_job(workspace, train_job(repeat_request(known, target)), keep_best=True))


@app.command("remove")
def runs_remove(run: RunArgument, workspace_folder: WorkspaceOption = None) -> None:
    """Forget a training; the model it made stays."""
    from emotion_desktop.jobs.training.runs import find_run, remove_run

    workspace = open_workspace(workspace_folder)
    known = find_run(workspace, run)
    remove_run(workspace, known)
    typer.echo(f"The run of “{known.name}” was removed.")
