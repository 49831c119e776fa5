"""Which epoch is kept, and when there is no use in going on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from emotion_desktop.training.fit.validation_metrics import ValidationMetrics


class Best:
    """The latest of the epochs that are as good as the best: the net has settled by then."""

    def __init__(self) -> None:
        self.epoch = 0
        self.metrics: ValidationMetrics | None = None
        self.weights: list[npt.NDArray[Any]] = []
        self.logits: npt.NDArray[np.float32] = np.empty((0, 0), np.float32)
        self._peak: ValidationMetrics | None = None
        self._peak_epoch = 0

    def offer(
        self,
        epoch: int,
        metrics: ValidationMetrics,
        weights: list[npt.NDArray[Any]],
        logits: npt.NDArray[np.float32],
    ) -> bool:
        """Takes an epoch if it is to be kept; returns whether it is."""
        if self._peak is None or metrics.mean_recall > self._peak.mean_recall:
            self._peak, self._peak_epoch = metrics, epoch
        if self.metrics is not None and not metrics.as_good_as(self._peak):
            return False
        self.epoch, self.metrics, self.weights, self.logits = epoch, metrics, weights, logits
        return True

    def score_again(self, metrics: ValidationMetrics, logits: npt.NDArray[np.float32]) -> None:
        """Takes other figures of the epoch that is kept, on other validation photos."""
        self.metrics, self.logits, self._peak = metrics, logits, metrics

    def epochs_without_a_better_one(self, epoch: int) -> int:
        """Epochs since the highest mean recall."""
        return epoch - self._peak_epoch

    def state(self) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
        """JSON values and arrays; restore reads them back."""
        about = {
            "epoch": self.epoch,
            "metrics": self.metrics.to_dict() if self.metrics else None,
            "peak": self._peak.to_dict() if self._peak else None,
            "peak_epoch": self._peak_epoch,
        }
        arrays = {f"best/{number}": array for number, array in enumerate(self.weights)}
        return about, {**arrays, "best_logits": self.logits}

    def restore(self, about: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Goes on from a state."""
        # Checkpoints of earlier versions call the metrics “judgement”.
        best = about["judgement"] if "judgement" in about else about["metrics"]
        self.metrics, self._peak = (
            ValidationMetrics.from_dict(values) if values else None
            for values in (best, about["peak"])
        )
        self.epoch, self._peak_epoch = about["epoch"], about["peak_epoch"]
        count = sum(name.startswith("best/") for name in arrays)
        self.weights = [arrays[f"best/{number}"] for number in range(count)]
        self.logits = arrays["best_logits"]
