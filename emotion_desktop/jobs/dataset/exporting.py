"""The verb “dataset export”: labelled photos out of the workspace, to disk or S3."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.dataset.export_formats import NO_TABLE_IN_S3, format_named
from emotion_desktop.dataset.exporting import Item, export, items_of
from emotion_desktop.dataset.synthesis import plan_copies
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.job import Progress
from emotion_desktop.domain.split import PARTS
from emotion_desktop.jobs.dataset.specs import ExportRequest
from emotion_desktop.workspace.catalogue.photos import labelled_photos
from emotion_desktop.workspace.catalogue.splits import Splits

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context
    from emotion_desktop.workspace.paths import Workspace


def export_photos(context: Context, *, request: Mapping[str, Any]) -> dict[str, Any]:
    """Writes labelled photos to disk, in one of several forms; returns ``Exported`` as a dict."""
    wanted = ExportRequest(**request)
    items = _items(context.workspace, wanted)
    return asdict(export(items, Path(wanted.target), format_named(wanted.format), context))


def export_to_s3(context: Context, *, request: Mapping[str, Any]) -> dict[str, Any]:
    """Writes labelled photos to S3: on this computer first, so that what is sent is whole."""
    from emotion_desktop.aws.s3.photo_export import open_target, send_folder

    wanted = ExportRequest(**request)
    export_format = format_named(wanted.format)
    if export_format.is_table:
        raise UsageError(NO_TABLE_IN_S3, "Choose another format.")
    context.emit(Progress(0, 0, "looking at the bucket"))
    bucket, prefix = open_target(wanted.target, wanted.profile)
    folder = context.workspace.root
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="export-", dir=folder) as scratch:
        staged = Path(scratch, "set")
        result = export(_items(context.workspace, wanted), staged, export_format, context)
        send_folder(
            staged,
            bucket,
            prefix,
            report=lambda done, total: context.emit(
                Progress(done, total, f"sending, {done:,} of {total:,} files")
            ),
            stop=lambda: context.cancelled,
        )
    return asdict(result)


def _items(workspace: Workspace, wanted: ExportRequest) -> list[Item]:
    with workspace.open_catalogue() as catalogue:
        if not wanted.split:
            samples = labelled_photos(catalogue).samples
            return items_of([("", sorted(samples, key=lambda s: str(s.path)))])
        frozen = Splits(catalogue).load(wanted.split)
    synthesis = frozen.balance.synthesis if wanted.copies else None
    copies = plan_copies(frozen.split.training, synthesis) if synthesis else []
    return items_of([(name, frozen.split.part(name)) for name in PARTS], copies)
