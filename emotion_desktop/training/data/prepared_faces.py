"""Prepared faces, in memory or on disk."""

from __future__ import annotations

import mmap
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

#: So much is read of mapped files before their pages are let go of: bounds the memory in use.
#: With each face that is read the system maps up to sixteen pages around it.
_LET_GO_AFTER: Final = 8 << 20


class PreparedFaces(Protocol):
    """(photos, size, size, channels) uint8, of which some are asked for at a time.

    An array is one.
    """

    def __len__(self) -> int: ...

    def __getitem__(self, which: Any) -> Pixels:
        """Some faces: a slice, or an array of their numbers."""


class MappedFaces:
    """Faces that stay on disk: memory-mapped files of faces, one after another.

    Memory in use does not grow with the number of faces: the system keeps what it can in its own
    cache, and this process holds on to a few megabytes.

    Args:
        files: of whole faces, with nothing between.
        shape: of a face.
        file_of: (photos,) the file of each face.
        rows: (photos,) which face of its file.
    """

    def __init__(
        self,
        files: Sequence[Path],
        shape: tuple[int, int, int],
        file_of: npt.NDArray[np.int32],
        rows: npt.NDArray[np.int32],
    ) -> None:
        self._shape = shape
        self._file_of = file_of
        self._rows = rows
        self._lock = threading.Lock()
        self._touched = 0
        self._maps = [_mapped(path, shape) for path in files]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, which: Any) -> Pixels:
        """Copies of some faces: a slice, or an array of their numbers."""
        file_of, rows = self._file_of[which], self._rows[which]
        out = np.empty((len(rows), *self._shape), np.uint8)
        for number in np.unique(file_of):
            of_file = file_of == number
            out[of_file] = self._maps[number][rows[of_file]]
        with self._lock:
            self._touched += out.nbytes
            if self._touched >= _LET_GO_AFTER:
                self._touched = 0
                for mapped in self._maps:
                    _let_go(mapped)
        return out

    def part(self, which: npt.NDArray[np.int32]) -> MappedFaces:
        """Some of the faces, in the order of their numbers; the files are shared."""
        other = object.__new__(MappedFaces)
        other.__dict__.update(self.__dict__)
        other._file_of, other._rows = self._file_of[which], self._rows[which]
        return other


def _mapped(path: Path, shape: tuple[int, int, int]) -> Any:
    mapped = np.memmap(path, np.uint8, mode="r")
    face = int(np.prod(shape))
    return mapped[: len(mapped) // face * face].reshape(-1, *shape)


def _let_go(mapped: Any) -> None:
    """Takes a file's pages out of this process's memory; they stay in the system's cache."""
    base = mapped
    while base is not None and not isinstance(base, mmap.mmap):
        base = getattr(base, "_mmap", None) or base.base
    if base is not None and hasattr(base, "madvise"):  # not on Windows
        base.madvise(mmap.MADV_DONTNEED)
