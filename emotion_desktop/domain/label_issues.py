"""Label issues: labels that predictions contradict, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emotion_desktop.domain.sample import Sample


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
