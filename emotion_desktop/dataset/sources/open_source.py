"""From what the user names to what is imported: finds out what kind of source it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from emotion_desktop.dataset.sources.archive import is_archive, read_archive
from emotion_desktop.dataset.sources.class_folders import class_folders
from emotion_desktop.dataset.sources.import_plan import ImportPlan, copied, referenced
from emotion_desktop.dataset.sources.other_workspace import is_workspace, read_workspace
from emotion_desktop.dataset.sources.parquet_source import parquet_files, read_parquet
from emotion_desktop.dataset.sources.pixels import is_pixel_table, read_pixels
from emotion_desktop.dataset.sources.read_listing import only_table, read_listing
from emotion_desktop.dataset.sources.reading_options import ReadingOptions
from emotion_desktop.dataset.sources.record_source import read_records_source, record_files
from emotion_desktop.dataset.sources.voted_pixels import pixels_beside, read_voted_pixels
from emotion_desktop.domain.errors import DataError, UsageError
from emotion_desktop.workspace.catalogue.places import absolute

#: Stands for the workspace where there is none: nothing is written there.
_NOWHERE: Final = Path("/nowhere")


def open_source(
    source: Path,
    workspace: Path | None,
    options: ReadingOptions | None = None,
    *,
    copy: bool = False,
    without_labels: bool = True,
) -> ImportPlan:
    """Reads what a file or folder says of its photos.

    Args:
        source: another workspace, an exported set, a table of pixels or a folder with one, an
            archive, or whatever read_listing takes.
        workspace: the folder of the workspace it is for; None where photos must lie as files.
        options: what the user says of it.
        copy: copy the photos into it; otherwise they stay where they are.
        without_labels: take photos that nothing says the labels of as well.

    Raises:
        DataError: there is no such thing, it cannot be read, or there are no photos in it.
        UsageError: it is the workspace itself, or a rule for votes is wanted where there are none.
    """
    options = options or ReadingOptions()
    plan = _read(source, workspace, options, copy=copy, without_labels=without_labels)
    return plan.by_rule(options.votes)


def _read(
    source: Path,
    workspace: Path | None,
    options: ReadingOptions,
    *,
    copy: bool,
    without_labels: bool,
) -> ImportPlan:
    if source.is_dir() and is_workspace(source):
        if workspace is not None and source.resolve() == workspace.resolve():
            raise UsageError(
                "This is the workspace itself.", "Choose another one to import photos from."
            )
        listed = read_workspace(source)
    elif (unpack := _unpacker(source, options, without_labels=without_labels)) is not None:
        if workspace is None:
            raise DataError(
                f"The photos in {source.name} must be unpacked first.", "Import it as a data set."
            )
        return unpack(workspace)
    else:
        listed = read_listing(
            source,
            options.columns,
            without_labels=without_labels,
            labels_from=options.labels_from,
        )
    settings: dict[str, Any] = {"columns": options.to_dict()["columns"]}
    if copy and workspace is not None:
        return copied(listed, workspace, **settings)
    return referenced(listed, workspace or _NOWHERE, **settings)


def _unpacker(
    source: Path, options: ReadingOptions, *, without_labels: bool
) -> Callable[[Path], ImportPlan] | None:
    """Reads a source whose photos lie within a file; None for one whose photos are files."""
    if record_files(source) and not (source.is_dir() and class_folders(source)):
        return lambda workspace: read_records_source(source, workspace)
    if parquet_files(source) and not (source.is_dir() and class_folders(source)):
        return lambda workspace: read_parquet(source, workspace)
    if is_archive(source):
        return lambda workspace: read_archive(
            source, workspace, options, without_labels=without_labels
        )
    table = only_table(source) if source.is_dir() else source
    if table is not None and options.columns is None and is_pixel_table(table):
        return lambda workspace: read_pixels(table, workspace)
    pixels = None if table is None or options.columns is not None else pixels_beside(table)
    if table is not None and pixels is not None:
        return lambda workspace: read_voted_pixels(absolute(table), absolute(pixels), workspace)
    return None
