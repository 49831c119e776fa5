"""How several models fared on the same photos, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from emotion_desktop.domain.scores import Interval, Scores


@dataclass(frozen=True, slots=True)
class CurveBin:
    """Answers of about the same confidence: what was claimed, and what came true."""

    confidence: float
    right: float
    right_interval: Interval
    count: int


@dataclass(frozen=True, slots=True)
class ModelScores:
    """One of the models compared.

    Attributes:
        name: for people; no two of a comparison have the same.
        reference: what the program knows it by: a bundle's path, or ``rekognition``.
        labels: all emotions it can name.
        calibrated: False where its confidence is its own, never fitted on photos.
        answered: share of the photos that it gave an answer for.
        right_of_answered: share of those answers that are right; None if there are none.
        speed: photos per second on this machine, where it was measured.
        cost: US dollars for these photos, an estimate; 0 for what runs here.
    """

    name: str
    reference: str
    labels: tuple[str, ...]
    scores: Scores
    curve: tuple[CurveBin, ...]
    answered: float
    right_of_answered: float | None
    calibrated: bool = True
    speed: float | None = None
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class PastEvaluation:
    """Scores taken earlier.

    Attributes:
        made: seconds since the epoch.
        version: of the set's labels, from 1.
        models: names and scores.
    """

    made: float
    version: int
    models: tuple[tuple[str, Scores], ...]


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """Two models on the same photos; differences are the first's less the second's.

    Attributes:
        first, second: numbers of the models.
        only_first, only_second: photos that only one of them has right.
        chance: p-value of McNemar's exact test (two-sided): how often the photos that only one has
            right would fall so unevenly if both were equally good.
        agreement: share of the photos on which both answer alike (no answer is an answer).
        kappa: the same beyond chance (Cohen 1960); None where it is not defined.
    """

    first: int
    second: int
    accuracy: float
    accuracy_interval: Interval
    mean_recall: float | None
    mean_recall_interval: Interval | None
    only_first: int
    only_second: int
    chance: float
    agreement: float
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """How the models fared on a part of the photos.

    Attributes:
        kind: what the photos are grouped by: ``person``, ``origin``, ``size`` or ``colour``.
        accuracy, accuracy_interval, mean_recall: one of each per model. Intervals are drawn by
            person, those of a single person by photo.
    """

    kind: str
    value: str
    photos: int
    persons: int
    accuracy: tuple[float, ...]
    accuracy_interval: tuple[Interval, ...]
    mean_recall: tuple[float | None, ...]
    too_few: bool


@dataclass(frozen=True, slots=True)
class ComparisonScores:
    """All figures of a comparison.

    Attributes:
        data: the labelled set, for people.
        emotions: what is scored: those that every model knows.
        unshared: emotions that some models know and others do not; photos of these are left out.
        left_out: why photos of the set were not scored, and how many.
        all_wrong: photos that every model gets wrong.
        version: of the set's labels, from 1: a set that is corrected is another one.
        corrected: photos of a split that were corrected or left out since it was frozen.
        openings: how often a sealed test was looked into; 0 for a set that is not sealed.
    """

    data: str
    emotions: tuple[str, ...]
    unshared: tuple[str, ...]
    models: tuple[ModelScores, ...]
    pairs: tuple[PairedDifference, ...]
    groups: tuple[Group, ...]
    left_out: Mapping[str, int]
    photos: int
    persons: int
    all_wrong: int
    version: int = 1
    corrected: int = 0
    openings: int = 0

    def pair(self, one: int, other: int) -> PairedDifference:
        """What is known of two different models, whichever is named first."""
        wanted = {one, other}
        return next(pair for pair in self.pairs if {pair.first, pair.second} == wanted)

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        data = asdict(self)
        for plain, model in zip(data["models"], self.models, strict=True):
            plain["scores"] = model.scores.to_dict()
        return data
