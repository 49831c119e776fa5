"""The emotions: one table, from which keys, colours, icons and spellings follow.

A new emotion is a row at the end of TABLE, so that the others keep their keys, and its face as
``resources/icons/emotions/NAME.svg``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

#: One key each is all there is.
_LAST_KEY: Final = 9


@dataclass(frozen=True, slots=True)
class Emotion:
    """An emotion.

    Attributes:
        name: in labels, models and files, and on screen.
        colour: of its bar and icon, ``#RRGGBB``, to be told apart with colour blindness too.
        spellings: other words for it in labels, in lower case.
        rekognition: what Amazon Rekognition calls it; empty where it knows no such emotion.
        on_dark: the colour on a dark ground, where that must be lighter.
    """

    name: str
    colour: str
    spellings: tuple[str, ...] = ()
    rekognition: str = ""
    on_dark: str = ""


#: Their one order: of keys, bars, sections, columns and a model's labels. The colours are those of
#: Okabe & Ito (2008).
TABLE: Final = (
    Emotion("anger", "#D55E00", ("angry",), "ANGRY"),
    Emotion("contempt", "#CC79A7", ("contemptuous",)),
    Emotion("disgust", "#009E73", ("disgusted",), "DISGUSTED"),
    # The palette's black, lightened so that it shows on dark as well.
    Emotion("fear", "#7A7A7A", ("afraid", "fearful", "scared"), "FEAR", on_dark="#989898"),
    Emotion("happiness", "#E69F00", ("happy", "joy"), "HAPPY"),
    Emotion("neutral", "#56B4E9", ("calm", "neutrality"), "CALM"),
    Emotion("sadness", "#0072B2", ("sad",), "SAD", on_dark="#008FDE"),
    Emotion("surprise", "#F0E442", ("surprised",), "SURPRISED"),
)
#: Their names, in order.
EMOTIONS: Final[tuple[str, ...]] = tuple(row.name for row in TABLE)
#: The key that labels a photo, by emotion; those beyond the ninth have none.
KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {row.name: str(number) for number, row in enumerate(TABLE[:_LAST_KEY], 1)}
)
#: The keys, for a sentence: ``1 to 8``.
KEY_RANGE: Final = f"1 to {len(KEYS)}"

#: Folders of classes are often numbered and say what is in them: “0-Angry”, “happy faces”.
_NUMBER_BEFORE: Final = re.compile(r"^\d+[\s._-]+")
_KIND_BEHIND: Final = re.compile(
    r"[\s._-]+(?:class|emotions?|expressions?|faces?|images?|imgs?|people|persons?|photos?"
    r"|pics?|pictures?)$"
)
#: A longer text is no label.
_LONGEST: Final = 40

_BY_NAME: Final = {row.name: row for row in TABLE}
_BY_KEY: Final = {key: name for name, key in KEYS.items()}
_MEANINGS: Final = {
    **{spelling: row.name for row in TABLE for spelling in row.spellings},
    **{name: name for name in EMOTIONS},
}


def emotion_named(name: str) -> Emotion:
    """The row of an emotion.

    Raises:
        KeyError: there is no such emotion.
    """
    return _BY_NAME[name]


def emotion_of_key(key: str) -> str | None:
    """The emotion that a key stands for, or None."""
    return _BY_KEY.get(key)


def parse_emotion(text: str) -> str | None:
    """Returns the emotion a label means (``" DISGUST"``, ``happy``, ``0-Angry``, ``sad_images``),
    or None if it means none."""
    word = text.strip().casefold()
    if (emotion := _MEANINGS.get(word)) or len(word) > _LONGEST:
        return emotion
    word = _NUMBER_BEFORE.sub("", word)
    return _MEANINGS.get(_KIND_BEHIND.sub("", word))
