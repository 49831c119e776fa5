"""The verbs of Amazon SageMaker: ``train``, ``list``, ``status``, ``attach``, ``stop``."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from emotion_desktop.cli.aws import (
    BucketOption,
    InstanceOption,
    ProfileOption,
    RegionOption,
    RoleOption,
    choice_of,
    chosen,
)
from emotion_desktop.cli.options import (
    FacesOption,
    JsonOption,
    WorkspaceOption,
    check_faces,
    open_workspace,
    print_table,
    write_answer,
)
from emotion_desktop.cli.terminal import ERRORS, run_job
from emotion_desktop.domain.cloud import Machines, TrainingOrder, TransformOrder
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.jobs.engine_room import EngineRoom
from emotion_desktop.jobs.sagemaker.desk import Desk
from emotion_desktop.workspace.paths import Workspace
from emotion_desktop.workspace.settings import Settings

app = typer.Typer(help="Train and classify on Amazon SageMaker.", no_args_is_help=True)

YesOption = Annotated[
    bool, typer.Option("--yes", help="Agree to what is sent and what it may cost.")
]
_GOES_ON = "It goes on at AWS. Take it up: sagemaker attach {0}. Stop it: sagemaker stop {0}."


def desk_for(place: Workspace, settings: Settings) -> Desk:
    """Where the verbs of the cloud find things."""
    from emotion_desktop.cloud.prices import parse_prices

    return Desk(place, EngineRoom(place.readings), parse_prices(settings.aws_prices))


@app.command()
def train(
    *,
    split: Annotated[str, typer.Option("--split", help="A frozen split of the workspace.")],
    name: Annotated[str, typer.Option("--name", help="The model's name in the store.")] = "",
    preset: Annotated[
        str, typer.Option("--preset", help="notebook, quick or pretrained.")
    ] = "notebook",
    side: Annotated[
        int | None, typer.Option("--side", min=16, max=512, help="Of the faces, pixels.")
    ] = None,
    colour: Annotated[
        bool, typer.Option("--colour", help="Keep colours; without it faces are grey.")
    ] = False,
    settings_of_net: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="A hyperparameter of the algorithm."),
    ] = None,
    instance: InstanceOption = "ml.g4dn.xlarge",
    count: Annotated[int, typer.Option("--count", min=1, max=20, help="How many machines.")] = 1,
    spot: Annotated[bool, typer.Option("--spot", help="Spare machines: cheaper, slower.")] = False,
    max_hours: Annotated[
        float, typer.Option("--max-hours", min=0.1, max=120, help="It is stopped after that.")
    ] = 2.0,
    earlier: Annotated[
        str, typer.Option("--earlier", help="Go on from an earlier model trained there.")
    ] = "",
    profile: ProfileOption = None,
    region: RegionOption = None,
    role: RoleOption = None,
    bucket: BucketOption = None,
    yes: YesOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Train on SageMaker. Cost and what is sent are shown first. Ctrl-C leaves it running there."""
    from emotion_desktop.cloud.hyperparameters import PRESETS
    from emotion_desktop.jobs.sagemaker.offer import earlier_address, make_offer
    from emotion_desktop.jobs.sagemaker.train import train_on_sagemaker_job

    if preset not in PRESETS:
        raise UsageError(f"There is no preset “{preset}”.", f"There are: {', '.join(PRESETS)}.")
    place = open_workspace(workspace)
    settings = chosen(place, profile=profile, region=region, role=role, bucket=bucket)
    desk = desk_for(place, settings)
    values = {**PRESETS[preset].values, **_pairs(settings_of_net or [])}
    order = TrainingOrder(
        model=name or f"SageMaker {split}",
        split=split,
        side=side or PRESETS[preset].side,
        grey=not colour,
        hyperparameters=values,
        machines=Machines(instance, count, spot, max_hours),
        role=settings.aws_role,
        bucket=settings.aws_bucket,
        earlier=earlier_address(desk, earlier) if earlier else "",
    )
    offer = make_offer(desk, order)
    account = _account(settings)
    ERRORS.print(f"Account: {account.account}, {account.arn}")
    for line in (*offer.sends, f"Time: {offer.time}.", f"Cost: {offer.cost}.", *offer.warnings):
        ERRORS.print(line)
    _agree(yes, "Send the faces and start the training?")
    spec, function = train_on_sagemaker_job(desk, order, choice_of(settings), account.account)
    _follow(place, spec, function)


