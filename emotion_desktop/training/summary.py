"""What a training brought, in words."""

from __future__ import annotations

from emotion_desktop.domain.model import ModelCard
from emotion_desktop.engines.model_card import scores_by_source
from emotion_desktop.evaluation.describe import describe, describe_by_source


def describe_model(card: ModelCard) -> str:
    """The scores of a model that was just trained, overall and by source, for the terminal.

    Raises:
        ValueError: it has no scores.
    """
    if card.scores is None:
        raise ValueError("this model was not scored")
    protocol = str(card.provenance.data.get("protocol") or "")
    return describe(card.scores) + describe_by_source(scores_by_source(card), protocol)
