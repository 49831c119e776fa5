"""Memory, disks and packages that are wanting. The first two are known by what is said of them: few
libraries raise MemoryError, and an OSError comes from any depth."""

from __future__ import annotations

import errno
from typing import Final

from emotion_desktop.domain.packages import missing_package

#: Message and hint.
NO_MEMORY: Final = (
    "There was not enough memory.",
    "Close other programs or choose a smaller picture size.",
)
_NO_SPACE: Final = ("The disk is full.", "Free some space and try again.")
_READ_ONLY: Final = (
    "A folder that files must be written to is read-only.",
    "Choose another folder; for temporary files, by the variable TMPDIR.",
)
#: Of the C library, the loader, C++, NumPy and TensorFlow, in lower case.
_MEMORY_SIGNS: Final = (
    "cannot allocate memory",
    "failed to map segment",
    "bad_alloc",
    "unable to allocate",
    "out of memory",
    "oom when allocating",
    "resourceexhaustederror",
    "pthread_create() failed",
    "can't start new thread",
)
#: What Python raises where a library of C ran out of memory and did not say so.
_SILENT: Final = "error return without exception set"
#: HDF5 and others say it in words alone.
_DISK_SIGNS: Final = ("no space left on device", "disk quota exceeded")
_READ_ONLY_SIGNS: Final = ("read-only file system", "no usable temporary directory")


def ran_out(words: str) -> bool:
    """Whether what a library said means that there was no memory left."""
    heard = words.lower()
    return any(sign in heard for sign in _MEMORY_SIGNS)


def shortage(error: BaseException | None) -> tuple[str, str] | None:
    """What there was too little of, as message and hint; None for an error of another kind.

    Args:
        error: an exception; those that led to it are looked at, too.
    """
    while error is not None:
        if isinstance(error, ModuleNotFoundError):
            return missing_package(error.name or "")
        words = f"{type(error).__name__}: {error}".lower()
        if isinstance(error, MemoryError) or ran_out(words):
            return NO_MEMORY
        if isinstance(error, SystemError) and _SILENT in words:
            return NO_MEMORY
        number = error.errno if isinstance(error, OSError) else None
        if number in (errno.ENOSPC, errno.EDQUOT) or any(sign in words for sign in _DISK_SIGNS):
            return _NO_SPACE
        if number == errno.EROFS or any(sign in words for sign in _READ_ONLY_SIGNS):
            return _READ_ONLY
        error = error.__cause__ or error.__context__
    return None
