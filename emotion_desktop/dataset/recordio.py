"""RecordIO: many pictures with their labels in one file, as MXNet and Amazon SageMaker read it.

Each record is little-endian: uint32 magic, uint32 kind and length, the payload, zeros up to a
multiple of 4. The upper three bits of the second word are the kind: 0 for a whole record. Readers
find their way by the magic word, so it may stand at no multiple of 4 within a payload: there the
record is cut into a beginning (1), middles (2) and an end (3), and the word itself is left out
(dmlc-core, ``src/recordio.cc``). The payload is uint32 flag, float32 label, uint64 id, uint64 id2
(MXNet's ``IRHeader``), then an encoded picture; a flag above 0 says that so many float32 labels
follow in place of the one.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from emotion_desktop.domain.errors import DataError
from emotion_desktop.workspace.files.atomic import written_atomically

_MAGIC: Final = 0xCED7230A
_MAGIC_BYTES: Final = struct.pack("<I", _MAGIC)
_FRAME: Final = struct.Struct("<II")
_HEADER: Final = struct.Struct("<IfQQ")
_LENGTH_BITS: Final = 29
_MAX_LENGTH: Final = (1 << _LENGTH_BITS) - 1
_WHOLE, _BEGINNING, _MIDDLE, _END = range(4)
_AGAIN: Final = "Export or download the file again."


@dataclass(frozen=True, slots=True)
class Record:
    """A picture with the number of its class.

    ``picture`` is an encoded file, PNG or JPEG; ``id`` is whatever the writer counts by.
    """

    label: int
    id: int
    picture: bytes


def write_records(path: Path, records: Iterable[Record]) -> int:
    """Writes a RecordIO file, record by record, and puts it in place at the end.

    Returns:
        How many records were written.

    Raises:
        AppError: the disk is full or the folder may not be written. An old file is untouched.
    """
    count = 0
    with written_atomically(path) as file:
        for record in records:
            write_record(file, record)
            count += 1
    return count


def write_record(file: IO[bytes], record: Record) -> None:
    """Appends one record.

    Raises:
        ValueError: the picture has half a gigabyte or more.
    """
    payload = _HEADER.pack(0, float(record.label), record.id, 0) + record.picture
    if len(payload) > _MAX_LENGTH:
        raise ValueError("a record cannot be longer than 512 MB")
    parts = _split(payload)
    last = len(parts) - 1
    for number, part in enumerate(parts):
        if last == 0:
            kind = _WHOLE
        else:
            kind = _BEGINNING if number == 0 else _END if number == last else _MIDDLE
        file.write(_FRAME.pack(_MAGIC, kind << _LENGTH_BITS | len(part)))
        file.write(part)
        file.write(bytes(-len(part) % 4))


def _split(payload: bytes) -> list[bytes]:
    """The payload without the magic words at multiples of 4 in it, cut where they were."""
    parts = []
    begin = found = 0
    while (found := payload.find(_MAGIC_BYTES, found)) >= 0:
        if found % 4:
            found += 1
            continue
        parts.append(payload[begin:found])
        begin = found = found + 4
    parts.append(payload[begin:])
    return parts


def read_offsets(path: Path) -> Iterator[tuple[int, Record]]:
    """Yields the records of a file, one at a time in memory, with the offsets where they begin.

    Raises:
        DataError: the file cannot be read, is damaged, or holds several labels per picture.
    """
    try:
        with path.open("rb") as file:
            offset = 0
            while (payload := _next_payload(file)) is not None:
                yield offset, _parse(payload)
                offset = file.tell()
    except OSError as error:
        raise _unreadable(path, error) from None


def read_record_at(path: Path, offset: int) -> Record:
    """Reads the record that begins at a place of a file.

    Raises:
        DataError: the file cannot be read, or no record begins there.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            payload = _next_payload(file)
    except OSError as error:
        raise _unreadable(path, error) from None
    if payload is None:
        raise _damaged()
    return _parse(payload)


def parse_record(data: bytes) -> Record:
    """Reads one record that begins at the first byte.

    Raises:
        DataError: it is damaged.
    """
    payload = _next_payload(io.BytesIO(data))
    if payload is None:
        raise _damaged()
    return _parse(payload)


def _next_payload(file: IO[bytes]) -> bytes | None:
    """The next record, put together; None at the end of the file."""
    kind, payload = _next_part(file)
    if kind is None:
        return None
    if kind == _WHOLE:
        return payload
    if kind != _BEGINNING:
        raise _damaged()
    parts = [payload]
    size = len(payload)
    while kind != _END:
        kind, payload = _next_part(file)
        size += len(payload) + 4
        if kind not in (_MIDDLE, _END) or size > _MAX_LENGTH:
            raise _damaged()
        parts.append(payload)
    return _MAGIC_BYTES.join(parts)


def _next_part(file: IO[bytes]) -> tuple[int | None, bytes]:
    frame = file.read(_FRAME.size)
    if not frame:
        return None, b""
    if len(frame) < _FRAME.size:
        raise _damaged()
    magic, word = _FRAME.unpack(frame)
    kind, length = word >> _LENGTH_BITS, word & _MAX_LENGTH
    if magic != _MAGIC or kind > _END:
        raise _damaged()
    payload = file.read(length)
    padding = file.read(-length % 4)
    if len(payload) < length or len(padding) < -length % 4:
        raise _damaged()
    return kind, payload


def _parse(payload: bytes) -> Record:
    if len(payload) < _HEADER.size:
        raise _damaged()
    flag, label, number, _ = _HEADER.unpack_from(payload)
    if flag:
        raise DataError(
            "The RecordIO file holds several labels per picture.",
            "Only files with one label per picture can be used.",
        )
    if not (0 <= label < 1 << 24 and label == int(label)):
        raise _damaged()
    return Record(int(label), number, payload[_HEADER.size :])


def _unreadable(path: Path, error: OSError) -> DataError:
    return DataError(
        f"{path.name} cannot be read ({error.strerror or type(error).__name__}).",
        "Check that it is still there and that you may read it.",
    )


def _damaged() -> DataError:
    return DataError("The RecordIO file is damaged, or is none.", _AGAIN)
