"""Writing files so that the last good state survives: stage, flush, swap."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from emotion_desktop.domain.errors import AppError
from emotion_desktop.workspace.files.staging import staged_path, sweep, sweep_once


def write_atomically(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Writes a file beside its target and puts it in place in one step.

    Links are followed. A device or pipe (``/dev/stdout``, say) is written to, never replaced.

    Args:
        durable: wait until it is on the disk. A power cut may spoil what is not, which is good
            enough for thousands of copies that can be made again.

    Raises:
        AppError: the disk is full, or the folder may not be written. The old file is untouched.
    """
    with written_atomically(path, durable=durable) as file:
        file.write(data)


@contextmanager
def written_atomically(path: Path, *, durable: bool = True) -> Iterator[IO[bytes]]:
    """The same, piece by piece: what is written to the file given is in place once all went well.

    Raises:
        AppError: as write_atomically. After any other exception, too, the old file is untouched.
    """
    target = Path(os.path.realpath(path))
    staged = staged_path(target)
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as file:
                yield file
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep_once(target.parent)
        with staged.open("xb") as file:
            yield file
            file.flush()
            if durable:
                os.fsync(file.fileno())
        staged.replace(target)
    except OSError as error:
        raise cannot_write(path, error) from None
    finally:
        with suppress(OSError):
            staged.unlink(missing_ok=True)


@contextmanager
def folder_written_atomically(target: Path) -> Iterator[Path]:
    """A folder beside the target that takes its place if all goes well; else nothing of it is left.

    Args:
        target: not there, or an empty folder.

    Raises:
        AppError: the disk is full, or the folder above may not be written.
    """
    staged = staged_path(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target.parent)
        staged.mkdir()
        yield staged
        if target.exists():
            target.rmdir()
        staged.replace(target)
    except OSError as error:
        raise cannot_write(target, error) from None
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def free_path(wanted: Path) -> Path:
    """The file that is to be written, or one beside it if another has taken its name."""
    number, free = 2, wanted
    while free.exists():
        free, number = wanted.with_stem(f"{wanted.stem}-{number}"), number + 1
    return free


def cannot_write(path: Path, error: OSError) -> AppError:
    """The sentence for a file that could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return AppError(
            f"The disk is full: {path.name} was not written.", "Free some space and try again."
        )
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return AppError(f"The folder {path.parent} may not be written.", "Choose another folder.")
    return AppError(
        f"{path.name} could not be written ({error.strerror or type(error).__name__}).",
        "Choose another folder.",
    )
