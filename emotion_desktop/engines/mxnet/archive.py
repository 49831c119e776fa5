"""An archive (tar, with or without compression) as a stream: its checksum is compared, and what
bursts is not unpacked."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from emotion_desktop.domain.errors import BundleError

#: Numbers that were learnt hardly shrink when they are packed; what shrinks more is made to burst.
_MOST_SHRUNK: Final = 30
_SMALL: Final = 256 << 20
_PIECE: Final = 1 << 20
_PACKERS: Final[dict[bytes, Callable[[IO[bytes]], Any]]] = {
    b"\x1f\x8b": lambda file: gzip.GzipFile(fileobj=file),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}


@contextmanager
def open_archive(path: Path) -> Iterator[Iterator[tuple[tarfile.TarInfo, IO[bytes] | None]]]:
    """The members of an archive in turn, each with its content, to be read before the next.

    When all of them were gone through, the rest is read, too: only at its end gzip says whether
    what came is what was packed.

    Raises:
        BundleError: it bursts.
        OSError: it cannot be read.
        EOFError, ValueError: it is damaged, or no archive.
    """
    with path.open("rb") as file:
        begin = file.read(6)
        file.seek(0)
        unpack = next((made for sign, made in _PACKERS.items() if begin.startswith(sign)), None)
        stream = _Guarded(file, unpack(file) if unpack else file)
        try:
            with tarfile.open(fileobj=stream, mode="r|", bufsize=_PIECE) as archive:
                yield ((m, archive.extractfile(m) if m.isreg() else None) for m in archive)
            while stream.read(_PIECE):
                continue
        except (tarfile.TarError, OverflowError, TypeError, lzma.LZMAError) as error:
            raise ValueError(str(error)) from None
        except OSError as error:
            if error.errno is None:  # of what was packed, not of the disk
                raise ValueError(str(error)) from None
            raise


class _Guarded(io.RawIOBase):
    """What comes out of a compressed file, as long as it is not absurdly more than went in."""

    def __init__(self, packed: IO[bytes], unpacked: Any) -> None:
        self._packed, self._unpacked = packed, unpacked
        self._count = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._unpacked.read(_PIECE if size < 0 else size)
        self._count += len(data)
        if self._count > _SMALL and self._count > _MOST_SHRUNK * self._packed.tell():
            raise BundleError(
                "The archive unpacks to far more than any model.",
                "Only import models from people you trust.",
            )
        return data
