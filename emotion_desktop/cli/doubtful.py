"""The verb “doubtful”."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from emotion_desktop.cli.labelled import DataOption, PartOption, SplitOption, labelled_source
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
)
from emotion_desktop.cli.rekognition import YesOption, agree
from emotion_desktop.cli.terminal import run_job
from emotion_desktop.domain.rekognition import REFERENCE
from emotion_desktop.domain.text import counted
from emotion_desktop.jobs.comparing.specs import label_issues_job

if TYPE_CHECKING:
    from emotion_desktop.domain.labels import LabelIssues


def doubtful(
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
        typer.Option("--model", help="A model that judges as well, where it was not trained."),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="How many to show.")] = 30,
    json_to: JsonOption = None,
    yes: YesOption = False,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Show the labels that are doubted most, judged by models that never saw the person."""
    from emotion_desktop.jobs.predicting.model_choice import choose_models

    reading = reading_options(
        columns, labels, numbers=numbers, persons=persons, labels_from=labels_from, votes=votes
    )
    source = labelled_source(data, split, part, reading)
    workspace = open_workspace(workspace_folder)
    models = choose_models(workspace, model or [])
    if any(chosen.reference == REFERENCE for chosen in models):
        agree(workspace, yes=yes, data=source)
    found: LabelIssues = run_job(workspace, label_issues_job(models, source)).result
    if json_to is not None:
        write_answer(json_to, _as_json(found))
    if json_to != "-":
        _print(found, top)


def _as_json(found: LabelIssues) -> str:
    rows = [
        {
            "path": str(row.sample.path),
            "label": row.sample.emotion,
            "suggestion": row.suggestion,
            "label_share": row.label_probability,
            "suggestion_share": row.suggestion_probability,
            "suspect": row.suspect,
        }
        for row in found.labels
    ]
    shares = dict(found.wrong_rates)
    return json.dumps({"labels": rows, "wrong_shares": shares}, indent=1) + "\n"


def _print(found: LabelIssues, top: int) -> None:
    table = Table("photo", "label", "", "rather", "", box=None, pad_edge=False)
    for row in found.labels[:top]:
        name = Path(row.sample.path).name.encode("utf-8", "replace").decode()
        table.add_row(
            name,
            str(row.sample.emotion),
            percent(row.label_probability),
            row.suggestion,
            percent(row.suggestion_probability),
        )
    print_table(table)
    typer.echo(f"\n{found.suspects:,} of {len(found.labels):,} labels are suspects.")
    for emotion, share in found.wrong_rates.items():
        words = "cannot be told" if share is None else f"at least about {percent(share)}"
        typer.echo(f"  wrong among {emotion}: {words}")
    if found.unscored:
        left = counted(found.unscored, "photo")
        typer.echo(f"Left out: {left} without a face, or that cannot be read.")
    typer.echo(f"Judged by {'; '.join(found.models)}.")
