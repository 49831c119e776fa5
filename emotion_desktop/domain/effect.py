"""What balancing does to what a net is shown, emotion by emotion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emotion_desktop.domain.balance import Balance, Method
from emotion_desktop.domain.emotions import EMOTIONS


@dataclass(frozen=True, slots=True)
class Effect:
    """An emotion in one epoch.

    Attributes:
        photos: training photos of it.
        shown: how many pictures of it are shown, copies counted.
        copies: how many of these are synthesised.
        weight: what a mistake on one of them costs, 1 on average over all pictures.
    """

    photos: int
    shown: float
    copies: int
    weight: float


def effects(counts: Mapping[str, int], balance: Balance) -> dict[str, Effect]:
    """What is shown of each emotion that has training photos.

    Class weights are scikit-learn's ``balanced`` ones: photos / (emotions * photos of the emotion).

    Args:
        counts: training photos by emotion.
    """
    present = {emotion: counts[emotion] for emotion in EMOTIONS if counts.get(emotion)}
    total = sum(present.values())
    if balance.method is Method.WEIGHTS:
        return {e: Effect(n, float(n), 0, total / (len(present) * n)) for e, n in present.items()}
    if balance.method is Method.SAMPLING:
        shares = {emotion: n**balance.power for emotion, n in present.items()}
        whole = sum(shares.values())
        return {e: Effect(n, total * shares[e] / whole, 0, 1.0) for e, n in present.items()}
    targets = balance.synthesis.targets if balance.synthesis else {}
    return {
        e: Effect(n, float(max(n, targets.get(e, 0))), max(0, targets.get(e, 0) - n), 1.0)
        for e, n in present.items()
    }
