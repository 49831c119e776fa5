"""The verbs, without a window: ``emotion-desktop VERB``."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from emotion_desktop import __version__
from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.domain.prediction import PhotoResult, PhotoStatus
from emotion_desktop.jobs.engine_room import EngineRoom
from emotion_desktop.terminal import ERRORS, run_job
from emotion_desktop.workspace.model_store import ModelStore
from emotion_desktop.workspace.paths import Workspace, default_workspace

app = typer.Typer(
    name="emotion-desktop",
    help="Sort photos by facial expression; train and judge classifiers honestly. "
    "Without a verb the window opens. It reads expressions, not feelings.",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
models_app = typer.Typer(help="The models this program can use.", no_args_is_help=True)
app.add_typer(models_app, name="models")

# Names of files are shown as they are: brackets and colons in them mean nothing.

FacesOption = Annotated[
    str,
    typer.Option(
        "--faces",
        help="find: faces only; find-or-whole: the whole photo where no face is found; "
        "whole: every photo is a face, do not look for any.",
    ),
]
ModelOption = Annotated[str, typer.Option("--model", help="A model's name, or a bundle's path.")]
WorkspaceOption = Annotated[
    Path | None, typer.Option("--workspace", help="The workspace folder.", show_default=False)
]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"emotion-desktop {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Options before a verb."""


