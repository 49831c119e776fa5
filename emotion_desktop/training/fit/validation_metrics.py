"""How good a net is on validation faces, in the figures that choose the best epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.scores import TOO_FEW


@dataclass(frozen=True, slots=True)
class ValidationMetrics:
    """Figures on validation faces; a face whose emotion the net does not know counts as missed.

    Attributes:
        standard_error: of the mean recall, from the photos of each emotion (binomial).
        log_loss: mean -log of the true emotion's probability, nats, over the known emotions.
        recalls: recall (None without photos) and number of photos by emotion.
    """

    accuracy: float
    mean_recall: float
    standard_error: float
    log_loss: float
    recalls: Mapping[str, tuple[float | None, int]]

    def as_good_as(self, other: ValidationMetrics) -> bool:
        """Whether the mean recall is within one standard error of another's.

        The one-standard-error rule (Breiman et al. 1984): a few photos of rare emotions move the
        mean recall by more than epochs differ, so the highest one alone would be luck.
        """
        return self.mean_recall >= other.mean_recall - other.standard_error

    def to_dict(self) -> dict[str, Any]:
        """JSON values, for a Metrics event; from_dict reads them back."""
        return {
            "accuracy": self.accuracy,
            "mean_recall": self.mean_recall,
            "standard_error": self.standard_error,
            "log_loss": self.log_loss,
            "recall": {
                emotion: {"recall": recall, "count": count}
                for emotion, (recall, count) in self.recalls.items()
            },
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ValidationMetrics:
        """Reads what to_dict wrote."""
        recalls = {e: (item["recall"], item["count"]) for e, item in data["recall"].items()}
        figures = ("accuracy", "mean_recall", "standard_error", "log_loss")
        return cls(**{name: data[name] for name in figures}, recalls=recalls)


def scored_labels(targets: npt.NDArray[np.int32], labels: int) -> npt.NDArray[np.intp]:
    """The labels that enter a mean recall: those with enough photos, else all that have any."""
    counts = np.bincount(targets[targets >= 0], minlength=labels)
    enough = np.flatnonzero(counts >= TOO_FEW)
    return enough if len(enough) else np.flatnonzero(counts)


def validation_metrics(
    logits: npt.NDArray[np.floating[Any]], targets: npt.NDArray[np.int32], labels: Sequence[str]
) -> ValidationMetrics:
    """Accuracy, mean recall and log loss of logits.
    Args:
        logits: (photos, labels).
        targets: (photos,) numbers of the labels; -1 for an emotion that is none of them.
    """
    right = logits.argmax(axis=1) == targets
    recalls = {
        label: (
            float(right[targets == i].mean()) if (targets == i).any() else None,
            int((targets == i).sum()),
        )
        for i, label in enumerate(labels)
    }
    scored = [recalls[labels[i]] for i in scored_labels(targets, len(labels))]
    means = [recall for recall, _ in scored if recall is not None]
    variances = [recall * (1 - recall) / n for recall, n in scored if recall is not None]
    known = targets >= 0
    z = logits[known].astype(np.float64)
    z -= z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    losses = -log_p[np.arange(len(z)), targets[known]]
    return ValidationMetrics(
        accuracy=float(right.mean()) if len(right) else 0.0,
        mean_recall=float(np.mean(means)) if means else 0.0,
        standard_error=float(np.sqrt(np.sum(variances)) / len(means)) if means else 0.0,
        log_loss=float(losses.mean()) if len(losses) else float("inf"),
        recalls=recalls,
    )
