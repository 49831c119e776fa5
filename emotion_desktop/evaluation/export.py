"""The predictions behind a comparison's figures, for whoever wants to compute them again."""

from __future__ import annotations

import math
from typing import Any

from emotion_desktop.evaluation.comparison import Comparison


def prediction_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """A row per photo: path, person, its label, and per model the emotion named among those that
    are scored, with its confidence (null where there was none)."""
    emotions = comparison.scores.emotions
    rows = []
    for number, sample in enumerate(comparison.samples):
        answers = {}
        for model, named, confidence in zip(
            comparison.scores.models, comparison.predicted, comparison.confidence, strict=True
        ):
            sure = float(confidence[number])
            answers[model.name] = (
                None
                if math.isnan(sure)
                else {"emotion": emotions[named[number]], "confidence": sure}
            )
        rows.append(
            {
                "path": str(sample.path),
                "person": sample.person,
                "label": sample.emotion,
                "answers": answers,
            }
        )
    return rows
