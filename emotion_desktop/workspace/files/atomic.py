"""Writing files so that the last good state survives: stage, flush, swap."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from emotion_desktop.domain.errors import AppError


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
    staged = target.with_name(f".{target.name[:40]}-{os.urandom(8).hex()}")
    try:
        if path.exists() and not path.is_file() and not path.is_dir():
            with path.open("wb") as file:
                yield file
            return
        target.parent.mkdir(parents=True, exist_ok=True)
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
