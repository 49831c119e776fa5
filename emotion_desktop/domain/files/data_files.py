"""Which files hold or list labelled photos, by their names."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

#: Files of these names are tables of labels.
TABLE_SUFFIXES: Final = (".csv", ".tsv")
#: Files of these are, if they hold rows of photos and labels.
LIST_SUFFIXES: Final = (".lst", ".txt", ".jsonl", ".manifest", ".json")
ARCHIVE_SUFFIX: Final = ".zip"
RECORD_SUFFIX: Final = ".rec"
PARQUET_SUFFIX: Final = ".parquet"
#: What is taken for labelled photos when it is dropped: other lists may be anything.
_DROPPED: Final = (
    *TABLE_SUFFIXES,
    *(".lst", ".jsonl", ".manifest"),
    *(ARCHIVE_SUFFIX, RECORD_SUFFIX, PARQUET_SUFFIX),
)


def is_data_name(name: str) -> bool:
    """Whether a file of this name is taken for labelled photos without being looked at."""
    return PurePath(name).suffix.casefold() in _DROPPED


def dialog_filter() -> str:
    """The label files of a file dialog, as Qt writes a filter."""
    suffixes = dict.fromkeys((*_DROPPED, *LIST_SUFFIXES))
    return f"Label files ({' '.join(f'*{suffix}' for suffix in suffixes)});;All files (*)"
