"""The verb “sagemaker train”."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

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

if TYPE_CHECKING:
    from emotion_desktop.jobs.sagemaker.cloud_services import CloudServices

IMAGE_CLASSIFICATION: Final = "image-classification"
RECIPE: Final = "recipe"


def train(
    *,
    split: Annotated[str, typer.Option("--split", help="A frozen split of the workspace.")],
    name: Annotated[str, typer.Option("--name", help="The model's name in the store.")] = "",
    algorithm: Annotated[
        str,
        typer.Option(
            "--algorithm",
            help="image-classification is Amazon's (MXNet); recipe is one of this program's, by "
            "AWS's TensorFlow container.",
        ),
    ] = IMAGE_CLASSIFICATION,
    preset: Annotated[
        str | None,
        typer.Option("--preset", help=f"For Amazon's: {', '.join(PRESETS)}; else notebook."),
    ] = None,
    side: Annotated[
        int | None,
        typer.Option("--side", min=16, max=512, help="For Amazon's: of the faces, pixels."),
    ] = None,
    colour: Annotated[
        bool, typer.Option("--colour", help="For Amazon's: keep colours; else faces are grey.")
    ] = False,
    recipe: Annotated[
        str | None,
        typer.Option("--recipe", help="For a recipe: notebook, quick or best; else quick."),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="For a recipe: the same seed, the same model.")
    ] = 0,
    start_from: Annotated[
        str | None,
        typer.Option("--start-from", help="For a recipe: train this model further."),
    ] = None,
    settings_of_net: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="A hyperparameter of the algorithm, or an option of the recipe.",
        ),
    ] = None,
    instance: InstanceOption = "ml.g4dn.xlarge",
    count: CountOption = 1,
    spot: Annotated[bool, typer.Option("--spot", help="Spare machines: cheaper, slower.")] = False,
    max_hours: MaxHoursOption = 2.0,
    earlier: Annotated[
        str,
        typer.Option("--earlier", help="For Amazon's: go on from a model that it trained."),
    ] = "",
    profile: ProfileOption = None,
    region: RegionOption = None,
    role: RoleOption = None,
    bucket: BucketOption = None,
    yes: YesOption = False,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Train on SageMaker. Cost and what is sent are shown first. Ctrl-C leaves it running there."""
    from emotion_desktop.jobs.sagemaker.offer import make_offer

    workspace = open_workspace(workspace_folder)
    settings = chosen(workspace, profile=profile, region=region, role=role, bucket=bucket)
    cloud = Resources(workspace).cloud
    given = key_values(settings_of_net or [])
    if algorithm == RECIPE:
        _refuse({"--preset": preset, "--side": side, "--colour": colour, "--earlier": earlier})
        what = _recipe_wanted(cloud, recipe or "quick", given, seed, start_from)
    elif algorithm == IMAGE_CLASSIFICATION:
        _refuse({"--recipe": recipe, "--seed": seed, "--start-from": start_from}, by_recipe=True)
        what = _preset_wanted(cloud, preset or "notebook", given, side, earlier)
        what["grey"] = not colour
    else:
        raise UsageError(
            f"There is no algorithm “{algorithm}”.", f"There are: {IMAGE_CLASSIFICATION}, {RECIPE}."
        )
    request = SageMakerTrainingRequest(
        model=name or f"SageMaker {split}",
        split=split,
        machines=Machines(instance, count, spot, max_hours),
        role=settings.aws_role,
        bucket=settings.aws_bucket,
        **what,
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


def _preset_wanted(
    cloud: CloudServices, preset: str, given: Mapping[str, str], side: int | None, earlier: str
) -> dict[str, Any]:
    """What a request says of Amazon's image classification."""
    from emotion_desktop.jobs.sagemaker.earlier import earlier_address

    if preset not in PRESETS:
        raise UsageError(f"There is no preset “{preset}”.", f"There are: {', '.join(PRESETS)}.")
    return {
        "side": side or PRESETS[preset].side,
        "hyperparameters": {**PRESETS[preset].values, **given},
        "earlier": earlier_address(cloud, earlier) if earlier else "",
    }


def _recipe_wanted(
    cloud: CloudServices, name: str, given: Mapping[str, str], seed: int, start_from: str | None
) -> dict[str, Any]:
    """What a request says of a recipe."""
    from emotion_desktop.training.recipe.options import changed
    from emotion_desktop.training.recipe.presets import recipe_named

    recipe = changed(recipe_named(name), given)
    return {
        "side": recipe.size,
        "grey": recipe.channels == 1,
        "hyperparameters": {},
        "recipe": recipe.to_dict(),
        "seed": seed,
        "start_from": str(cloud.store.resolve(start_from).absolute()) if start_from else "",
    }


def _refuse(options: Mapping[str, object], *, by_recipe: bool = False) -> None:
    """Options of the other algorithm would be without effect.

    Raises:
        UsageError: one of them is given.
    """
    for option, value in options.items():
        if value:
            others = "a recipe" if by_recipe else "Amazon's image classification"
            wanted = RECIPE if by_recipe else IMAGE_CLASSIFICATION
            raise UsageError(
                f"{option} is for {others} alone.", f"Leave it out, or say --algorithm {wanted}."
            )
