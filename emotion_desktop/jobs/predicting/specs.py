"""Describes the jobs around Rekognition; the functions that do them are named in jobs.table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from emotion_desktop.jobs import table

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobSpec
    from emotion_desktop.jobs.predicting.labelled_set import LabelledSource


def quote_job(
    paths: Sequence[Path] = (),
    data: LabelledSource | None = None,
    judged_with: Sequence[str] = (),
) -> JobSpec:
    """Finds out what would be sent to Rekognition; the result is ``Quote.to_dict()``.

    Nothing is sent, and AWS is not asked either.

    Args:
        paths: photos and folders, or
        data: a labelled set.
        judged_with: bundles it is judged beside: what these were trained on is left out of the
            comparison, and so not sent.
    """
    return table.REKOGNITION_QUOTE.spec(
        {
            "paths": [str(path) for path in paths],
            "data": None if data is None else data.to_dict(),
            "judged_with": list(judged_with),
        }
    )


def approve_job(photos: int, *, again: bool = False) -> JobSpec:
    """Saves the user's agreement to sending so many photos.

    Args:
        again: those, too, that were sent before without an answer coming.
    """
    return table.REKOGNITION_APPROVE.spec({"photos": photos, "again": again})
