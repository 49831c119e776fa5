"""Saves what stands in the gallery: a table, all details, or copies of the photos, sorted."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Final

from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane, Progress
from emotion_desktop.domain.prediction import Prediction
from emotion_desktop.jobs.gallery.prediction_files import Corrections, as_csv, as_json, sort_into
from emotion_desktop.workspace.files.atomic import write_atomically

SAVING: Final = "save answers"


class Form(str, Enum):
    """What predictions are saved as."""

    TABLE = "csv"
    DETAILS = "json"
    COPIES = "copies"


def save_job(
    predictions: Sequence[Prediction], corrections: Corrections, target: Path, form: Form
) -> tuple[JobSpec, JobFunction]:
    """The job that saves predictions, with what people say of the faces.

    Args:
        target: the file; for copies the folder that gets a sub-folder per emotion.
    """
    spec = JobSpec(SAVING, f"Save {target.name}", Lane.CATALOGUE, {"target": str(target)})
    predictions, corrections = tuple(predictions), dict(corrections)

    def run(_: JobSpec, context: JobContext) -> dict[str, Any]:
        def between(number: int) -> None:
            context.check_cancelled()
            context.emit(Progress(number, len(predictions), "copying photos"))

        if form is Form.COPIES:
            count = sort_into(predictions, target, corrections, between=between)
        else:
            text = (as_csv if form is Form.TABLE else as_json)(predictions, corrections)
            # File names may hold bytes that are no text; they go out as they came in.
            write_atomically(target, text.encode("utf-8", "surrogateescape"))
            count = len(predictions)
        return {"target": str(target), "photos": count}

    return spec, run
