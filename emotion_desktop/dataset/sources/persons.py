"""Who is in a photo, as far as its file name tells.

Data sets number the photos of a person: ``Alain_Cervantes_0001.jpg``. Where a name says nothing of
a person, the photo counts as a person of its own. In doubt two photos are held to show the same
person: that costs a split some freedom, while the opposite would let a model be tested on people it
was trained on.
"""

from __future__ import annotations

import os
import re
from typing import Final

from emotion_desktop.dataset.sources.name_codes import coded_person
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
#: Roboflow puts this behind a photo's name; copies it has edited have the name in common.
_ROBOFLOW: Final = re.compile(r"[._-](?:jpe?g|png|webp|bmp)\.rf\.[0-9a-f]{8,}", re.IGNORECASE)
#: Names that are made from a photo's content or at random.
_HASH: Final = re.compile(
    r"(?=.*\d)(?=.*[a-f])[0-9a-f]{12,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    re.IGNORECASE,
)

#: The digits of a name of general words: ``im0``.
_NUMBER_BEHIND: Final = re.compile(r"(?<=[^\W\d])\d+[a-z]?$", re.IGNORECASE)

#: Words that name a picture, not a person; so do emotions.
_WORDS: Final = """
    affectnet aligned all camera capture ckplus class copy crop cropped data dataset dsc dscn
    emotion emotions expression expressions expw face faces facial fer ferplus file frame gray
    grey im image images img input jpg mvimg output photo photos pic pict picture portrait
    privatetest publictest pxl rafdb raw sample screenshot snapshot still test testing train
    training unknown untitled val valid validation video vlcsnap webcam whatsapp
"""
_GENERAL_WORDS: Final = frozenset(_WORDS.split())
_SEPARATORS: Final = re.compile(r"[\W_]+")


def person_of(name: str) -> str:
    """Returns the name that all photos of one person share; the stem where it names nobody.

    ``Alain_Cervantes_0001.jpg`` gives ``Alain_Cervantes``. The case is kept; compare names with
    ``casefold``.

    Args:
        name: file name, with or without folders and extension.
    """
    return named_person(name) or _stem(name)


def named_person(name: str) -> str | None:
    """Returns the person that a file's name says; None where it says none.

    Names of nothing but digits or general words (``00012.jpg``, ``IMG_0412.jpg``, ``im0.png``,
    ``happy_3.png``) say none, nor do those that are made from a photo's content.
    """
    stem = _stem(name)
    original = _ROBOFLOW.sub("", stem)
    if original != stem:  # edited copies of one photo belong together, whoever it shows
        return named_person(f"{original}.jpg") or original
    if coded := coded_person(stem):
        return coded
    if known := _NUMBERED_PERSON.match(stem):
        return known[0]
    if lettered := _NUMBER_AND_LETTER.fullmatch(stem):
        return lettered[1]
    if _HASH.fullmatch(stem):
        return None
    rest = stem
    while (match := _SET_OFF_NUMBER.fullmatch(rest)) and not is_general(match[1]):
        rest = match[1]
    if rest == stem and (match := _GLUED_NUMBER.fullmatch(stem)) and not is_general(match[1]):
        rest = match[1]
    return None if rest == stem and is_general(_NUMBER_BEHIND.sub("", stem)) else rest


def is_general(name: str) -> bool:
    """True where no word of it can be a person's name."""
    words = [word for word in _SEPARATORS.split(name) if word]
    return all(
        len(word) == 1 or word.isdigit() or word.casefold() in _GENERAL_WORDS or parse_emotion(word)
        for word in words
    )


def _stem(name: str) -> str:
    return os.path.splitext(os.path.basename(name))[0]  # noqa: PTH119, PTH122 - for thousands
