"""Locks of the operating system: one program at a time, and none left by a program that died."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emotion_desktop.workspace.files.atomic import cannot_write


@contextmanager
def locked(path: Path, wait_s: float = 0.0) -> Iterator[bool]:
    """Holds a lock as long as the block lasts; yields whether it could be had.

    The system lets go of it when its holder ends, however that happens. Within one program, too,
    one block at a time holds it. The file stays: who waits and who comes next mean the same one.

    Args:
        path: the lock's file; it is made if need be, and its content means nothing.
        wait_s: how long to wait for another holder, seconds.

    Raises:
        AppError: the file cannot be written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path, thread_local=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=wait_s, poll_interval=0.02)
    except Timeout:
        yield False
        return
    except OSError as error:
        raise cannot_write(path, error) from None
    try:
        yield True
    finally:
        lock.release()
