"""Files of models that others made are read in a worker process with bounds: whatever such a file
does to its reader, the program goes on and says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from emotion_desktop.domain.errors import BundleError
from emotion_desktop.domain.job import JobContext, JobSpec
from emotion_desktop.jobs.running.limits import Limits
from emotion_desktop.jobs.running.worker_process import (
    LimitExceededError,
    WorkerDiedError,
    run_in_worker,
)

#: What TensorFlow, Keras and a small net take.
_MEMORY: Final = 1_900_000_000
#: A net is in memory several times while it is converted.
_MEMORY_PER_BYTE: Final = 5
_CPU_S: Final = 110.0
_CPU_S_PER_BYTE: Final = 1.5e-6
#: Photos are read, and every scaling is tried on them.
_CPU_S_FOR_PHOTOS: Final = 1_800.0
_MOST_FILES: Final = 1_000


def run_guarded(spec: JobSpec, context: JobContext, workspace: Path) -> Any:
    """Runs a job on the file or folder ``source`` in a worker process.

    Args:
        workspace: the folder that the job works in.

    Raises:
        BundleError: the file took too much memory or time, or made its reader crash.
        AppError: as run_in_worker.
    """
    source = Path(spec.parameters["source"])
    size = _size(source)
    seconds = _CPU_S + size * _CPU_S_PER_BYTE
    if (spec.parameters.get("options") or {}).get("photos"):
        seconds += _CPU_S_FOR_PHOTOS
    try:
        limits = Limits(_MEMORY + size * _MEMORY_PER_BYTE, seconds)
        return run_in_worker(spec, context, workspace, limits=limits)
    except LimitExceededError as error:
        much = "memory" if error.what == "memory" else "time"
        raise BundleError(
            f"Reading {source.name} took more {much} than any model of its size needs, and was "
            "ended.",
            "It is damaged, or made to do harm. Nothing was imported.",
        ) from None
    except WorkerDiedError as error:
        if not error.crashed:
            raise
        raise BundleError(
            f"{source.name} made the process crash that read it.",
            "It is damaged, or made to do harm. Nothing was imported.",
        ) from None


def _size(source: Path) -> int:
    """Bytes of a file, or of a folder's files; 0 where that cannot be asked."""
    try:
        if not source.is_dir():
            return source.stat().st_size
        total = 0
        for number, path in enumerate(source.rglob("*")):
            if number > _MOST_FILES:
                break
            total += path.stat().st_size if path.is_file() else 0
    except OSError:
        return 0
    return total
