"""Saves what stands in the gallery: a table, all details, or copies of the photos, sorted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.job import Progress
from emotion_desktop.jobs.gallery.specs import PredictionFormat
from emotion_desktop.jobs.predicting.prediction_files import as_csv, as_json, sort_into
from emotion_desktop.workspace.files.atomic import write_atomically

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context


def save_predictions(
    context: Context, *, predictions: str, target: str, format: str
) -> dict[str, Any]:
    """Saves predictions and corrections as a table, with all details, or as copies of the photos
    in a folder per emotion."""
    made, corrections = context.resources.objects.get(predictions)

    def between(number: int) -> None:
        context.check_cancelled()
        context.emit(Progress(number, len(made), "copying photos"))

    if format == PredictionFormat.COPIES.value:
        count = sort_into(made, Path(target), corrections, between=between)
    else:
        write = as_csv if format == PredictionFormat.TABLE.value else as_json
        # File names may hold bytes that are no text; they go out as they came in.
        text = write(made, corrections).encode("utf-8", "surrogateescape")
        write_atomically(Path(target), text)
        count = len(made)
    return {"target": target, "photos": count}
