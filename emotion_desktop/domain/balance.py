"""What is done about emotions that few photos show, as values. Training photos alone are meant.

Each value checks itself when it is made (ValueError says what is wrong).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

from emotion_desktop.domain.emotions import EMOTIONS


class Method(str, Enum):
    """The ways to balance."""

    NONE = "none"  # every photo once
    WEIGHTS = "weights"  # every photo once, and a mistake on a rare emotion costs more
    SAMPLING = "sampling"  # photos of rare emotions are drawn more often
    SYNTHESIS = "synthesis"  # edited copies of photos of rare emotions are added


#: What the original notebooks changed in a synthesised picture, and what may be changed in all.
NOTEBOOK_EDITS: Final = ("contrast", "colour", "sharpness")
EDITS: Final = (*NOTEBOOK_EDITS, "flip", "turn", "shift", "blur")
#: More photos of an emotion than this are asked for by nobody who means it.
_MOST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Synthesis:
    """Edited copies, made until an emotion has as many training photos as its target.

    Attributes:
        targets: training photos wanted, by emotion; an emotion that has more, or is not named,
            gets no copies.
        edits: which of EDITS are used, in that order.
        strength: from 0, no change at all, to 1.
        seed: the same seed gives the same copies, to the byte.
    """

    targets: Mapping[str, int]
    edits: tuple[str, ...] = NOTEBOOK_EDITS
    strength: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        _require(set(self.targets) <= set(EMOTIONS), "a target is for none of the emotions")
        for count in self.targets.values():
            _require(type(count) is int and 0 <= count <= _MOST, "a target is no count of photos")
        _require(set(self.edits) <= set(EDITS), f"edits are some of {', '.join(EDITS)}")
        _require(bool(self.edits), "there is nothing to edit")
        _require(_is_number(self.strength) and 0 <= self.strength <= 1, "strength is not in 0–1")
        _require(type(self.seed) is int, "the seed is not a whole number")
        # One order, so that equal choices are equal values.
        edits = tuple(edit for edit in EDITS if edit in self.edits)
        object.__setattr__(self, "edits", edits)
        object.__setattr__(self, "targets", MappingProxyType(dict(self.targets)))

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "targets": {e: self.targets[e] for e in EMOTIONS if e in self.targets},
            "edits": list(self.edits),
            "strength": self.strength,
            "seed": self.seed,
        }


@dataclass(frozen=True, slots=True)
class Balance:
    """How the training part of a split is balanced.

    Attributes:
        power: for SAMPLING: an emotion is drawn in proportion to its count to this power; 0 draws
            all alike, 1 as they come.
        synthesis: for SYNTHESIS, and only there.
    """

    method: Method = Method.NONE
    power: float = 0.0
    synthesis: Synthesis | None = field(default=None)

    def __post_init__(self) -> None:
        _require(_is_number(self.power) and 0 <= self.power <= 1, "power is not in 0–1")
        _require(
            (self.method is Method.SYNTHESIS) == (self.synthesis is not None),
            "synthesis is described where it is the method, and only there",
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON values; from_dict reads them back."""
        return {
            "method": self.method.value,
            "power": self.power,
            "synthesis": self.synthesis.to_dict() if self.synthesis else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Balance:
        """Reads what to_dict wrote.

        Raises:
            ValueError: it is not that.
        """
        try:
            synthesis = data["synthesis"]
            return cls(
                Method(data["method"]),
                data["power"],
                Synthesis(
                    dict(synthesis["targets"]),
                    tuple(synthesis["edits"]),
                    synthesis["strength"],
                    synthesis["seed"],
                )
                if synthesis is not None
                else None,
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"the balance does not have the expected form ({error})") from None


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


@dataclass(frozen=True, slots=True)
class ShownCounts:
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


def shown_counts(counts: Mapping[str, int], balance: Balance) -> dict[str, ShownCounts]:
    """What is shown of each emotion that has training photos.

    Class weights are scikit-learn's ``balanced`` ones: photos / (emotions * photos of the emotion).

    Args:
        counts: training photos by emotion.
    """
    present = {emotion: counts[emotion] for emotion in EMOTIONS if counts.get(emotion)}
    total = sum(present.values())
    if balance.method is Method.WEIGHTS:
        return {
            e: ShownCounts(n, float(n), 0, total / (len(present) * n)) for e, n in present.items()
        }
    if balance.method is Method.SAMPLING:
        shares = {emotion: n**balance.power for emotion, n in present.items()}
        whole = sum(shares.values())
        return {e: ShownCounts(n, total * shares[e] / whole, 0, 1.0) for e, n in present.items()}
    targets = balance.synthesis.targets if balance.synthesis else {}
    return {
        e: ShownCounts(n, float(max(n, targets.get(e, 0))), max(0, targets.get(e, 0) - n), 1.0)
        for e, n in present.items()
    }
