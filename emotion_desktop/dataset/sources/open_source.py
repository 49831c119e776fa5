"""From what the user names to what is imported: finds out what kind of source it is."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from emotion_desktop.dataset.sources.import_plan import ImportPlan, copied, referenced
from emotion_desktop.dataset.sources.listing import read_listing
from emotion_desktop.dataset.sources.other_workspace import is_workspace, read_workspace
from emotion_desktop.dataset.sources.pixels import is_pixel_table, read_pixels
from emotion_desktop.dataset.sources.table import Columns
from emotion_desktop.domain.errors import UsageError


def open_source(
    source: Path, workspace: Path, *, copy: bool = False, columns: Columns | None = None
) -> ImportPlan:
    """Reads what a file or folder says of its photos.

    Args:
        workspace: the folder of the workspace it is for.
        copy: copy the photos into it; otherwise they stay where they are.
        columns: those of a table of labels; None to find out.

    Raises:
        DataError: there is no such thing, it cannot be read, or there are no photos in it.
        UsageError: it is the workspace itself.
    """
    if source.is_dir() and is_workspace(source):
        if source.resolve() == workspace.resolve():
            raise UsageError(
                "This is the workspace itself.", "Choose another one to import photos from."
            )
        listed = read_workspace(source)
    elif source.is_file() and columns is None and is_pixel_table(source):
        return read_pixels(source, workspace)
    else:
        listed = read_listing(source, columns, without_labels=True)
    settings: dict[str, Any] = {"columns": asdict(listed.columns) if listed.columns else None}
    make = copied if copy else referenced
    return make(listed, workspace, **settings)
