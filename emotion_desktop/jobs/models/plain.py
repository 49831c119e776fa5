"""A model of the store written as plain files, for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from emotion_desktop.domain.job import Progress

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context


def export_plain(context: Context, *, reference: str, target: str, form: str) -> str:
    """Writes a model as a folder of plain files; returns where it is. Runs in the worker process.

    Raises:
        UsageError: there is no such model.
        AppError: it cannot be written so, or not there.
    """
    from emotion_desktop.engines.bundle import read_bundle
    from emotion_desktop.workspace.model_store import ModelStore

    bundle = read_bundle(ModelStore(context.workspace.models).resolve(reference), verify=True)
    context.emit(Progress(0, 0, "starting TensorFlow"))
    from emotion_desktop.training.plain.write import write_plain

    context.check_cancelled()
    context.emit(Progress(0, 0, f"writing {Path(target).name}"))
    write_plain(bundle, form, Path(target))
    return target
