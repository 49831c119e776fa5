"""What a recipe's training on SageMaker would send and cost, where it is not as with Amazon's own
algorithm."""

from __future__ import annotations

from pathlib import Path

from emotion_desktop.aws.regions import TENSORFLOW, container_uri
from emotion_desktop.aws.sagemaker.prices import Estimate, Prices, estimate_recipe
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.sagemaker import SageMakerTrainingRequest, has_gpu
from emotion_desktop.engines.bundle import read_bundle
from emotion_desktop.training.net.transfer import recipe_for
from emotion_desktop.training.recipe.architectures import BACKBONES, core_seconds_per_photo
from emotion_desktop.training.recipe.recipe import Recipe


def check_recipe(request: SageMakerTrainingRequest, region: str) -> None:
    """Whether a recipe can be trained so.

    Raises:
        UsageError: not on such machines, or the model to start from is not there.
        CloudError: not in that region.
    """
    machines = request.machines
    container_uri(region, gpu=has_gpu(machines.kind))
    if machines.count != 1:
        raise UsageError(
            "A recipe is trained on one machine.", "Choose one, of a larger kind if need be."
        )
    if not machines.run_container:
        raise UsageError(
            f"AWS's TensorFlow container does not run on {machines.kind}.",
            "Choose ml.g4dn.xlarge with a GPU, say, or ml.c5.2xlarge without.",
        )
    if request.start_from and not Path(request.start_from).is_file():
        raise UsageError(
            f"There is no model {Path(request.start_from).stem} to start from.", "Choose another."
        )


def faces_of(request: SageMakerTrainingRequest, *, split_is_grey: bool) -> tuple[int, bool]:
    """The side of the faces that are sent, pixels, and whether they are grey."""
    recipe = Recipe.from_dict(request.recipe)
    if request.start_from:
        recipe = recipe_for(read_bundle(Path(request.start_from)), recipe)
        return recipe.size, recipe.channels == 1
    return recipe.size, split_is_grey or recipe.channels == 1


def recipe_values(request: SageMakerTrainingRequest) -> dict[str, str]:
    """What is shown of the recipe before it is agreed to."""
    recipe = Recipe.from_dict(request.recipe)
    return {
        "recipe": recipe.title,
        "net": recipe.net,
        "epochs": str(recipe.epochs),
        "batch": str(recipe.batch),
        "learning_rate": f"{recipe.learning_rate:g}",
        "container": f"TensorFlow {TENSORFLOW}",
    }


def estimate_of_recipe(
    request: SageMakerTrainingRequest, photos: int, prices: Prices
) -> Estimate | None:
    """What it will take and cost; None if the machine's price is not known."""
    recipe = Recipe.from_dict(request.recipe)
    shown = photos * recipe.epochs
    return estimate_recipe(
        request.machines,
        core_seconds=shown * core_seconds_per_photo(recipe),
        photos=shown,
        prices=prices,
    )


def recipe_sends(request: SageMakerTrainingRequest) -> tuple[str, ...]:
    """What leaves this computer beside faces."""
    program = "This program's code for trainings, which runs there: less than 3 MB."
    if not request.start_from:
        return (program,)
    return (program, f"The net of the model “{Path(request.start_from).stem}” to start from.")


def recipe_warnings(request: SageMakerTrainingRequest) -> tuple[str, ...]:
    """What may go wrong."""
    recipe = Recipe.from_dict(request.recipe)
    warnings = []
    if recipe.net in BACKBONES and recipe.weights == "imagenet" and not request.start_from:
        warnings.append("The machine downloads ImageNet's weights from Google.")
    if recipe.net in BACKBONES and not has_gpu(request.machines.kind):
        warnings.append(
            f"{request.machines.kind} has no GPU: such a net takes long on it. "
            "ml.g4dn.xlarge has one."
        )
    return tuple(warnings)
