"""The verb “dataset export”: labelled photos out of the workspace, to disk or S3."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane, Progress
from emotion_desktop.jobs.running.worker_process import run_in_worker

if TYPE_CHECKING:
    from emotion_desktop.dataset.export_formats import ExportFormat
    from emotion_desktop.dataset.exporting import Exported, Item

KIND = "export"
_S3 = "s3://"


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to write.

    Attributes:
        target: a path, or an address such as ``s3://bucket/prefix``.
        format: a name of dataset.export_formats.FORMATS.
        split: the frozen split to write; empty for all labelled photos in one.
        copies: write the copies out that the split's balance synthesises.
        profile: of AWS, for S3.
    """

    target: str
    format: str
    split: str = ""
    copies: bool = False
    profile: str = ""


def export_job(workspace: Path, order: ExportRequest) -> tuple[JobSpec, JobFunction]:
    """The job that writes, in a process of its own; its result is ``Exported`` as a dict."""
    spec = JobSpec(
        kind=KIND,
        title=f"Write the data set to {order.target.rstrip('/').rpartition('/')[2]}",
        lane=Lane.CLOUD if order.target.startswith(_S3) else Lane.CATALOGUE,
        parameters={"workspace": str(workspace), **asdict(order)},
    )
    return spec, run_in_worker


def run_export(spec: JobSpec, context: JobContext) -> dict[str, Any]:
    """What the worker does of it."""
    from emotion_desktop.dataset.export_formats import format_named
    from emotion_desktop.dataset.exporting import export

    parameters = dict(spec.parameters)
    workspace = Path(parameters.pop("workspace"))
    order = ExportRequest(**parameters)
    form = format_named(order.format)
    if not order.target.startswith(_S3):
        return asdict(export(_items(workspace, order), Path(order.target), form, context))
    return asdict(_to_bucket(workspace, order, form, context))


def _items(workspace: Path, order: ExportRequest) -> list[Item]:
    from emotion_desktop.dataset.exporting import items_of
    from emotion_desktop.dataset.synthesis import plan
    from emotion_desktop.domain.split import PARTS
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.catalogue.photos import labelled_photos
    from emotion_desktop.workspace.catalogue.splits import Splits
    from emotion_desktop.workspace.paths import Workspace

    with Catalogue(Workspace(workspace).catalogue) as catalogue:
        if not order.split:
            samples = labelled_photos(catalogue).samples
            return items_of([("", sorted(samples, key=lambda s: str(s.path)))])
        frozen = Splits(catalogue).load(order.split)
    synthesis = frozen.balance.synthesis if order.copies else None
    copies = plan(frozen.split.training, synthesis) if synthesis else []
    return items_of([(name, frozen.split.part(name)) for name in PARTS], copies)


def _to_bucket(
    workspace: Path, order: ExportRequest, form: ExportFormat, context: JobContext
) -> Exported:
    """Written on this computer first: what is sent is whole."""
    from emotion_desktop.aws.s3.photo_export import open_target, send_folder
    from emotion_desktop.dataset.export_formats import NO_TABLE_IN_S3
    from emotion_desktop.dataset.exporting import export
    from emotion_desktop.domain.errors import UsageError

    if form.is_table:
        raise UsageError(NO_TABLE_IN_S3, "Choose another format.")
    context.emit(Progress(0, 0, "looking at the bucket"))
    bucket, place = open_target(order.target, order.profile)
    workspace.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="export-", dir=workspace) as folder:
        staged = Path(folder, "set")
        told = export(_items(workspace, order), staged, form, context)
        send_folder(
            staged,
            bucket,
            place,
            report=lambda done, total: context.emit(
                Progress(done, total, f"sending, {done:,} of {total:,} files")
            ),
            stop=lambda: context.cancelled,
        )
    return told
