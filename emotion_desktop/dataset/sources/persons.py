"""Who is in a photo, as far as its file name tells.

Data sets number the photos of a person: ``Alain_Cervantes_0001.jpg``. Where a name says nothing of
a person, the photo counts as a person of its own. In doubt two photos are held to show the same
person: that costs a split some freedom, while the opposite would let a model be tested on people it
was trained on.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import Final

from emotion_desktop.domain.emotions import parse_emotion

#: A number set off by a separator, perhaps with one letter or in brackets: ``_0001``, ``-12b``.
_SET_OFF_NUMBER: Final = re.compile(r"(.*?[^\W_].*?)[\W_]+\d+[a-z]?[)\]]*", re.IGNORECASE)
#: A number that follows the name at once: ``Prema16``.
_GLUED_NUMBER: Final = re.compile(r"(.*[^\W\d])\d+[a-z]?", re.IGNORECASE)
#: A numbered person with two views, as the FEI face database has them: ``183a``, ``183b``.
_NUMBER_AND_LETTER: Final = re.compile(r"(\d+)[a-z]", re.IGNORECASE)
#: People known by a number: ``subject01.happy``, ``person_12_0003``.
_NUMBERED_PERSON: Final = re.compile(
    r"(?:actor|id|participant|person|subj|subject)[\W_]*\d+", re.IGNORECASE
)
#: The Japanese Female Facial Expression database: person, expression and take, number.
_JAFFE: Final = re.compile(r"([A-Z]{2})\.(?:AN|DI|FE|HA|NE|SA|SU)\d\.\d+")

#: Words that name a picture, not a person; so do emotions.
_WORDS: Final = """
    aligned camera capture copy crop cropped dsc dscn expression expressions face faces facial
    file frame image images img jpg mvimg photo photos pic pict picture portrait privatetest
    publictest pxl sample screenshot snapshot still test testing train training unknown untitled
    val valid validation video vlcsnap webcam whatsapp
"""
_GENERAL_WORDS: Final = frozenset(_WORDS.split())
_SEPARATORS: Final = re.compile(r"[\W_]+")


def person_of(name: str) -> str:
    """Returns the name that all photos of one person share.

    ``Alain_Cervantes_0001.jpg`` gives ``Alain_Cervantes``; names of nothing but digits or general
    words (``00012.jpg``, ``IMG_0412.jpg``, ``happy_3.png``) give the whole stem, so that such a
    photo is a person of its own. The case is kept; compare names with ``casefold``.

    Args:
        name: file name, with or without folders and extension.
    """
    stem = PurePath(name).stem
    known = _NUMBERED_PERSON.match(stem) or _JAFFE.fullmatch(stem)
    if known:
        return known[known.lastindex or 0]
    lettered = _NUMBER_AND_LETTER.fullmatch(stem)
    if lettered:
        return lettered[1]
    rest = stem
    while (match := _SET_OFF_NUMBER.fullmatch(rest)) and not _is_general(match[1]):
        rest = match[1]
    if rest == stem and (match := _GLUED_NUMBER.fullmatch(stem)) and not _is_general(match[1]):
        rest = match[1]
    return rest


def _is_general(name: str) -> bool:
    """True where no word of it can be a person's name."""
    words = [word for word in _SEPARATORS.split(name) if word]
    return all(
        len(word) == 1 or word.isdigit() or word.casefold() in _GENERAL_WORDS or parse_emotion(word)
        for word in words
    )
