"""What a training was asked for: the parameters of its job, checked before any work."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.engines.bundle import Bundle, read_bundle
from emotion_desktop.training.recipe.options import changed
from emotion_desktop.training.recipe.recipes import Recipe, recipe_named
from emotion_desktop.workspace.paths import Workspace, default_workspace


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """A training as it was ordered.

    Attributes:
        workspace: whose cache, runs and splits are used.
        data: where the labelled photos are (see dataset.labels.read_labelled), or None for
        split: the name of a frozen split of the workspace.
        output: the bundle to write.
        recipe: with the order's own epochs and fractions in it.
        start_from: a bundle whose net is trained further; None for a new net.
        run: the run's id, which names its folder; empty where no state is kept.
        fingerprint: what the data's must be, for a run that is repeated or gone on with.
        notes: kept in the model's provenance (the licence of the photos, say).
    """

    workspace: Workspace
    data: Path | None
    split: str
    output: Path
    recipe: Recipe
    name: str
    seed: int = 0
    start_from: Path | None = None
    run: str = ""
    fingerprint: str = ""
    notes: str = ""

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> TrainingRequest:
        """Reads a job's parameters.

        ``output``, ``recipe`` (a name, or Recipe.to_dict) and ``data`` or ``split`` are needed;
        ``workspace``, ``name``, ``seed``, ``epochs``, ``fractions`` (training, validation, test),
        ``start_from``, ``run``, ``fingerprint`` and ``notes`` are not.

        Raises:
            UsageError: one of them is missing or cannot be used.
        """
        missing = [name for name in ("output", "recipe") if not parameters.get(name)]
        if not parameters.get("data") and not parameters.get("split"):
            missing.append("data")
        if missing:
            raise UsageError(f"A training needs to be told: {', '.join(missing)}.")
        recipe = _recipe(parameters["recipe"])
        if parameters.get("epochs") is not None:
            recipe = changed(recipe, {"epochs": parameters["epochs"]})
        try:
            seed = int(parameters.get("seed") or 0)
            if parameters.get("fractions") is not None:
                first, second, third = (float(share) for share in parameters["fractions"])
                recipe = replace(recipe, fractions=(first, second, third))
        except (TypeError, ValueError):
            raise UsageError(
                "The seed or the shares of the split are not numbers.",
                "Give a whole number for the seed, and three shares such as 0.7 0.15 0.15.",
            ) from None
        if not recipe.fractions[1] > 0:
            raise UsageError(
                "A training needs a share of the photos for validation.", "Give it 0.15, say."
            )
        name = str(parameters.get("name") or recipe.title).strip()
        if not 0 < len(name) <= 100:
            raise UsageError("The model's name is empty or too long.", "Use up to 100 characters.")
        return cls(
            workspace=Workspace(Path(parameters.get("workspace") or default_workspace())),
            data=_path(parameters.get("data")),
            split=str(parameters.get("split") or ""),
            output=Path(parameters["output"]),
            recipe=recipe,
            name=name,
            seed=seed,
            start_from=_path(parameters.get("start_from")),
            run=str(parameters.get("run") or ""),
            fingerprint=str(parameters.get("fingerprint") or ""),
            notes=str(parameters.get("notes") or ""),
        )

    @property
    def start_bundle(self) -> Bundle | None:
        """The bundle to start from.

        Raises:
            BundleError: it cannot be used.
        """
        return read_bundle(self.start_from, verify=True) if self.start_from else None

    @property
    def checkpoint(self) -> Path | None:
        """Where the run's state is kept."""
        return self.workspace.run(self.run).checkpoint if self.run else None

    def check_output(self) -> None:
        """Finds out now, not after the training, whether the bundle can be written.

        Raises:
            AppError: it cannot.
        """
        if self.output.is_dir():
            raise UsageError(f"{self.output.name} is a folder.", "Give the name of a file.")
        folder = self.output.absolute().parent
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            raise AppError(f"The folder {folder} may not be written.", "Choose another folder.")


def _path(given: Any) -> Path | None:
    return Path(given) if given else None


def _recipe(given: Any) -> Recipe:
    if isinstance(given, str):
        return recipe_named(given)
    try:
        return Recipe.from_dict(given)
    except ValueError:
        raise UsageError(
            "The recipe was made by another version of this program.",
            "Start a new training with one of the presets.",
        ) from None
