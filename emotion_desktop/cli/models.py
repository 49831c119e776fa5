"""The verbs of the model store: ``models list``, ``import``, ``export``, ``remove``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from emotion_desktop.cli.options import (
    JsonOption,
    WorkspaceOption,
    open_workspace,
    percent,
    print_table,
    write_answer,
)
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
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.external_model import (
    SCALINGS,
    ExternalModelOptions,
    parse_labels,
)
from emotion_desktop.domain.files.model_files import is_external, is_mxnet
from emotion_desktop.domain.model import CROPS, DEFAULT_CROP, DEFAULT_EXTENTS, PLAIN_FORMS
from emotion_desktop.jobs.models.specs import (
    describe_external_job,
    export_model_job,
    export_plain_job,
    import_external_job,
    import_model_job,
    import_mxnet_job,
)
from emotion_desktop.workspace.model_store import ModelStore
from emotion_desktop.workspace.paths import Workspace

app = typer.Typer(help="The models this program can use.", no_args_is_help=True)


@app.command("list")
def models_list(
    json_to: JsonOption = None,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Show all models with their scores on people they had never seen."""
    from emotion_desktop.jobs.models.store import list_models

    stored = list_models(ModelStore(open_workspace(workspace_folder).models))
    if json_to is not None:
        entries = [
            {
                "name": model.reference,
                "problem": model.problem or None,
                "card": model.card.to_dict() if model.card else None,
            }
            for model in stored
        ]
        write_answer(json_to, json.dumps(entries, indent=1) + "\n")
        return
    table = Table("model", "trained with", "mean recall", "accuracy", box=None, pad_edge=False)
    for model in stored:
        scores = model.card.scores if model.card else None
        recipe = model.card.provenance.recipe.get("name", "") if model.card else model.problem
        table.add_row(
            model.reference,
            str(recipe),
            percent(scores.mean_recall if scores else None),
            percent(scores.accuracy if scores else None),
        )
    print_table(table)


