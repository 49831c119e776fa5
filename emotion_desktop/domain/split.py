"""A split of labelled photos into parts, and one that is frozen under a name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from emotion_desktop.domain.balance import Balance
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.sample import Sample

PARTS: Final = ("training", "validation", "test")
#: What a split keeps on one side: persons, or mere photos, which lets a model be tested on people
#: it was trained on.
SPLIT_UNITS: Final = ("person", "photo")


@dataclass(frozen=True, slots=True)
class Split:
    """Three sets of photos with none in common, and, kept whole by person, nobody in two of them.

    Each is sorted by path.
    """

    training: tuple[Sample, ...]
    validation: tuple[Sample, ...]
    test: tuple[Sample, ...]
    fractions: tuple[float, float, float]
    seed: int
    unit: str = "person"

    def part(self, name: str) -> tuple[Sample, ...]:
        """The photos of one of PARTS."""
        parts = dict(zip(PARTS, (self.training, self.validation, self.test), strict=True))
        return parts[name]

    def counts(self) -> dict[str, dict[str, Any]]:
        """``{part: {photos, persons, emotions: {emotion: photos}}}``."""
        return {name: _counts(self.part(name)) for name in PARTS}

    def to_dict(self) -> dict[str, Any]:
        """JSON values: how it was made, and photos, persons and emotions of each part."""
        return {
            "by": self.unit,
            "seed": self.seed,
            "fractions": list(self.fractions),
            "parts": self.counts(),
        }

    def report(self) -> str:
        """The same counts as a table for people: a line per emotion, a column per part."""
        return counts_table(self.counts())


@dataclass(frozen=True, slots=True)
class SplitRequest:
    """How to split.

    Attributes:
        unit: what stays on one side, one of SPLIT_UNITS.
        copies_together: copies of a photo, or nearly, stay on one side, whoever is in them.
    """

    fractions: tuple[float, float, float] = (0.6, 0.2, 0.2)
    seed: int = 0
    unit: str = "person"
    copies_together: bool = True
    balance: Balance = field(default_factory=Balance)

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "fractions": list(self.fractions),
            "seed": self.seed,
            "unit": self.unit,
            "copies_together": self.copies_together,
            "balance": self.balance.to_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SplitRequest:
        """Reads what to_dict wrote."""
        training, validation, test = data["fractions"]
        return cls(
            fractions=(training, validation, test),
            seed=data["seed"],
            unit=data["unit"],
            copies_together=data["copies_together"],
            balance=Balance.from_dict(data["balance"]),
        )


@dataclass(frozen=True, slots=True)
class FrozenSplit:
    """A split under a name: which photos, with which labels and persons, however they change.

    Attributes:
        balance: what is done about rare emotions in the training part.
        grey: the photos are to be looked at without colour, which gives labels away.
        fingerprint: 32 hexadecimal digits that change with any photo's content, label, person or
            part.
        created: seconds since the epoch.
        left_out: why photos of the workspace are in no part, and how many.
        protocol: how labels were made of votes, in words; empty where nobody voted.
    """

    name: str
    split: Split
    balance: Balance
    fingerprint: str
    created: float
    grey: bool = False
    left_out: Mapping[str, int] = field(default_factory=dict)
    protocol: str = ""


@dataclass(frozen=True, slots=True)
class SplitSummary:
    """What a list of frozen splits shows; the photos themselves are not loaded for it.

    Attributes:
        report: counts of each part (``parts``), leaks and impossibilities, as frozen.
        openings: how often somebody looked into the sealed test part.
    """

    name: str
    created: float
    seed: int
    fractions: tuple[float, float, float]
    unit: str
    balance: Balance
    grey: bool
    fingerprint: str
    report: Mapping[str, Any]
    openings: int = 0

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "name": self.name,
            "created": self.created,
            "seed": self.seed,
            "fractions": list(self.fractions),
            "by": self.unit,
            "balance": self.balance.to_dict(),
            "grey": self.grey,
            "fingerprint": self.fingerprint,
            "openings": self.openings,
            **self.report,
        }


def counts_table(parts: Mapping[str, Mapping[str, Any]]) -> str:
    """Counts of a split's parts as a table: a line per emotion, a column per part."""
    columns = [parts[name] for name in PARTS]
    rows = [(what, [part[what] for part in columns]) for what in ("photos", "persons")]
    rows += [(emotion, [part["emotions"][emotion] for part in columns]) for emotion in EMOTIONS]
    lines = ["".join([" " * 12, *(f"{name:>12}" for name in PARTS)])]
    lines += [
        "".join([f"{what:<12}", *(f"{count:>12,}" for count in counts)])
        for what, counts in rows
        if any(counts)
    ]
    return "\n".join(lines)


def _counts(samples: Iterable[Sample]) -> dict[str, Any]:
    samples = tuple(samples)
    emotions = Counter(sample.emotion for sample in samples)
    return {
        "photos": len(samples),
        "persons": len({sample.person for sample in samples}),
        "emotions": {emotion: emotions[emotion] for emotion in EMOTIONS},
    }
