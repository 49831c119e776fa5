"""The verb “evaluate”."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from emotion_desktop.cli.labelled import DataOption, PartOption, SplitOption, labelled_source
from emotion_desktop.cli.options import (
    FacesOption,
    JsonOption,
    WorkspaceOption,
    check_faces,
    open_workspace,
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
)
from emotion_desktop.cli.rekognition import YesOption, agree
from emotion_desktop.cli.terminal import ERRORS, run_job
from emotion_desktop.domain.rekognition import REFERENCE
from emotion_desktop.jobs.comparing.specs import evaluate_job
from emotion_desktop.jobs.predicting.loaded_models import LoadedModels

if TYPE_CHECKING:
    from emotion_desktop.evaluation.comparison import Comparison


def evaluate(
    *,
    data: DataOption = None,
    split: SplitOption = None,
    part: PartOption = "test",
    columns: ColumnsOption = None,
    labels: LabelOption = None,
    numbers: NumbersOption = "",
    persons: PersonsOption = None,
    labels_from: LabelsFromOption = "",
    votes: VotesOption = "",
    model: Annotated[
        list[str] | None,
        typer.Option("--model", help="A model's name, or a bundle's path; several are compared."),
    ] = None,
    faces: FacesOption = "find",
    json_to: JsonOption = None,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="FILE",
            help="Write a report: .html, .md, .json, or .ipynb (a notebook that repeats it).",
        ),
    ] = None,
    include_trained_on: Annotated[
        bool,
        typer.Option(
            "--include-trained-on", help="Also score photos a model was trained on (flatters it)."
        ),
    ] = False,
    yes: YesOption = False,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Score models on labelled photos they were not trained on; compare several."""
    from emotion_desktop.jobs.comparing.report import check_format, write_report
    from emotion_desktop.jobs.predicting.model_choice import choose_models

    check_faces(faces)
    reading = reading_options(
        columns, labels, numbers=numbers, persons=persons, labels_from=labels_from, votes=votes
    )
    source = labelled_source(data, split, part, reading)
    if report is not None:
        check_format(report)
    workspace = open_workspace(workspace_folder)
    models = choose_models(workspace, model or ["builtin"])
    if any(chosen.reference == REFERENCE for chosen in models):
        others = [chosen.reference for chosen in models if chosen.reference != REFERENCE]
        agree(workspace, yes=yes, data=source, judged_with=() if include_trained_on else others)
    job = evaluate_job(models, source, faces, include_trained_on=include_trained_on)
    comparison: Comparison = run_job(workspace, job).result
    if json_to is not None:
        write_answer(json_to, json.dumps(_as_json(comparison), indent=1) + "\n")
    if json_to != "-":
        typer.echo(_in_words(comparison))
    if report is not None:
        write_report(
            comparison,
            LoadedModels(workspace.predictions),
            report,
            source,
            faces,
            workspace=workspace.root,
            include_trained_on=include_trained_on,
        )
        ERRORS.print(f"The report is in {report}.")


def _as_json(comparison: Comparison) -> dict[str, Any]:
    """A model's scores; of several models all figures, and the answers they are made of."""
    if len(comparison.scores.models) == 1:
        return comparison.scores.models[0].scores.to_dict()
    from emotion_desktop.evaluation.export import prediction_rows

    return {**comparison.scores.to_dict(), "answers": prediction_rows(comparison)}


def _in_words(comparison: Comparison) -> str:
    if len(comparison.scores.models) == 1:
        from emotion_desktop.evaluation.describe import describe

        return describe(comparison.scores.models[0].scores)
    from emotion_desktop.evaluation.comparison_words import describe_comparison

    return describe_comparison(comparison.scores)
