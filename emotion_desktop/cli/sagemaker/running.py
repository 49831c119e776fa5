"""The verbs of jobs that are at SageMaker: ``sagemaker list``, ``status``, ``attach``, ``stop``."""

from __future__ import annotations

import json
import time
from typing import Annotated, Any

import typer
from rich.table import Table

from emotion_desktop.cli.aws import ProfileOption, RegionOption
from emotion_desktop.cli.options import (
    JsonOption,
    WorkspaceOption,
    open_workspace,
    print_table,
    write_answer,
)
from emotion_desktop.cli.sagemaker.common import follow, show_model
from emotion_desktop.cli.terminal import run_job
from emotion_desktop.domain.sagemaker import AwsChoice
from emotion_desktop.jobs.sagemaker.specs import (
    attach_job,
    job_status_job,
    stop_job,
)
from emotion_desktop.workspace.runs.cloud_runs import CloudRuns


def list_runs(*, json_to: JsonOption = None, workspace_folder: WorkspaceOption = None) -> None:
    """Show the jobs of this workspace, as they were when last looked at."""
    workspace = open_workspace(workspace_folder)
    runs = CloudRuns(workspace.cloud_runs).all()
    if json_to is not None:
        write_answer(json_to, json.dumps([run.to_dict() for run in runs], indent=1) + "\n")
        return
    table = Table(box=None, pad_edge=False)
    # The name is what the other verbs ask for: it is never cut.
    table.add_column("job", no_wrap=True)
    table.add_column("started", no_wrap=True)
    table.add_column("stage", no_wrap=True)
    table.add_column("model")
    for run in runs:
        model = str(run.request.get("model", ""))
        what = run.result or model if run.kind == "training" else f"classify with {model}"
        started = time.strftime("%d %b %H:%M", time.localtime(run.created))
        detail = run.job.detail if run.job and not run.stage.is_over else ""
        words = f"{run.stage.value} {f'({detail})' if detail else ''}".strip()
        table.add_row(run.name, started, words, what)
    print_table(table)


def status(
    name: Annotated[str, typer.Argument(help="The job's name.")],
    *,
    profile: ProfileOption = None,
    region: RegionOption = None,
    json_to: JsonOption = None,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Ask AWS how a job is doing, and show its stages, time and cost so far."""
    workspace = open_workspace(workspace_folder)
    spec = job_status_job(name, AwsChoice(profile or "", region or ""))
    answer: dict[str, Any] = run_job(workspace, spec).result
    if json_to is not None:
        write_answer(json_to, json.dumps(answer, indent=1) + "\n")
    if json_to != "-":
        typer.echo(answer["words"])


def attach(
    name: Annotated[str, typer.Argument(help="The job's name.")],
    *,
    labels: Annotated[
        str,
        typer.Option("--labels", help="For a job of another program: its classes, in order."),
    ] = "",
    profile: ProfileOption = None,
    region: RegionOption = None,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Take a job up, begun here or on another machine, and bring its model back when it is done."""
    from emotion_desktop.domain.external_model import parse_labels

    workspace = open_workspace(workspace_folder)
    words = parse_labels(labels) if labels else ()
    spec = attach_job(name, AwsChoice(profile or "", region or ""), words)
    result = follow(workspace, name, spec)
    if not result:
        return
    if CloudRuns(workspace.cloud_runs).load(name).kind == "transform":
        typer.echo(f"The answers are in {result}.")
    else:
        show_model(result)


def stop(
    name: Annotated[str, typer.Argument(help="The job's name.")],
    *,
    profile: ProfileOption = None,
    region: RegionOption = None,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Stop a job; what it has found so far is kept, and comes back with “attach”."""
    workspace = open_workspace(workspace_folder)
    spec = stop_job(name, AwsChoice(profile or "", region or ""))
    typer.echo(run_job(workspace, spec).result)
