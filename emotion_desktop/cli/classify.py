"""The verb “classify”."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from emotion_desktop.cli.options import (
    EngineOption,
    FacesOption,
    JsonOption,
    ModelOption,
    WorkspaceOption,
    check_engine,
    check_faces,
    open_workspace,
    percent,
    print_table,
    write_answer,
)
from emotion_desktop.cli.rekognition import YesOption, agree
from emotion_desktop.cli.terminal import ERRORS, run_job
from emotion_desktop.domain.prediction import PhotoStatus, Prediction
from emotion_desktop.domain.rekognition import REFERENCE
from emotion_desktop.domain.text import counted
from emotion_desktop.jobs.gallery.specs import classify_job


def classify(
    *,
    paths: Annotated[
        list[Path],
        # What may not be read is an entry, as any bad file is.
        typer.Argument(metavar="PATH…", readable=False, help="Photos and folders."),
    ],
    model: ModelOption = "builtin",
    faces: FacesOption = "find",
    engine: EngineOption = "",
    json_to: JsonOption = None,
    csv_to: Annotated[
        str | None, typer.Option("--csv", metavar="FILE|-", help="Write a row per face.")
    ] = None,
    sort_to: Annotated[
        Path | None,
        typer.Option("--sort-into", metavar="FOLDER", help="Copy photos, a folder per emotion."),
    ] = None,
    yes: YesOption = False,
    workspace_folder: WorkspaceOption = None,
) -> None:
    """Name the expression on every face in photos."""
    from emotion_desktop.engines.bundle import read_bundle
    from emotion_desktop.jobs.models.store import resolve_checked
    from emotion_desktop.jobs.predicting.prediction_files import as_csv, as_json, sort_into

    check_faces(faces)
    check_engine(engine)
    workspace = open_workspace(workspace_folder)
    results: list[Prediction] = []
    chosen: Path | str = REFERENCE
    if model == REFERENCE:
        agree(workspace, yes=yes, paths=paths)
    else:
        chosen = resolve_checked(workspace, model)
        read_bundle(chosen).engine(engine)
    job = classify_job(paths, chosen, faces, engine)
    run_job(workspace, job, on_batch=lambda batch: results.extend(batch.items))
    if not results:
        from emotion_desktop.domain.files.picture_formats import readable_formats

        ERRORS.print(f"There are no photos there. {readable_formats()}")
    if json_to is not None:
        write_answer(json_to, as_json(results))
    if csv_to is not None:
        write_answer(csv_to, as_csv(results))
    if sort_to is not None:
        copied = sort_into(results, sort_to)
        ERRORS.print(f"{counted(copied, 'photo')} copied into {sort_to}.")
    if results and json_to is None and csv_to is None and sort_to is None:
        _print_results(results)


def _print_results(results: list[Prediction]) -> None:
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
            table.add_row(name, words, percent(p1))
    print_table(table)
