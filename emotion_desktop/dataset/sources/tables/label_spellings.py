"""What labels as they are written mean, as far as that can be told without asking."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from emotion_desktop.domain.emotions import parse_emotion

#: A whole number, also as a list of im2rec or a program of floating-point numbers writes it.
_WHOLE: Final = re.compile(r"\+?(\d{1,9})(?:\.0*)?")
_WITH_EXPONENT: Final = re.compile(r"(\d)\.0+e\+?0+", re.IGNORECASE)
#: A cell of JSON that is longer than this is no label.
_LONGEST: Final = 4096

#: What numbers mean; None for those that are none of the emotions.
Numbering = Mapping[str, str | None]


def _numbering(*emotions: str | None, first: int = 0) -> Numbering:
    numbered = enumerate(emotions, start=first)
    return MappingProxyType({str(number): emotion for number, emotion in numbered})


#: The classes of FER2013 (Goodfellow et al. 2013); ExpW has the same.
FER2013: Final = _numbering(
    "anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"
)
#: Those of AffectNet (Mollahosseini et al. 2017); 8 to 10 are “none”, “uncertain”, “no face”.
AFFECTNET: Final = _numbering(
    *("neutral", "happiness", "sadness", "surprise", "fear", "disgust", "anger", "contempt"),
    *(None, None, None),
)
#: Those of RAF-DB's basic emotions (Li et al. 2017).
RAF_DB: Final = _numbering(
    *("surprise", "fear", "disgust", "happiness", "sadness", "anger", "neutral"), first=1
)
#: Those of CK+ (Lucey et al. 2010).
CK_PLUS: Final = _numbering(
    *("neutral", "anger", "contempt", "disgust", "fear", "happiness", "sadness", "surprise")
)
#: By the name that a user calls them by; where numbers fit several, the first is the guess.
NUMBERINGS: Final[Mapping[str, Numbering]] = MappingProxyType(
    {"fer2013": FER2013, "raf-db": RAF_DB, "affectnet": AFFECTNET, "ck+": CK_PLUS}
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a written label means; None for none of the emotions.

    ``sure`` is False where it is a guess that somebody should look at before it counts.
    """

    emotion: str | None
    sure: bool = True


def meanings(written: Collection[str], known: Numbering | None = None) -> dict[str, Meaning]:
    """What labels mean: as the source's layout says, by their spelling, or by a guess.

    Args:
        known: what is known for certain, by the label.
    """
    known = known or {}
    labels = [label for label in written if label]
    guess = NUMBERINGS.get(likely_numbering(label for label in labels if label not in known), {})
    found = {}
    for label in labels:
        if label in known:
            found[label] = Meaning(known[label])
        elif label in guess:
            found[label] = Meaning(guess[label], sure=False)
        else:
            found[label] = Meaning(parse_emotion(label))
    return found


def likely_numbering(labels: Iterable[str]) -> str:
    """The name of the first numbering that has all of the labels; empty where none has."""
    given = set(labels)
    fitting = (name for name, numbers in NUMBERINGS.items() if given <= numbers.keys())
    return next(fitting, "") if given else ""


def plain_label(cell: str) -> str:
    """A label as it is kept: numbers without the zeros behind the point (``3.000000`` is 3)."""
    text = cell.strip()
    number = _WHOLE.fullmatch(text) or _WITH_EXPONENT.fullmatch(text)
    return str(int(number[1])) if number else text


def labels_in(cell: str) -> tuple[str, ...]:
    """The labels of a cell, each once: several where it is JSON, as Label Studio writes it
    (``{"choices": ["happy", "sad"]}``)."""
    text = cell.strip()
    if text[:1] in ("{", "[", '"') and len(text) <= _LONGEST:
        try:
            found = list(dict.fromkeys(map(plain_label, _texts(json.loads(text)))))
        except (ValueError, RecursionError):
            found = []
        if found:
            return tuple(found)
    return (plain_label(text),)


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if value.strip() else []
    if isinstance(value, dict):
        return _texts(value.get("choices") or value.get("labels") or value.get("label"))
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [str(value)] if isinstance(value, int) and not isinstance(value, bool) else []
