"""The verb “train”."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from emotion_desktop.cli.options import WorkspaceOption, key_values, open_workspace
from emotion_desktop.cli.reading import (
    ColumnsOption,
    LabelOption,
    LabelsFromOption,
    NumbersOption,
    PersonsOption,
    VotesOption,
    reading_options,
    refuse_reading,
)
from emotion_desktop.cli.terminal import run_job
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.job import Outcome
from emotion_desktop.workspace.model_store import ModelStore


def train(
    *,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="A folder per emotion, or a label file by its photos."),
    ] = None,
    columns: ColumnsOption = None,
    labels: LabelOption = None,
    numbers: NumbersOption = "",
    persons: PersonsOption = None,
    labels_from: LabelsFromOption = "",
    votes: VotesOption = "",
    start_from: Annotated[
        str | None,
        typer.Option("--start-from", help="Train this model further: its name or its bundle."),
    ] = None,
    recipe: Annotated[
        str, typer.Option("--recipe", help="How to train: notebook, quick or best.")
    ] = "quick",
    name: Annotated[
        str | None, typer.Option("--name", help="The model's name in the store.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Write the bundle here, not into the store."),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="The same seed gives the same model.")
    ] = 0,
    epochs: Annotated[
        int | None, typer.Option("--epochs", min=1, max=1000, help="Other than the recipe says.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Change the recipe, as in the advanced drawer; may stand several times.",
        ),
    ] = None,
    split: Annotated[
        str | None,
        typer.Option(
            "--split",
            help="The name of a frozen split; with --data, the share of persons for "
            "training/validation/test, like 70/15/15.",
        ),
    ] = None,
    shares: Annotated[
        list[str] | None,
        typer.Option(
            "--share",
            metavar="SOURCE=PERCENT",
            help="What a source's photos make up of an epoch; once for each source of the split.",
        ),
    ] = None,
    notes: Annotated[
        str, typer.Option("--notes", help="Kept with the model: the data's licence, say.")
    ] = "",
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Train a model on this computer. Ctrl-C once: stop and keep the best; twice: cancel."""
    from emotion_desktop.jobs.training.specs import train_job
    from emotion_desktop.training.recipe.options import changed
    from emotion_desktop.training.recipe.presets import recipe_named
    from emotion_desktop.training.recipe.request import TrainingRequest

    reading = reading_options(
        columns, labels, numbers=numbers, persons=persons, labels_from=labels_from, votes=votes
    )
    if data is None:
        refuse_reading(reading, "A frozen split was read when it was imported.")
    changes = key_values(settings or [])
    if epochs is not None:
        changes["epochs"] = str(epochs)
    chosen_recipe = changed(recipe_named(recipe), changes)
    if data is not None and split is not None:
        chosen_recipe = replace(chosen_recipe, fractions=_fractions(split))
    workspace = open_workspace(workspace_folder)
    store = ModelStore(workspace.models)
    source = split if data is None else data.stem
    chosen = name or (output.stem if output else store.free_name(f"{recipe} {source}"))
    request = TrainingRequest(
        chosen_recipe,
        output or store.path_for(chosen),
        chosen,
        data=data,
        reading=reading,
        split=split if data is None and split else "",
        seed=seed,
        start_from=store.resolve(start_from) if start_from else None,
        notes=notes,
        shares=_shares(shares or []),
    )
    show_trained(run_job(workspace, train_job(request), keep_best=True))


def show_trained(outcome: Outcome) -> None:
    """Prints what a training left."""
    typer.echo(outcome.result["summary"])
    if outcome.result["warning"]:
        typer.echo(outcome.result["warning"])
    typer.echo(f"The model is in {outcome.result['model']}.")


def _shares(texts: list[str]) -> tuple[tuple[str, float], ...]:
    shares = []
    for text in texts:
        source, _, number = text.rpartition("=")
        try:
            shares.append((source, float(number.removesuffix("%"))))
        except ValueError:
            raise UsageError(
                f"--share: “{text}” was not understood.", "Write legend.csv=40."
            ) from None
    return tuple(shares)


def _fractions(text: str) -> tuple[float, float, float]:
    try:
        parts = [float(part) for part in text.split("/")]
        total = sum(parts)
        first, second, third = (part / total for part in parts)
    except (ValueError, ZeroDivisionError):
        raise UsageError("--split was not understood.", "Write it like 70/15/15.") from None
    if min(first, second) <= 0 or third < 0:
        raise UsageError("Training and validation both need persons.", "Use 70/15/15, say.")
    return first, second, third
