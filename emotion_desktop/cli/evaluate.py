"""The verb “evaluate”."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from emotion_desktop.cli.options import (
    FacesOption,
    ModelOption,
    WorkspaceOption,
    check_faces,
    open_workspace,
    write_answer,
)
from emotion_desktop.cli.terminal import run_job
from emotion_desktop.jobs.engine_room import EngineRoom
from emotion_desktop.workspace.model_store import ModelStore


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

    check_faces(faces)
    place = open_workspace(workspace)
    file = ModelStore(place.models).resolve(model)
    room = EngineRoom(place.readings)
    spec, function = evaluate_job(room, file, data, faces, include_trained_on)
    outcome = run_job(place, spec, function)
    if json_to is not None:
        write_answer(json_to, json.dumps(outcome.result, indent=1) + "\n")
    if json_to != "-":
        from emotion_desktop.domain.scores import Scores
        from emotion_desktop.evaluation.words import describe

        typer.echo(describe(Scores.from_dict(outcome.result)))
