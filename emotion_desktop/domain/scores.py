"""The scores of a model on labelled photos, as values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from emotion_desktop.domain.emotions import EMOTIONS

#: With fewer photos an emotion's recall says nothing: it is shown, greyed, and left out of means.
TOO_FEW: Final = 5

#: The ends of a 95 % interval.
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class EmotionScore:
    """How one emotion fared; fractions from 0 to 1."""

    emotion: str
    count: int
    recall: float | None
    recall_interval: Interval | None
    precision: float | None
    too_few: bool


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores on photos with known labels.

    A photo that is unreadable or in which no face is found counts as missed: it is one for the
    user, too. ``confusion`` has a row per true emotion and a column per answer; its last column
    holds the photos without an answer.

    Attributes:
        interval_by: what the bootstrap draws, "person" or "photo".
        mean_recall: mean of the recalls of the emotions in ``mean_recall_over``, which are those
            with at least TOO_FEW photos. None, as its interval and ``macro_f1``, if there are none.
        macro_f1: mean of the F1 of the same emotions.
        baseline: accuracy of always naming the commonest emotion.
        calibration_error: expected calibration error of the answers, 15 bins of equal width
            (Naeini et al. 2015); None if no photo was answered.
        labels: the model's emotions and those of the photos, in the order of EMOTIONS.
        left_out: why photos of the source were not scored, and how many.
    """

    photos: int
    persons: int
    interval_by: str
    accuracy: float
    accuracy_interval: Interval
    mean_recall: float | None
    mean_recall_interval: Interval | None
    mean_recall_over: tuple[str, ...]
    macro_f1: float | None
    baseline: float
    calibration_error: float | None
    unanswered: int
    labels: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    per_emotion: tuple[EmotionScore, ...]
    left_out: Mapping[str, int]

    @property
    def only_prediction(self) -> str | None:
        """The emotion that every face was named though several were shown: nothing was learnt."""
        given = [label for number, label in enumerate(self.labels) if self._is_predicted(number)]
        shown = sum(sum(row) > 0 for row in self.confusion)
        return given[0] if len(given) == 1 and shown > 1 else None

    def _is_predicted(self, column: int) -> bool:
        return any(row[column] for row in self.confusion)

    def to_dict(self) -> dict[str, Any]:
        """JSON values; ``per_emotion`` by name."""
        data = asdict(self)
        data["per_emotion"] = {
            score.emotion: {k: v for k, v in asdict(score).items() if k != "emotion"}
            for score in self.per_emotion
        }
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Scores:
        """Reads what to_dict wrote.

        Raises:
            ValueError, KeyError, TypeError, AttributeError: it is not that.
        """
        plain = dict(data)
        plain["per_emotion"] = tuple(
            EmotionScore(
                emotion=emotion,
                **{
                    **score,
                    "recall_interval": _interval(score["recall_interval"]),
                },
            )
            for emotion, score in data["per_emotion"].items()
        )
        plain["accuracy_interval"] = _interval(data["accuracy_interval"])
        plain["mean_recall_interval"] = _interval(data["mean_recall_interval"])
        plain["mean_recall_over"] = tuple(data["mean_recall_over"])
        plain["labels"] = tuple(data["labels"])
        plain["confusion"] = tuple(tuple(row) for row in data["confusion"])
        scores = cls(**plain)
        _check(scores)
        return scores


def _interval(values: Any) -> Any:
    if values is None:
        return None
    low, high = values
    return float(low), float(high)


def _check(scores: Scores) -> None:
    """Figures from a file are shown, counted with and compared: they must be such figures."""
    fractions = [*scores.accuracy_interval, *(scores.mean_recall_interval or ())]
    maybe = [scores.mean_recall, scores.macro_f1, scores.calibration_error]
    counts = [scores.photos, scores.persons, scores.unanswered, *scores.left_out.values()]
    for row in scores.per_emotion:
        fractions += row.recall_interval or ()
        maybe += [row.recall, row.precision]
        counts.append(row.count)
    for line in scores.confusion:
        counts += line
    named = {*scores.labels, *scores.mean_recall_over, *(s.emotion for s in scores.per_emotion)}
    size = len(scores.labels)
    if not (
        all(_is_fraction(value) for value in (scores.accuracy, scores.baseline, *fractions))
        and all(value is None or _is_fraction(value) for value in maybe)
        and all(type(count) is int and count >= 0 for count in counts)
        and named <= set(EMOTIONS)
        and [len(line) for line in scores.confusion] == [size + 1] * size
        and scores.interval_by in ("person", "photo")
    ):
        raise ValueError("the scores are not scores")


def _is_fraction(value: Any) -> bool:
    return type(value) in (int, float) and -1e-9 <= value <= 1 + 1e-9


#: The 97.5 % quantile of the normal distribution.
_Z: Final = 1.959963984540054


def wilson_interval(hits: int, count: int) -> Interval:
    """Returns the 95 % interval of a share (Wilson 1927), good for small counts too.

    Args:
        count: at least 1.
    """
    share = hits / count
    spread = _Z**2 / count
    centre = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)
