"""Scores on parts of the photos: by person, origin, size and colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.comparison import Group
from emotion_desktop.domain.scores import TOO_FEW, wilson_interval
from emotion_desktop.evaluation.labelled_predictions import Indices, PredictionTable
from emotion_desktop.evaluation.metrics import scored_emotions
from emotion_desktop.evaluation.resampling import resample

#: Enough for the ends of an interval that stands in a table of many.
_DRAWS: Final = 500
#: Shorter sides of photos, pixels. Below the first one Rekognition takes no picture.
_SIZES: Final = (80, 200, 500)


@dataclass(frozen=True, slots=True)
class PhotoAttributes:
    """What photos can be grouped by; None is not known.

    Attributes:
        size: width and height, pixels.
        grey: whether the photo has no colour.
    """

    person: str
    origin: str | None = None
    size: tuple[int, int] | None = None
    grey: bool | None = None


def group_scores(
    tables: Sequence[PredictionTable], attributes: Sequence[PhotoAttributes]
) -> tuple[Group, ...]:
    """Scores every group of every kind that tells photos apart: sizes from the smallest, all others
    from the group with the most photos.

    Args:
        attributes: one of each photo.
    """
    groups: list[Group] = []
    for kind, values in _values(attributes):
        names, number = np.unique(np.array([value or "" for value in values]), return_inverse=True)
        if len(names) < 2:
            continue
        counts = np.bincount(number)
        for which in _order(kind, names, counts):
            # Of thousands of persons most have a photo or two: nothing can be said of them.
            if names[which] and (kind != "person" or counts[which] >= TOO_FEW):
                rows = np.flatnonzero(number == which)
                groups.append(_group(kind, str(names[which]), tables, attributes, rows))
    return tuple(groups)


def size_range(size: tuple[int, int]) -> str:
    """The range that a photo's shorter side is in, in words."""
    side = min(size)
    low = 0
    for high in _SIZES:
        if side < high:
            return f"{low}–{high - 1} px" if low else f"under {high} px"
        low = high
    return f"{low} px and more"


def _order(kind: str, names: npt.NDArray[np.str_], counts: Indices) -> Indices:
    if kind != "size":
        return np.argsort(-counts, kind="stable")
    ranges = ["", *(size_range((side, side)) for side in (0, *_SIZES))]
    return np.argsort([ranges.index(str(name)) for name in names])


def _values(attributes: Sequence[PhotoAttributes]) -> Iterator[tuple[str, list[str | None]]]:
    yield "origin", [photo.origin for photo in attributes]
    yield "size", [size_range(photo.size) if photo.size else None for photo in attributes]
    yield (
        "colour",
        [None if t.grey is None else "grey" if t.grey else "colour" for t in attributes],
    )
    yield "person", [photo.person for photo in attributes]


def _group(
    kind: str,
    value: str,
    tables: Sequence[PredictionTable],
    attributes: Sequence[PhotoAttributes],
    rows: Indices,
) -> Group:
    parts = [_part(table, rows) for table in tables]
    scored = scored_emotions(parts[0])
    photos = len(rows)
    accuracy = tuple(float(np.mean(part.correct)) for part in parts)
    persons = len({attributes[row].person for row in rows})
    if persons == 1:
        # Drawing persons anew would draw the same one each time: an interval without a width.
        intervals = tuple(wilson_interval(int(part.correct.sum()), photos) for part in parts)
    else:
        intervals = resample(parts, scored, draws=_DRAWS).accuracy
    return Group(
        kind=kind,
        value=value,
        photos=photos,
        persons=persons,
        accuracy=accuracy,
        accuracy_interval=intervals,
        mean_recall=tuple(_mean_recall(part, scored) for part in parts),
        too_few=photos < TOO_FEW,
    )


def _part(table: PredictionTable, rows: Indices) -> PredictionTable:
    _, groups = np.unique(table.groups[rows], return_inverse=True)
    return replace(
        table,
        truth=table.truth[rows],
        predicted=table.predicted[rows],
        confidence=table.confidence[rows],
        groups=groups,
    )


def _mean_recall(table: PredictionTable, scored: Indices) -> float | None:
    recalls = [np.mean(table.correct[table.truth == emotion]) for emotion in scored]
    return float(np.mean(recalls)) if recalls else None
