"""What tells, without opening a file, that it was changed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stamp:
    """Size in bytes and time of change in nanoseconds: while they hold, so does the content."""

    size: int
    modified: int


def stamp_of(path: Path) -> Stamp | None:
    """The stamp of a file as it is now; None where there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - thousands at once: twice as fast
    except (OSError, ValueError):
        return None
    return Stamp(status.st_size, status.st_mtime_ns)
