"""Labels that are doubted, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emotion_desktop.domain.sample import Sample


@dataclass(frozen=True, slots=True)
class DoubtfulLabel:
    """A label and what judges say who were not trained on the photo.

    Attributes:
        suggestion: the emotion they find most probable beside the label.
        label_share, suggestion_share: how probable they find both, 0 to 1.
        suspect: whether they are as sure of it as they usually are of that emotion.
    """

    sample: Sample
    suggestion: str
    label_share: float
    suggestion_share: float
    suspect: bool


@dataclass(frozen=True, slots=True)
class DoubtfulLabels:
    """All labels of a set, the most doubtful first.

    Attributes:
        wrong_shares: the estimated share of each emotion's labels that are wrong; None where it
            cannot be told.
        judges: who judged, in words.
        not_judged: photos without a face, or that could not be read.
    """

    labels: tuple[DoubtfulLabel, ...]
    wrong_shares: Mapping[str, float | None]
    judges: tuple[str, ...]
    not_judged: int

    @property
    def suspects(self) -> int:
        """How many labels are suspects."""
        return sum(label.suspect for label in self.labels)
