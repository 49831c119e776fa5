"""File names of well-known data sets that are codes: who is in a photo, and what it shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emotion_desktop.dataset.sources.listing import Kind, Listed, Listing


@dataclass(frozen=True, slots=True)
class NameCode:
    """How the names of a data set's photos are made.

    Attributes:
        pattern: of a name without its suffix; ``person`` and ``emotion`` are groups of it.
        emotions: what the codes of emotions mean; empty where names do not say it.
    """

    title: str
    pattern: re.Pattern[str]
    emotions: dict[str, str]


def _code(title: str, pattern: str, **emotions: str) -> NameCode:
    return NameCode(title, re.compile(pattern, re.IGNORECASE), emotions)


_TWO_LETTERS: Final = {
    "AN": "anger",
    "DI": "disgust",
    "HA": "happiness",
    "NE": "neutral",
    "SA": "sadness",
    "SU": "surprise",
}
CODES: Final = (
    _code(  # Lundqvist et al. 1998: session, person, emotion, side; AF01ANS is F01, angry
        "KDEF",
        r"[AB](?P<person>[FM]\d\d)(?P<emotion>AF|AN|DI|HA|NE|SA|SU)(?:S|FL|FR|HL|HR)",
        **_TWO_LETTERS,
        AF="fear",
    ),
    _code(  # Lyons et al. 1998: person, emotion and take, number; KA.AN1.39
        "JAFFE",
        r"(?P<person>[A-Z]{2})\.(?P<emotion>AN|DI|FE|HA|NE|SA|SU)\d\.\d+",
        **_TWO_LETTERS,
        FE="fear",
    ),
    _code(  # Langner et al. 2010: Rafd090_01_Caucasian_female_angry_frontal
        "RaFD",
        r"Rafd\d+_(?P<person>\d+)_[A-Z]+_(?:fe)?male_(?P<emotion>[A-Z]+)_[A-Z]+",
        ANGRY="anger",
        CONTEMPTUOUS="contempt",
        DISGUSTED="disgust",
        FEARFUL="fear",
        HAPPY="happiness",
        NEUTRAL="neutral",
        SAD="sadness",
        SURPRISED="surprise",
    ),
    _code(  # Ebner et al. 2010, FACES: person, age, sex, emotion, take; 004_o_m_a_a
        "FACES",
        r"(?P<person>\d{1,3})_[YMO]_[FM]_(?P<emotion>[ADFHNS])_[AB]",
        A="anger",
        D="disgust",
        F="fear",
        H="happiness",
        N="neutral",
        S="sadness",
    ),
    # Ma et al. 2015, Chicago Face Database: CFD-BF-001-001-HC
    _code("CFD", r"CFD-(?P<person>[A-Z]{2}-\d{3})-\d{3}-[A-Z]{1,2}"),
    # Tottenham et al. 2009, NimStim: 01F_AN_C
    _code("NimStim", r"(?P<person>\d\d[FM])_[A-Z]{2}_[A-Z]{1,2}"),
)
#: So large a share of the names must be of a code for the code to be taken as theirs.
_MOST: Final = 0.9


def coded_person(stem: str) -> str | None:
    """The person that a name's code says; None for a name of no code that is known."""
    for code in CODES:
        if match := code.pattern.fullmatch(stem):
            return match["person"].upper()
    return None


def read_coded(folder: Path, photos: Sequence[Path]) -> Listed | None:
    """Photos whose names say what they show; None where they do not."""
    for code in CODES:
        found = [code.pattern.fullmatch(path.stem) for path in photos] if code.emotions else []
        if not found or sum(map(bool, found)) < _MOST * len(photos):
            continue
        listings = [
            Listing(path, match["emotion"].upper())
            for path, match in zip(photos, found, strict=True)
            if match
        ]
        others = [path for path, match in zip(photos, found, strict=True) if not match]
        return Listed(
            Kind.NAMES,
            folder,
            folder,
            tuple(listings),
            tuple(others),
            known=code.emotions,
            notes=(f"Labels are read from the photos' names: they are those of {code.title}.",),
        )
    return None
