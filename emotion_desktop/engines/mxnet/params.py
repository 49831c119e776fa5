"""Reading MXNet's ``.params`` files without MXNet: arrays by name.

The layout, all little-endian (MXNet 1.9.1, ``src/ndarray/ndarray.cc``): uint64 0x112, uint64 0;
uint64 count, then the arrays; uint64 count, then their names, each uint64 length and bytes, with
``arg:`` or ``aux:`` in front. An array begins with a word that tells its version:

    0xF993faca, 0xF993fac9   int32 kind of storage (0 is dense), uint32 dimensions, int64 each
    0xF993fac8               uint32 dimensions, int64 each
    anything else            is the number of dimensions itself, uint32 each

and goes on with int32 device, int32 its number, int32 type, and the data.
"""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import BundleError

Array = npt.NDArray[Any]

_LIST_MAGIC: Final = 0x112
_V1, _V2, _V3 = 0xF993FAC8, 0xF993FAC9, 0xF993FACA
_TYPES: Final[Mapping[int, str]] = {
    0: "<f4",
    1: "<f8",
    2: "<f2",
    3: "|u1",
    4: "<i4",
    5: "|i1",
    6: "<i8",
}
_MAX_ARRAYS: Final = 100_000
_MAX_DIMENSIONS: Final = 8
_MAX_NAME: Final = 1000


def read_params(data: bytes) -> dict[str, Array]:
    """The arrays of a file by their names, without ``arg:`` and ``aux:``.

    Raises:
        BundleError: it is not such a file, is damaged, or holds something of another kind.
    """
    reader = _Reader(data)
    if reader.unpack("<QQ") != (_LIST_MAGIC, 0):
        raise _unusable("it does not begin as one does")
    arrays = [_read_array(reader) for _ in range(_count(reader))]
    names = [_read_name(reader) for _ in range(_count(reader))]
    if len(names) != len(arrays) or len(set(names)) != len(names):
        raise _unusable("its names do not fit its arrays")
    if reader.left:
        raise _unusable("there is more in it than there should be")
    return {name: array for name, array in zip(names, arrays, strict=True) if array is not None}


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, size: int) -> memoryview:
        if size > self.left:
            raise _unusable("a part of it is missing")
        self._at += size
        return self._data[self._at - size : self._at]

    def unpack(self, form: str) -> tuple[Any, ...]:
        return struct.unpack(form, self.take(struct.calcsize(form)))


def _count(reader: _Reader) -> int:
    (count,) = reader.unpack("<Q")
    if count > _MAX_ARRAYS:
        raise _unusable("it claims to hold more arrays than a model has")
    return int(count)


def _read_array(reader: _Reader) -> Array | None:
    """An array; None where one was saved that was never made."""
    (magic,) = reader.unpack("<I")
    if magic in (_V2, _V3):
        (storage,) = reader.unpack("<i")
        if storage != 0:
            raise _unusable("it holds sparse arrays")
    if magic in (_V1, _V2, _V3):
        (dimensions,) = reader.unpack("<i")
        wide = True
    else:
        dimensions, wide = magic, False
    if magic == _V3 and dimensions == -1:
        return None
    if not 0 <= dimensions <= _MAX_DIMENSIONS:
        raise _unusable("an array has too many dimensions")
    shape = reader.unpack(f"<{dimensions}{'q' if wide else 'I'}")
    if dimensions == 0 and magic != _V3:
        return None
    _, _, kind = reader.unpack("<iii")
    if kind not in _TYPES or any(side < 0 for side in shape):
        raise _unusable("an array is of an unknown type or shape")
    dtype = np.dtype(_TYPES[kind])
    # Of an array with a side of 0 there is nothing to take, however long its other sides are.
    if math.prod(max(side, 1) for side in shape) * dtype.itemsize > sys.maxsize:
        raise _unusable("an array is larger than any memory")
    raw = reader.take(math.prod(shape) * dtype.itemsize)
    return np.frombuffer(raw, dtype).reshape(shape)


def _read_name(reader: _Reader) -> str:
    (length,) = reader.unpack("<Q")
    if length > _MAX_NAME:
        raise _unusable("a name in it is too long")
    try:
        name = bytes(reader.take(length)).decode()
    except UnicodeDecodeError:
        raise _unusable("a name in it is no text") from None
    return name.removeprefix("arg:").removeprefix("aux:")


def _unusable(why: str) -> BundleError:
    return BundleError(
        f"This is not a usable file of MXNet parameters: {why}.", "Export or download it again."
    )