@app.command("list")
def list_runs(*, json_to: JsonOption = None, workspace: WorkspaceOption = None) -> None:
    """Show the jobs of this workspace, as they were when last looked at."""
    place = open_workspace(workspace)
    runs = desk_for(place, chosen(place)).runs.all()
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
        model = str(run.order.get("model", ""))
        what = run.result or model if run.kind == "training" else f"classify with {model}"
        started = time.strftime("%d %b %H:%M", time.localtime(run.created))
        detail = run.job.detail if run.job and not run.stage.final else ""
        words = f"{run.stage.value} {f'({detail})' if detail else ''}".strip()
        table.add_row(run.name, started, words, what)
    print_table(table)


@app.command()
def status(
    name: Annotated[str, typer.Argument(help="The job's name.")],
    *,
    json_to: JsonOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Ask AWS how a job is doing, and show its stages, time and cost so far."""
    from emotion_desktop.jobs.sagemaker.ask import ask_job

    place = open_workspace(workspace)
    settings = chosen(place)
    answer: dict[str, Any] = run_job(
        place, *ask_job(desk_for(place, settings), name, choice_of(settings))
    ).result
    if json_to is not None:
        write_answer(json_to, json.dumps(answer, indent=1) + "\n")
    if json_to != "-":
        typer.echo(answer["words"])


@app.command()
def attach(
    name: Annotated[str, typer.Argument(help="The job's name.")],
    *,
    labels: Annotated[
        str,
        typer.Option("--labels", help="For a job of another program: its classes, in order."),
    ] = "",
    profile: ProfileOption = None,
    region: RegionOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Take a job up, begun here or on another machine, and bring its model back when it is done."""
    from emotion_desktop.jobs.import_mxnet import parse_labels
    from emotion_desktop.jobs.sagemaker.attach import attach_job
    from emotion_desktop.jobs.sagemaker.transform.job import go_on_transform_job

    place = open_workspace(workspace)
    settings = chosen(place, profile=profile, region=region)
    words = parse_labels(labels) if labels else ()
    desk = desk_for(place, settings)
    if any(run.name == name and run.kind == "transform" for run in desk.runs.all()):
        outcome = run_job(place, *go_on_transform_job(desk, name), detach=True)
        done = f"The answers are in {outcome.result}."
        typer.echo(done if outcome.result else _GOES_ON.format(name))
        return
    spec, function = attach_job(desk, name, choice_of(settings), words)
    _follow(place, spec, function)


@app.command()
def stop(
    name: Annotated[str, typer.Argument(help="The job's name.")],
    *,
    workspace: WorkspaceOption = None,
) -> None:
    """Stop a job; what it has found so far is kept, and comes back with “attach”."""
    from emotion_desktop.jobs.sagemaker.ask import stop_job

    place = open_workspace(workspace)
    settings = chosen(place)
    run_job(place, *stop_job(desk_for(place, settings), name, choice_of(settings)))
    typer.echo(f"{name} was asked to stop. Bring back what it found: sagemaker attach {name}.")


def _follow(place: Workspace, spec: Any, function: Any) -> None:
    name = spec.parameters["run"]
    ERRORS.print(f"Job {name}")
    outcome = run_job(place, spec, function, detach=True)
    if outcome.result:
        typer.echo(f"The model is in the store as “{outcome.result}”.")
    else:
        typer.echo(_GOES_ON.format(name))


def _pairs(texts: list[str]) -> dict[str, str]:
    values = {}
    for text in texts:
        key, found, value = text.partition("=")
        if not found:
            raise UsageError(f"“{text}” was not understood.", "Write --set epochs=20.")
        values[key.strip()] = value.strip()
    return values


def _account(settings: Settings) -> Any:
    from emotion_desktop.cloud.session import open_session

    return open_session(settings.aws_profile, settings.aws_region).identity()


def _agree(yes: bool, question: str) -> None:
    if yes:
        return
    if not typer.confirm(question, err=True):
        raise typer.Abort


@app.command()
def transform(
    *,
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH…|s3://…", help="Photos and folders, or one S3 prefix."),
    ],
    model: Annotated[str, typer.Option("--model", help="A model that was trained there.")],
    faces: FacesOption = "find",
    artefact: Annotated[
        str, typer.Option("--artefact", help="Its model.tar.gz (s3://…), if it is not known.")
    ] = "",
    instance: InstanceOption = "ml.g4dn.xlarge",
    count: Annotated[int, typer.Option("--count", min=1, max=20, help="How many machines.")] = 1,
    max_hours: Annotated[
        float, typer.Option("--max-hours", min=0.1, max=120, help="It is stopped after that.")
    ] = 1.0,
    json_to: JsonOption = None,
    profile: ProfileOption = None,
    region: RegionOption = None,
    role: RoleOption = None,
    bucket: BucketOption = None,
    yes: YesOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Classify many photos on SageMaker's machines. Cost and what is sent are shown first."""
    from emotion_desktop.jobs.sagemaker.offer import earlier_address
    from emotion_desktop.jobs.sagemaker.transform.job import transform_job
    from emotion_desktop.jobs.sagemaker.transform.offer import count_photos, transform_offer

    check_faces(faces)
    place = open_workspace(workspace)
    settings = chosen(place, profile=profile, region=region, role=role, bucket=bucket)
    desk = desk_for(place, settings)
    source = paths[0] if len(paths) == 1 and paths[0].startswith("s3://") else ""
    order = TransformOrder(
        model=model,
        artefact=earlier_address(desk, artefact or model),
        machines=Machines(instance, count, False, max_hours),
        role=settings.aws_role,
        bucket=settings.aws_bucket,
        source=source,
        paths=() if source else tuple(str(Path(path).absolute()) for path in paths),
        faces=faces,
    )
    for line in transform_offer(desk, order, count_photos(order, choice_of(settings))):
        ERRORS.print(line)
    _agree(yes, "Start the machines?")
    account = _account(settings).account
    spec, function = transform_job(desk, order, choice_of(settings), account)
    name = spec.parameters["run"]
    ERRORS.print(f"Job {name}")
    outcome = run_job(place, spec, function, detach=True)
    if not outcome.result:
        typer.echo(_GOES_ON.format(name))
    elif json_to is not None:
        write_answer(json_to, Path(outcome.result).read_text(encoding="utf-8"))
    else:
        typer.echo(f"The answers are in {outcome.result}, and the gallery knows them.")


@app.command()
def clean(
    *,
    profile: ProfileOption = None,
    region: RegionOption = None,
    bucket: BucketOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
    json_to: JsonOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show what this program left in the bucket, with its cost, and delete it when you agree."""
    from emotion_desktop.jobs.sagemaker.clean import clean_job, list_leftovers_job

    place = open_workspace(workspace)
    settings = chosen(place, profile=profile, region=region, bucket=bucket)
    if not settings.aws_bucket:
        raise UsageError("No bucket is chosen.", "Name it: --bucket NAME.")
    choice = choice_of(settings)
    found = run_job(place, *list_leftovers_job(choice, settings.aws_bucket)).result
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
    _agree(yes, "Delete all of this? Models already brought back stay on this computer.")
    titles = [item["title"] for item in found]
    desk = desk_for(place, settings)
    freed = run_job(place, *clean_job(desk, choice, settings.aws_bucket, titles)).result
    typer.echo(f"{freed / 1e6:,.1f} MB were deleted. What jobs under way need was left.")
