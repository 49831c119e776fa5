"""Options that say which labelled photos are meant."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from emotion_desktop.cli.reading import refuse_reading
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.split import PARTS

if TYPE_CHECKING:
    from emotion_desktop.dataset.sources.reading_options import ReadingOptions
    from emotion_desktop.jobs.predicting.labelled_set import LabelledSource

DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="A folder per emotion, or a label file by its photos."),
]
SplitOption = Annotated[
    str | None, typer.Option("--split", help="A frozen split of the workspace, in place of it.")
]
PartOption = Annotated[
    str, typer.Option("--part", help="Of the split: training, validation or test (sealed).")
]


def labelled_source(
    data: Path | None, split: str | None, part: str, reading: ReadingOptions
) -> LabelledSource:
    """The labelled set that the options name.

    Args:
        reading: how ``data`` is to be read.

    Raises:
        UsageError: neither or both of data and split are given, there is no such part, or it is
            said how to read what is not read.
    """
    from emotion_desktop.jobs.predicting.labelled_set import LabelledSource

    if (data is None) == (split is None):
        raise UsageError("Which photos?", "Give either --data or --split.")
    if part not in PARTS:
        raise UsageError(f"A split has no part “{part}”.", f"Use {', '.join(PARTS)}.")
    if split is not None:
        refuse_reading(reading, "A frozen split was read when it was imported.")
        return LabelledSource(split=split, part=part)
    return LabelledSource(path=str(data), reading=reading.to_dict())
