"""What is known of labels: from what the sources say, and from predictions against them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from emotion_desktop.domain.sample import Sample


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


@dataclass(frozen=True, slots=True)
class LabelIssue:
    """A label beside the prediction of models that were not trained on the photo.

    Attributes:
        suggestion: the most probable other emotion.
        label_probability, suggestion_probability: of both, 0 to 1.
        suspect: whether the suggestion is at least as probable as it usually is on photos that
            carry it as their label.
    """

    sample: Sample
    suggestion: str
    label_probability: float
    suggestion_probability: float
    suspect: bool


@dataclass(frozen=True, slots=True)
class LabelIssues:
    """All labels of a set, those first that are most likely wrong.

    Attributes:
        wrong_rates: the estimated fraction of each emotion's labels that are wrong; None where it
            cannot be estimated.
        models: whose predictions they are, in words.
        unscored: photos without a face, or that could not be read.
    """

    labels: tuple[LabelIssue, ...]
    wrong_rates: Mapping[str, float | None]
    models: tuple[str, ...]
    unscored: int

    @property
    def suspects(self) -> int:
        """How many labels are suspects."""
        return sum(label.suspect for label in self.labels)
