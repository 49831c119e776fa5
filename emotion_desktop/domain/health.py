"""What is wrong with a data set, as cards: a sentence, a count, photos, and a fix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Severity(str, Enum):
    """How much a card matters to the number that is shown at the end."""

    FINE = "fine"  # nothing to be done
    NOTE = "note"  # good to know
    WARNING = "warning"  # the data set is worse for it
    ALARM = "alarm"  # scores would not hold


@dataclass(frozen=True, slots=True)
class Fix:
    """What can be done about a card, in one step that can be undone.

    Attributes:
        key: of the fix.
        label: on its button.
    """

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Card:
    """One thing an audit looks at.

    Attributes:
        key: of the card; ``tiny:fear`` and the like where there is one per emotion or split.
        sentence: what was found, in one sentence.
        count: of photos, or rows; 0 where all is well.
        fixes: the first one is what is advised.
        details: JSON values: the figures behind the sentence.
        stale: it rests on a look at the photos that was taken before they changed.
    """

    key: str
    title: str
    sentence: str
    count: int
    severity: Severity
    fixes: tuple[Fix, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    stale: bool = False

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "key": self.key,
            "title": self.title,
            "sentence": self.sentence,
            "count": self.count,
            "severity": self.severity.value,
            "fixes": [{"key": fix.key, "label": fix.label} for fix in self.fixes],
            "details": dict(self.details),
            "stale": self.stale,
        }