@app.command()
def classify(
    *,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Photos and folders.")],
    model: ModelOption = "builtin",
    faces: FacesOption = "find",
    json_to: Annotated[
        str | None, typer.Option("--json", metavar="FILE|-", help="Write all answers as JSON.")
    ] = None,
    csv_to: Annotated[
        str | None, typer.Option("--csv", metavar="FILE|-", help="Write a row per face.")
    ] = None,
    sort_to: Annotated[
        Path | None,
        typer.Option("--sort-into", metavar="FOLDER", help="Copy photos, a folder per emotion."),
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Name the expression on every face in photos."""
    from emotion_desktop.jobs.classify import classify_job
    from emotion_desktop.jobs.results import as_csv, as_json, sort_into

    _check_faces(faces)
    place = _workspace(workspace)
    file = ModelStore(place.models).resolve(model)
    results: list[PhotoResult] = []
    spec, function = classify_job(EngineRoom(), paths, file, faces)
    run_job(place, spec, function, on_batch=lambda batch: results.extend(batch.items))
    if json_to is not None:
        _write(json_to, as_json(results))
    if csv_to is not None:
        _write(csv_to, as_csv(results))
    if sort_to is not None:
        copied = sort_into(results, sort_to)
        ERRORS.print(f"{copied:,} photos copied into {sort_to}.")
    if json_to is None and csv_to is None and sort_to is None:
        _print_results(results)


@app.command()
def evaluate(
    *,
    data: Annotated[
        Path, typer.Option("--data", help="A folder per emotion, or a label file by its photos.")
    ],
    model: ModelOption = "builtin",
    faces: FacesOption = "find",
    json_to: Annotated[
        str | None, typer.Option("--json", metavar="FILE|-", help="Write the scores as JSON.")
    ] = None,
    include_trained_on: Annotated[
        bool,
        typer.Option(
            "--include-trained-on", help="Also score photos the model was trained on (flatters it)."
        ),
    ] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Score a model on labelled photos it was not trained on."""
    from emotion_desktop.jobs.evaluate import evaluate_job

    _check_faces(faces)
    place = _workspace(workspace)
    file = ModelStore(place.models).resolve(model)
    spec, function = evaluate_job(EngineRoom(), file, data, faces, include_trained_on)
    outcome = run_job(place, spec, function)
    if json_to is not None:
        _write(json_to, json.dumps(outcome.result, indent=1) + "\n")
    if json_to != "-":
        from emotion_desktop.domain.scores import Scores
        from emotion_desktop.evaluation.words import describe

        typer.echo(describe(Scores.from_dict(outcome.result)))


@app.command()
def train(
    *,
    data: Annotated[
        Path, typer.Option("--data", help="A folder per emotion, or a label file by its photos.")
    ],
    recipe: Annotated[str, typer.Option("--recipe", help="How to train: notebook or quick.")],
    name: Annotated[
        str | None, typer.Option("--name", help="The model's name in the store.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Write the bundle here, not into the store."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same model.")] = 0,
    epochs: Annotated[
        int | None, typer.Option("--epochs", min=1, max=1000, help="Other than the recipe says.")
    ] = None,
    split: Annotated[
        str | None,
        typer.Option("--split", help="Persons for training/validation/test, like 70/15/15."),
    ] = None,
    notes: Annotated[
        str, typer.Option("--notes", help="Kept with the model: the data's licence, say.")
    ] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Train a model on this computer. Ctrl-C once: stop and keep the best; twice: cancel."""
    from emotion_desktop.jobs.train import train_job
    from emotion_desktop.training.recipes import RECIPES

    if recipe not in RECIPES:
        raise UsageError(f"There is no recipe “{recipe}”.", f"There are: {', '.join(RECIPES)}.")
    place = _workspace(workspace)
    store = ModelStore(place.models)
    chosen = name or (output.stem if output else store.free_name(f"{recipe} {data.stem}"))
    target = output or store.path_for(chosen)
    spec, function = train_job(
        data,
        recipe,
        target,
        chosen,
        seed=seed,
        epochs=epochs,
        fractions=_fractions(split),
        notes=notes,
    )
    outcome = run_job(place, spec, function, keep_best=True)
    typer.echo(outcome.result["summary"])
    typer.echo(f"The model is in {target}.")


@models_app.command("list")
def models_list(
    json_to: Annotated[
        str | None, typer.Option("--json", metavar="FILE|-", help="Write the list as JSON.")
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show all models with their scores on people they had never seen."""
    from emotion_desktop.jobs.models import list_models

    stored = list_models(ModelStore(_workspace(workspace).models))
    if json_to is not None:
        entries = [
            {
                "name": model.reference,
                "problem": model.problem or None,
                "card": model.card.to_dict() if model.card else None,
            }
            for model in stored
        ]
        _write(json_to, json.dumps(entries, indent=1) + "\n")
        return
    table = Table("model", "trained with", "mean recall", "accuracy", box=None, pad_edge=False)
    for model in stored:
        scores = model.card.scores if model.card else None
        recipe = model.card.provenance.recipe.get("name", "") if model.card else model.problem
        table.add_row(
            model.reference,
            str(recipe),
            _percent(scores.mean_recall if scores else None),
            _percent(scores.accuracy if scores else None),
        )
    _print_table(table)


@models_app.command("import")
def models_import(
    file: Annotated[Path, typer.Argument(help="A model bundle (.emodel).")],
    name: Annotated[str | None, typer.Option("--name", help="Its name in the store.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Check a model bundle and take it into the store."""
    from emotion_desktop.jobs.models import import_model

    chosen = import_model(ModelStore(_workspace(workspace).models), file, name)
    typer.echo(f"Imported as “{chosen}”.")


@models_app.command("export")
def models_export(
    name: Annotated[str, typer.Argument(help="The model's name.")],
    file: Annotated[Path, typer.Argument(help="Where to write it.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Write a copy of a model's bundle."""
    from emotion_desktop.jobs.models import export_model

    target = export_model(ModelStore(_workspace(workspace).models), name, file)
    typer.echo(f"Written to {target}.")


@models_app.command("remove")
def models_remove(
    name: Annotated[str, typer.Argument(help="The model's name.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Delete a model from the store."""
    ModelStore(_workspace(workspace).models).remove(name)
    typer.echo(f"“{name}” was removed.")


@app.command("install-launcher")
def install_launcher_verb() -> None:
    """Put the program into this user's menu, and offer it for photos and models."""
    from emotion_desktop.workspace.launcher import install_launcher

    typer.echo(f"Installed: {install_launcher()}")


@app.command("remove-launcher")
def remove_launcher_verb() -> None:
    """Take the program out of the menu again."""
    from emotion_desktop.workspace.launcher import remove_launcher

    removed = remove_launcher()
    typer.echo("Removed." if removed else "There was nothing to remove.")


def main(arguments: list[str]) -> int:
    """Runs a verb.

    Returns:
        0 when the run is done, 1 if it failed, 2 for wrong use, 130 if Ctrl-C ended it.
    """
    try:
        status = app(args=arguments, prog_name="emotion-desktop", standalone_mode=False)
    except UsageError as error:
        return _complain(error, 2)
    except AppError as error:
        return _complain(error, 1)
    except typer.Abort:
        return 130
    except BrokenPipeError:
        # Whoever read the answers has enough of them; nor may the flush at exit complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        # click's own complaints know how to print themselves, and their status
        show = getattr(error, "show", None)
        if show is None:
            raise
        show()
        return int(getattr(error, "exit_code", 2))
    return int(status or 0)


def _complain(error: AppError, status: int) -> int:
    ERRORS.print(Text.assemble(("Error:", "bold red"), " ", error.message))
    if error.hint:
        ERRORS.print(error.hint)
    return status


def _workspace(folder: Path | None) -> Workspace:
    from emotion_desktop.workspace.log import start_log

    workspace = Workspace(folder or default_workspace())
    start_log(workspace.log)
    return workspace


def _check_faces(value: str) -> None:
    from emotion_desktop.imaging.look import Faces

    if value not in {item.value for item in Faces}:
        raise UsageError(
            f"--faces cannot be “{value}”.", f"Use {', '.join(item.value for item in Faces)}."
        )


def _fractions(text: str | None) -> tuple[float, float, float] | None:
    if text is None:
        return None
    try:
        parts = [float(part) for part in text.split("/")]
        total = sum(parts)
        first, second, third = (part / total for part in parts)
    except (ValueError, ZeroDivisionError):
        raise UsageError("--split was not understood.", "Write it like 70/15/15.") from None
    if min(first, second) <= 0 or third < 0:
        raise UsageError("Training and validation both need persons.", "Use 70/15/15, say.")
    return first, second, third


def _write(target: str, text: str) -> None:
    if target == "-":
        # File names may hold bytes that are no text; they go out as they came in.
        sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
        sys.stdout.flush()
        return
    from emotion_desktop.workspace.atomic import write_atomically

    write_atomically(Path(target), text.encode("utf-8", "surrogateescape"))


def _print_results(results: list[PhotoResult]) -> None:
    table = Table("photo", "expression", "sure", box=None, pad_edge=False)
    for result in results:
        name = Path(result.path).name.encode("utf-8", "replace").decode()
        if result.status is PhotoStatus.UNREADABLE:
            table.add_row(name, f"could not be read: {result.error}", "")
        elif not result.faces:
            table.add_row(name, "no face found", "")
        for face in result.faces:
            (first, p1), (second, _) = face.ranking[:2]
            words = first if face.sure else f"probably {first}, maybe {second}"
            table.add_row(name, words, _percent(p1))
    _print_table(table)


def _percent(fraction: float | None) -> str:
    return "–" if fraction is None else f"{fraction:.0%}"


def _print_table(table: Table) -> None:
    Console(markup=False, emoji=False, highlight=False).print(table)
