"""The verb “models import” for Keras, SavedModel and ONNX files: what they do not say is asked for,
and checked on photos. All of it happens in a worker process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.job import JobFunction, JobSpec, Lane
from emotion_desktop.domain.model import DEFAULT_CROP
from emotion_desktop.jobs.models.guarded import run_guarded

if TYPE_CHECKING:
    from emotion_desktop.workspace.paths import Workspace


@dataclass(frozen=True, slots=True)
class Described:
    """What was said of an external model.

    Attributes:
        labels: the emotions of its classes, in their order.
        scaling: one of domain.external_model.SCALINGS; empty to find out on photos.
        size: side of its pictures in pixels, for a model that does not say.
        crop: see domain.model.Preprocessing.
        extent: the same; None: the usual one of that crop.
        reversed_colours: blue comes first.
        photos: labelled ones to check it on.
        reading: how these are to be read, as ReadingOptions.to_dict says it; None as it suits.
    """

    labels: Sequence[str]
    scaling: str = ""
    size: int | None = None
    crop: str = DEFAULT_CROP
    extent: float | None = None
    reversed_colours: bool = False
    photos: Path | None = None
    reading: Mapping[str, Any] | None = None


def describe_job(source: Path) -> tuple[JobSpec, JobFunction]:
    """The job that looks into a model's files; its result is ExternalModel.to_dict."""
    parameters = {"source": str(source.absolute())}
    title = f"Look into {source.name}"
    return JobSpec("describe-foreign", title, Lane.CATALOGUE, parameters), run_guarded


def try_job(
    workspace: Workspace, source: Path, described: Described
) -> tuple[JobSpec, JobFunction]:
    """The job that tries every scaling on labelled photos; see external_model.try_external."""
    parameters = _parameters(workspace, source, described)
    title = f"Try {source.name} on photos"
    return JobSpec("try-foreign", title, Lane.COMPUTE, parameters), run_guarded


def import_job(
    workspace: Workspace, source: Path, described: Described, output: Path
) -> tuple[JobSpec, JobFunction]:
    """The job that writes a model's bundle; see external_model.import_external."""
    parameters = {**_parameters(workspace, source, described), "output": str(output.absolute())}
    title = f"Import {source.name}"
    return JobSpec("import-foreign", title, Lane.COMPUTE, parameters), run_guarded


def _parameters(workspace: Workspace, source: Path, described: Described) -> dict[str, Any]:
    return {
        "workspace": str(workspace.root.absolute()),
        "source": str(source.absolute()),
        "labels": list(described.labels),
        "scaling": described.scaling,
        "size": described.size,
        "crop": described.crop,
        "extent": described.extent,
        "reversed_colours": described.reversed_colours,
        "photos": str(described.photos.absolute()) if described.photos else None,
        "reading": dict(described.reading) if described.reading else None,
    }
