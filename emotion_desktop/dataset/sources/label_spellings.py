"""What labels as they are written mean, as far as that can be told without asking."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from emotion_desktop.domain.emotions import parse_emotion

#: The classes of FER2013 (Goodfellow et al. 2013) by number.
FER2013: Final = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a written label means; None for none of the emotions.

    ``sure`` is False where it is a guess that somebody should look at before it counts.
    """

    emotion: str | None
    sure: bool = True


def meanings(written: Collection[str], *, numbered: bool = False) -> dict[str, Meaning]:
    """Words by their spelling; numbers, where all labels are FER2013's, by a guess.

    Args:
        numbered: numbers are FER2013's for certain.
    """
    labels = [label for label in written if label]
    numbers = {str(number): emotion for number, emotion in enumerate(FER2013)}
    guessed = numbered or all(label in numbers for label in labels)
    return {
        label: Meaning(numbers[label], sure=numbered)
        if guessed and label in numbers
        else Meaning(parse_emotion(label))
        for label in labels
    }
