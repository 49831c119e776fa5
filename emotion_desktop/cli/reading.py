"""Options that say how labelled photos are to be read: the same for every verb that reads some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from emotion_desktop.domain.emotions import EMOTIONS, parse_emotion
from emotion_desktop.domain.errors import UsageError

if TYPE_CHECKING:
    from emotion_desktop.dataset.sources.reading_options import ReadingOptions

_COLUMNS: Final = ("photo", "label", "person", "annotator", "usage")
_ASIDE: Final = "aside"

ColumnsOption = Annotated[
    str | None,
    typer.Option(
        "--columns",
        metavar="NAME=N,…",
        help="Which columns of a table are meant, counted from 1: photo=2,label=3 (also person, "
        "annotator, usage).",
    ),
]
LabelOption = Annotated[
    list[str] | None,
    typer.Option(
        "--label",
        metavar="WRITTEN=EMOTION",
        help="What a label means, like 3=happiness; =aside keeps it aside.",
    ),
]
NumbersOption = Annotated[
    str,
    typer.Option(
        "--numbers",
        metavar="NAME",
        help="Labels are the numbers of fer2013, raf-db, affectnet or ck+.",
    ),
]
Fer2013Option = Annotated[
    bool, typer.Option("--fer2013-numbers", help="The same as --numbers fer2013.")
]
PersonsOption = Annotated[
    str | None,
    typer.Option(
        "--persons",
        metavar="RULE",
        help="Who is in a photo: names (the name before the number), column, each (nobody twice), "
        "or a pattern such as {person}_{number}, {letter}{person:3}* or {person}/*.",
    ),
]
LabelsFromOption = Annotated[
    str,
    typer.Option(
        "--labels-from",
        metavar="folders|table",
        help="Of a folder that has both: take labels from its folders' names or from its table.",
    ),
]
VotesOption = Annotated[
    str,
    typer.Option(
        "--votes",
        metavar="RULE",
        help="What makes a label of several people's votes: largest, majority (more than half, "
        "single votes dropped, as FER+ does), distribution (the largest, ties too), or written "
        "(each row's own label).",
    ),
]


def reading_options(
    columns: str | None = None,
    labels: list[str] | None = None,
    *,
    numbers: str = "",
    persons: str | None = None,
    labels_from: str = "",
    votes: str = "",
) -> ReadingOptions:
    """What the options say.

    Raises:
        UsageError: one of them cannot be understood.
    """
    from emotion_desktop.dataset.sources.person_rule import PersonRule
    from emotion_desktop.dataset.sources.reading_options import ReadingOptions

    if persons is not None:
        PersonRule.parse(persons)
    return ReadingOptions.from_dict(
        {
            "columns": _read_columns(columns),
            "decided": _read_labels(labels or []),
            "numbers": numbers,
            "persons": persons,
            "labels_from": labels_from,
            "votes": votes,
        }
    )


def refuse_reading(options: ReadingOptions, why: str) -> None:
    """Refuses what would not be heeded: it was meant to change something.

    Raises:
        UsageError: something is said.
    """
    from emotion_desktop.dataset.sources.reading_options import ReadingOptions

    if options != ReadingOptions():
        raise UsageError(
            f"How photos are to be read has no use here. {why}",
            "Leave out --label, --columns, --numbers, --persons, --labels-from and --votes.",
        )


def _read_columns(text: str | None) -> dict[str, int | None] | None:
    if text is None:
        return None
    found: dict[str, int | None] = {}
    for part in text.split(","):
        name, _, number = part.partition("=")
        if name.strip() not in _COLUMNS or not number.strip().isdigit() or int(number) < 1:
            raise UsageError(f"--columns: “{part}” was not understood.", "Write photo=2,label=3.")
        found[name.strip()] = int(number) - 1
    if not {"photo", "label"} <= found.keys():
        raise UsageError("--columns must name photo and label.", "Write photo=2,label=3.")
    return found


def _read_labels(texts: list[str]) -> dict[str, str | None]:
    meant: dict[str, str | None] = {}
    for text in texts:
        written, _, word = text.rpartition("=")
        emotion = parse_emotion(word)
        if not written or (emotion is None and word != _ASIDE):
            raise UsageError(
                f"--label: “{text}” was not understood.",
                f"Write 3=happiness; there are {', '.join(EMOTIONS)} and {_ASIDE}.",
            )
        meant[written] = emotion
    return meant
