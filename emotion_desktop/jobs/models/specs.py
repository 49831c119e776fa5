"""Describes the jobs of the model store; the functions that do them are named in jobs.table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from emotion_desktop.jobs import table

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobSpec


def import_model_job(source: Path, name: str | None = None) -> JobSpec:
    """The job that checks a bundle and takes it into the store; its result is the name it got.

    Args:
        name: what it is to be called; None for the file's name, or that with a number.
    """
    parameters = {"source": str(source.absolute()), "name": name}
    return table.IMPORT_MODEL.spec(parameters, file=source.name)


def warm_up_job(model: Path) -> JobSpec:
    """Loads a model and the face finder."""
    return table.WARM_UP.spec({"model": str(model)})


def load_library_job(module: str) -> JobSpec:
    """Imports a library which takes long to load."""
    return table.LOAD_LIBRARY.spec({"module": module})


def export_model_job(reference: str, target: Path, *, replace: bool = False) -> JobSpec:
    """The job that writes a copy of a model's bundle; its result is the path of the copy.

    Args:
        target: a file, or a folder to write it into.
        replace: a file that is there is replaced.
    """
    parameters = {"reference": reference, "target": str(target.absolute()), "replace": replace}
    return table.EXPORT_MODEL.spec(parameters)
