"""Describes the jobs of the model store; the functions that do them are named in jobs.table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from emotion_desktop.jobs import table

if TYPE_CHECKING:
    from emotion_desktop.domain.external_model import ExternalModelOptions
    from emotion_desktop.domain.job import JobSpec


def import_model_job(source: Path, name: str | None = None) -> JobSpec:
    """The job that checks a bundle and takes it into the store; its result is the name it got.

    Args:
        name: what it is to be called; None for the file's name, or that with a number.
    """
    parameters = {"source": str(source.absolute()), "name": name}
    return table.IMPORT_MODEL.spec(parameters, file=source.name)


def rename_model_job(name: str, new: str) -> JobSpec:
    """The job that gives a model of the store another name; its result is where it lies then."""
    return table.RENAME_MODEL.spec({"name": name, "new": new})


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


def export_plain_job(reference: str, target: Path, form: str) -> JobSpec:
    """The job that writes a model as plain files; its result is the path of their folder.

    Args:
        target: the folder, which is not there yet.
        form: one of domain.model.PLAIN_FORMS.
    """
    parameters = {"reference": reference, "target": str(target.absolute()), "form": form}
    return table.EXPORT_PLAIN.spec(parameters)


def check_bundle_job(source: Path) -> JobSpec:
    """The job that loads a bundle and asks its net; it has no result."""
    return table.CHECK_BUNDLE.spec({"source": str(source.absolute())}, file=source.name)


def describe_external_job(source: Path) -> JobSpec:
    """The job that looks into a model's files; its result is ExternalModel.to_dict."""
    return table.DESCRIBE_EXTERNAL.spec({"source": str(source.absolute())}, file=source.name)


def try_external_job(source: Path, options: ExternalModelOptions) -> JobSpec:
    """The job that tries every scaling on labelled photos; its result is that of
    training.external.external_model.try_external."""
    parameters = {"source": str(source.absolute()), "options": options.to_dict()}
    return table.TRY_EXTERNAL.spec(parameters, file=source.name)


def import_external_job(
    source: Path, options: ExternalModelOptions, *, name: str | None = None
) -> JobSpec:
    """The job that converts a model and takes it into the store; its result is the name it got.

    Args:
        name: what it is to be called; None for the file's name, or that with a number.
    """
    parameters = {"source": str(source.absolute()), "name": name, "options": options.to_dict()}
    return table.IMPORT_EXTERNAL.spec(parameters, file=source.name)


def describe_mxnet_job(source: Path) -> JobSpec:
    """The job that looks into a model's files; its result is ``classes``, how many it tells apart,
    and ``size``, the side of its pictures in pixels, or None where it does not say."""
    return table.DESCRIBE_MXNET.spec({"source": str(source.absolute())}, file=source.name)


def import_mxnet_job(
    source: Path, labels: Sequence[str], *, name: str | None = None, size: int | None = None
) -> JobSpec:
    """The job that converts a model and takes it into the store; its result is the name it got.

    Args:
        source: an archive (model.tar.gz), or NAME-symbol.json or NAME-NNNN.params.
        labels: the emotions of its classes, in their order.
        name: what it is to be called; None for the file's name, or that with a number.
        size: side of its pictures in pixels, for a model that does not say.
    """
    parameters = {
        "source": str(source.absolute()),
        "labels": list(labels),
        "name": name,
        "size": size,
    }
    return table.IMPORT_MXNET.spec(parameters, file=source.name)
