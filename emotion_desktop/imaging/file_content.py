"""The one way to a photo's bytes: what is hashed, decoded and remembered is read once."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emotion_desktop.domain.errors import MissingPictureError, UnreadablePictureError
from emotion_desktop.domain.files.file_stamp import Stamp

#: A larger file is refused before it is read.
MAX_BYTES: Final = 512 * 1024 * 1024
#: A pipe that takes the file's place in this very moment is not waited on.
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file as it was read.

    Attributes:
        stamp: of the file that the bytes came from, whatever its path leads to by now; None where
            it was changed while it was read.
        settled: whether the stamp would tell a later change.
    """

    data: bytes
    stamp: Stamp | None
    settled: bool


def read_bytes(path: Path) -> bytes:
    """The file's bytes.

    Raises:
        UnreadablePictureError: it is not there, not a file, empty, too large or not readable.
    """
    return read_content(path).data


def read_content(path: Path) -> FileContent:
    """The file's bytes, with the stamp that goes with them.

    Raises:
        UnreadablePictureError: as read_bytes.
    """
    began = time.time_ns()
    # Few system calls: at each of them the threads of a batch wait for one another.
    try:
        before = os.stat(path)  # noqa: PTH116 - thousands at once: twice as fast
        _check(before)
        with open(path, "rb", buffering=0, opener=_opened) as file:
            data = file.read()
            after = os.fstat(file.fileno())
    except (FileNotFoundError, NotADirectoryError):
        raise MissingPictureError from None
    except PermissionError:
        raise UnreadablePictureError(
            "The file may not be read.", "Check its permissions."
        ) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnreadablePictureError(f"The file could not be read ({reason}).") from None
    except ValueError:  # a NUL in the path, say
        raise UnreadablePictureError("This is not a valid file name.") from None
    _check(after)
    stamp = Stamp.of(after)
    if _identity(before) != _identity(after) or len(data) != stamp.size:
        return FileContent(data, None, settled=False)
    return FileContent(data, stamp, stamp.is_settled(began))


def _check(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnreadablePictureError("This is not a file.")
    if status.st_size == 0:
        raise UnreadablePictureError("The file is empty.")
    if status.st_size > MAX_BYTES:
        raise UnreadablePictureError("The file is too large to be a photo (over 512 MB).")


def _opened(path: str, _: int) -> int:
    return os.open(path, _FLAGS | getattr(os, "O_CLOEXEC", 0))


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return (
        *(status.st_dev, status.st_ino, status.st_size),
        *(status.st_mtime_ns, status.st_ctime_ns),
    )
