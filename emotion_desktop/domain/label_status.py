"""What is known of a photo's label, from all that its sources say of it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class LabelStatus(str, Enum):
    """Whether a photo's sources give it a label."""

    LABELLED = "labelled"
    UNLABELLED = "unlabelled"  # nothing is written
    UNKNOWN = "unknown"  # what is written means none of the emotions: kept aside
    CONTRADICTORY = "contradictory"  # different emotions: nobody knows which is right


def label_status_of(labels: Iterable[tuple[str, str | None]]) -> tuple[LabelStatus, str | None]:
    """What the labels of one photo add up to, and the emotion they agree on.

    A label that means none of the emotions neither supports nor contradicts another one.

    Args:
        labels: each as it is written, empty where nothing is, and the emotion it means or None.
    """
    written = [(label, emotion) for label, emotion in labels if label]
    emotions = {emotion for _, emotion in written if emotion is not None}
    if len(emotions) > 1:
        return LabelStatus.CONTRADICTORY, None
    if emotions:
        return LabelStatus.LABELLED, emotions.pop()
    return (LabelStatus.UNKNOWN if written else LabelStatus.UNLABELLED), None