@app.command("import")
def models_import(
    *,
    file: Annotated[
        Path,
        typer.Argument(
            help="A model bundle (.emodel); a Keras file (.keras, .h5), a SavedModel folder, an "
            "ONNX or LiteRT file (.onnx, .tflite), or a ZIP file with one of these; SageMaker's "
            "model.tar.gz, or one of MXNet's two files (NAME-symbol.json, NAME-0001.params) with "
            "the other beside it."
        ),
    ],
    name: Annotated[str | None, typer.Option("--name", help="Its name in the store.")] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            "--labels",
            metavar="anger,contempt,…",
            help="For a model made elsewhere: the emotions of its classes, in their order; not "
            "needed where a labels.txt beside it names them.",
        ),
    ] = None,
    size: Annotated[
        int | None,
        typer.Option(
            "--size",
            min=8,
            max=1024,
            help="For a model that does not say: side of its pictures in pixels.",
        ),
    ] = None,
    scaling: Annotated[
        str,
        typer.Option(
            "--scaling",
            help="For a Keras, SavedModel or ONNX model: what its pixels are scaled to, "
            f"{', '.join(SCALINGS)}; found out by itself with --check.",
        ),
    ] = "",
    check: Annotated[
        Path | None,
        typer.Option("--check", help="Labelled photos to check such a model on."),
    ] = None,
    columns: ColumnsOption = None,
    label: LabelOption = None,
    numbers: NumbersOption = "",
    persons: PersonsOption = None,
    labels_from: LabelsFromOption = "",
    votes: VotesOption = "",
    crop: Annotated[
        str, typer.Option("--crop", help="How it was shown faces: eyes (level) or box (upright).")
    ] = DEFAULT_CROP,
    extent: Annotated[
        float | None,
        typer.Option(
            "--extent",
            help="Side of its pictures in face sizes; the usual one if not given: "
            + ", ".join(f"{side} for {crop}" for crop, side in DEFAULT_EXTENTS.items())
            + ".",
        ),
    ] = None,
    reversed_colours: Annotated[
        bool, typer.Option("--bgr", help="It takes blue first, as OpenCV reads pictures.")
    ] = False,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Check a model and take it into the store."""
    _check_choices(scaling, crop)
    reading = reading_options(
        columns, label, numbers=numbers, persons=persons, labels_from=labels_from, votes=votes
    )
    if check is None:
        refuse_reading(reading, "No photos are read without --check.")
    workspace = open_workspace(workspace_folder)
    described = {
        "--scaling": bool(scaling),
        "--check": check is not None,
        "--crop": crop != DEFAULT_CROP,
        "--extent": extent is not None,
        "--bgr": reversed_colours,
    }
    if is_mxnet(file):
        _refuse_unused("For MXNet's files pictures are prepared in the usual way.", described)
        job = import_mxnet_job(file, _emotions(labels), name=name, size=size)
    elif is_external(file):
        options = ExternalModelOptions(
            _external_labels(workspace, file, labels),
            scaling,
            size,
            crop,
            extent,
            reversed_colours,
            check,
            reading.to_dict(),
        )
        job = import_external_job(file, options, name=name)
    else:
        given = described | {"--labels": labels is not None, "--size": size is not None}
        _refuse_unused("A model of this program says that itself.", given)
        job = import_model_job(file, name)
    if name is not None:
        ModelStore(workspace.models).path_for(name)  # what cannot be is refused before the work
    chosen = run_job(workspace, job).result
    typer.echo(f"Imported as “{chosen}”.")


def _check_choices(scaling: str, crop: str) -> None:
    """Refuses what is none of the choices before anything is read."""
    for option, given, choices in (("scaling", scaling, tuple(SCALINGS)), ("crop", crop, CROPS)):
        if given and given not in choices:
            raise UsageError(
                f"“{given}” is none of the choices for --{option}.",
                f"Choose one of {', '.join(choices)}.",
            )


def _refuse_unused(reason: str, given: Mapping[str, bool]) -> None:
    """Refuses options that would not be heeded: they were meant to change something."""
    unused = [option for option, there in given.items() if there]
    if unused:
        raise UsageError(f"{unused[0]} has no use here. {reason}", "Leave it out.")


def _external_labels(workspace: Workspace, file: Path, labels: str | None) -> tuple[str, ...]:
    """The emotions of the classes as the user says them, or else as the model's files do."""
    if labels is None:
        found = run_job(workspace, describe_external_job(file)).result["labels"]
        if found:
            return tuple(found)
    return _emotions(labels)


def _emotions(labels: str | None) -> tuple[str, ...]:
    """The emotions of the classes of a model that was made elsewhere."""
    if labels is None:
        raise UsageError(
            "A model made elsewhere does not say which emotions its classes are.",
            f"Say so, in its order: --labels {','.join(EMOTIONS)}.",
        )
    return parse_labels(labels)


@app.command("export")
def models_export(
    name: Annotated[str, typer.Argument(help="The model's name.")],
    file: Annotated[Path, typer.Argument(help="Where to write it: a file; with --as a folder.")],
    form: Annotated[
        str,
        typer.Option(
            "--as",
            help="Plain files for other programs in place of a bundle, the net with its scaling "
            f"and calibration inside: {', '.join(PLAIN_FORMS)}.",
        ),
    ] = "",
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Write a copy of a model's bundle, or plain files for other programs."""
    if form and form not in PLAIN_FORMS:
        raise UsageError(
            f"“{form}” is none of the forms for --as.", f"Choose one of {', '.join(PLAIN_FORMS)}."
        )
    workspace = open_workspace(workspace_folder)
    ModelStore(workspace.models).resolve(name)
    job = export_plain_job(name, file, form) if form else export_model_job(name, file)
    written = run_job(workspace, job).result
    typer.echo(f"Written to {written}.")


@app.command("remove")
def models_remove(
    name: Annotated[str, typer.Argument(help="The model's name.")],
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Delete a model from the store."""
    ModelStore(open_workspace(workspace_folder).models).remove(name)
    typer.echo(f"“{name}” was removed.")
