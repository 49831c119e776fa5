"""Reading RecordIO files in tests."""

from collections.abc import Iterator
from pathlib import Path

from emotion_desktop.dataset.recordio import Record, read_offsets


def read_records(path: Path) -> Iterator[Record]:
    return (record for _, record in read_offsets(path))
