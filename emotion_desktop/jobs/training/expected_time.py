"""How long a training will take: from what this computer took before, else a guess."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.domain.run import HERE, Run
from emotion_desktop.training.recipe.architectures import core_seconds_per_photo

if TYPE_CHECKING:
    from emotion_desktop.training.recipe.recipe import Recipe

#: What a training takes beside its epochs: starting, exporting, checking, scoring. Seconds.
_BESIDE_S: Final = 40.0
#: Of one core, to find and prepare a face that is not in the cache yet.
_FINDING_S: Final = 0.012
#: Of one core, to find a face and compute its expert features.
_EXPERT_FEATURES_S: Final = 0.025


def expected_seconds(recipe: Recipe, photos: int, runs: Iterable[Run]) -> tuple[float, bool]:
    """Seconds a training will take, and whether that was measured on this computer.

    Args:
        photos: it learns from.
        runs: earlier ones, the newest first.
    """
    alike = [
        run
        for run in runs
        if run.place == HERE and run.epochs and run.photos and _alike(run, recipe)
    ]
    per_epoch = None
    if alike:
        # The longest says most: a first epoch takes longer, graphs are compiled in it.
        run = max(alike, key=lambda run: run.epochs)
        per_epoch = run.seconds / run.epochs / run.photos
    measured = per_epoch is not None
    cores = os.cpu_count() or 1
    beside = _BESIDE_S
    if recipe.uses_expert_features:
        beside += photos * _EXPERT_FEATURES_S / cores
    if per_epoch is None:
        per_epoch = core_seconds_per_photo(recipe) / cores
        return photos * (per_epoch * recipe.epochs + _FINDING_S / cores) + beside, measured
    return photos * per_epoch * recipe.epochs + beside, measured


def _alike(run: Run, recipe: Recipe) -> bool:
    """Whether a step of a run took as long as one of the recipe's will."""
    before: Any = run.parameters.get("recipe")
    if not isinstance(before, dict) or run.parameters.get("start_from"):
        return False
    same = ("net", "size", "channels", "width", "trained", "batch")
    return all(before.get(name) == getattr(recipe, name) for name in same)
