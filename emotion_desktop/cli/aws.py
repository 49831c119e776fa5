"""The verbs of the AWS account: ``aws doctor``, ``use``, ``make-bucket``."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated

import typer

from emotion_desktop.cli.options import JsonOption, WorkspaceOption, open_workspace, write_answer
from emotion_desktop.cli.terminal import run_job
from emotion_desktop.domain.sagemaker import Machines
from emotion_desktop.jobs.sagemaker.specs import examine_account_job, make_bucket_job
from emotion_desktop.workspace.paths import Workspace
from emotion_desktop.workspace.settings import Settings, load_settings, save_settings

app = typer.Typer(help="Your AWS account, as far as this program uses it.", no_args_is_help=True)

ProfileOption = Annotated[
    str | None,
    typer.Option("--profile", help="Of this computer's AWS configuration.", show_default=False),
]
RegionOption = Annotated[
    str | None,
    typer.Option("--region", help="Where buckets and jobs are.", show_default=False),
]
RoleOption = Annotated[
    str | None,
    typer.Option("--role", help="ARN of the role SageMaker takes on.", show_default=False),
]
BucketOption = Annotated[
    str | None,
    typer.Option("--bucket", help="What photos and models go through.", show_default=False),
]
InstanceOption = Annotated[str, typer.Option("--instance", help="The kind of machine.")]


def chosen(
    workspace: Workspace,
    *,
    profile: str | None = None,
    region: str | None = None,
    role: str | None = None,
    bucket: str | None = None,
) -> Settings:
    """The workspace's settings with what was said on the command line in their place."""
    options = {
        "aws_profile": profile,
        "aws_region": region,
        "aws_role": role,
        "aws_bucket": bucket,
    }
    given = {name: value for name, value in options.items() if value is not None}
    return replace(load_settings(workspace.settings), **given)


@app.command()
def doctor(
    *,
    profile: ProfileOption = None,
    region: RegionOption = None,
    role: RoleOption = None,
    bucket: BucketOption = None,
    instance: InstanceOption = "ml.g4dn.xlarge",
    spot: Annotated[bool, typer.Option("--spot", help="For spot training.")] = False,
    policies: Annotated[
        bool, typer.Option("--policies", help="Also print the policies to hand on.")
    ] = False,
    json_to: JsonOption = None,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Say whether everything is there that a training in the cloud needs, and what to do if not."""
    workspace = open_workspace(workspace_folder)
    settings = chosen(workspace, profile=profile, region=region, role=role, bucket=bucket)
    machines = Machines(kind=instance, spot=spot)
    job = examine_account_job(settings.aws_choice, settings.aws_role, settings.aws_bucket, machines)
    report = run_job(workspace, job).result
    if json_to is not None:
        write_answer(json_to, json.dumps(report, indent=1) + "\n")
    if json_to != "-":
        for finding in report["findings"]:
            mark = "ok     " if finding["good"] else "MISSING" if finding["blocks"] else "unsure "
            words = f"{finding['title']}: {finding['message']} {finding['hint']}"
            typer.echo(f"{mark} {words}".rstrip())
        if policies:
            typer.echo(f"\n{report['policies']}")
    if not report["good"]:
        raise typer.Exit(1)


@app.command()
def use(
    *,
    profile: ProfileOption = None,
    region: RegionOption = None,
    role: RoleOption = None,
    bucket: BucketOption = None,
    prices: Annotated[
        str | None,
        typer.Option("--prices", help="Your own, in dollars an hour: ml.g4dn.xlarge=0.74, …"),
    ] = None,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Remember profile, region, role, bucket and prices for this workspace. No secret is kept."""
    workspace = open_workspace(workspace_folder)
    settings = chosen(workspace, profile=profile, region=region, role=role, bucket=bucket)
    if prices is not None:
        from emotion_desktop.domain.machine_prices import parse_prices

        parse_prices(prices)
        settings = replace(settings, aws_prices=prices)
    save_settings(workspace.settings, settings)
    for name in ("profile", "region", "role", "bucket", "prices"):
        typer.echo(f"{name}: {getattr(settings, f'aws_{name}') or '–'}")


@app.command("make-bucket")
def make_bucket(
    name: Annotated[str, typer.Argument(help="Its name; one with your account's number.")] = "",
    *,
    profile: ProfileOption = None,
    region: RegionOption = None,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Make a private, encrypted bucket in the region of the jobs, and use it from now on."""
    workspace = open_workspace(workspace_folder)
    settings = chosen(workspace, profile=profile, region=region)
    made = run_job(workspace, make_bucket_job(settings.aws_choice, name)).result
    save_settings(workspace.settings, replace(load_settings(workspace.settings), aws_bucket=made))
    typer.echo(f"The bucket {made} is there, private and encrypted, and used from now on.")
