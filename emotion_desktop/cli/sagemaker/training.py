"""The verb “sagemaker train”."""

from __future__ import annotations

from typing import Annotated

import typer

from emotion_desktop.aws.sagemaker.hyperparameters import PRESETS
from emotion_desktop.cli.aws import (
    BucketOption,
    InstanceOption,
    ProfileOption,
    RegionOption,
    RoleOption,
    chosen,
)
from emotion_desktop.cli.options import WorkspaceOption, key_values, open_workspace
from emotion_desktop.cli.sagemaker.common import (
    CountOption,
    MaxHoursOption,
    YesOption,
    agree,
    follow,
    place_of_jobs,
    show_account,
    show_model,
)
from emotion_desktop.cli.terminal import ERRORS
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.sagemaker import CloudRun, Machines, SageMakerTrainingRequest
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.sagemaker.specs import begin_run_job


def train(
    *,
    split: Annotated[str, typer.Option("--split", help="A frozen split of the workspace.")],
    name: Annotated[str, typer.Option("--name", help="The model's name in the store.")] = "",
    preset: Annotated[str, typer.Option("--preset", help=f"{', '.join(PRESETS)}.")] = "notebook",
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
    count: CountOption = 1,
    spot: Annotated[bool, typer.Option("--spot", help="Spare machines: cheaper, slower.")] = False,
    max_hours: MaxHoursOption = 2.0,
    earlier: Annotated[
        str, typer.Option("--earlier", help="Go on from an earlier model trained there.")
    ] = "",
    profile: ProfileOption = None,
    region: RegionOption = None,
    role: RoleOption = None,
    bucket: BucketOption = None,
    yes: YesOption = False,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Train on SageMaker. Cost and what is sent are shown first. Ctrl-C leaves it running there."""
    from emotion_desktop.jobs.sagemaker.earlier import earlier_address
    from emotion_desktop.jobs.sagemaker.offer import make_offer

    if preset not in PRESETS:
        raise UsageError(f"There is no preset “{preset}”.", f"There are: {', '.join(PRESETS)}.")
    workspace = open_workspace(workspace_folder)
    settings = chosen(workspace, profile=profile, region=region, role=role, bucket=bucket)
    cloud = Resources(workspace).cloud
    values = {**PRESETS[preset].values, **key_values(settings_of_net or [])}
    request = SageMakerTrainingRequest(
        model=name or f"SageMaker {split}",
        split=split,
        side=side or PRESETS[preset].side,
        grey=not colour,
        hyperparameters=values,
        machines=Machines(instance, count, spot, max_hours),
        role=settings.aws_role,
        bucket=settings.aws_bucket,
        earlier=earlier_address(cloud, earlier) if earlier else "",
    )
    choice = place_of_jobs(settings)
    offer = make_offer(cloud, request, choice.region)
    account = show_account(choice)
    for line in (*offer.sends, f"Time: {offer.time}.", f"Cost: {offer.cost}.", *offer.warnings):
        ERRORS.print(line)
    agree(yes, "Send the faces and start the training?")
    run = CloudRun.new(request, choice, account)
    model = follow(workspace, run.name, begin_run_job(run))
    if model:
        show_model(model)
