"""The health cards about photos: one row each, with the query for the photos behind it.

A card is counted, shown, mended and put into words by its row. Cards about something else than
photos (spellings, emotions, splits, shortcuts) are made in dataset/audit/cards.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from emotion_desktop.domain.emotions import KEY_RANGE
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.files.picture_problem import ProblemCode
from emotion_desktop.domain.geometry import FACE_FINDER
from emotion_desktop.domain.health import Fix, Severity
from emotion_desktop.workspace.catalogue.votes import NO_VOTE

#: Shorter sides, pixels: what the built-in model's net sees, and what Rekognition takes.
MODEL_SIDE: Final = 64
REKOGNITION_SIDE: Final = 80

#: Photos that are in the data set.
ACTIVE: Final = "ready AND excluded IS NULL"
_THERE: Final = f"SELECT digest FROM photos WHERE {ACTIVE} AND digest IS NOT NULL"
_READABLE: Final = "problem IS NULL"
_COUNTED: Final = f"SELECT digest FROM faces WHERE finder = '{FACE_FINDER}'"

#: The card of the photos that people who voted on them agree on least: so many at most, and those
#: alone on which fewer than half of all pairs of people gave the same answer.
LEAST_AGREED: Final = "agreement"
_MOST_SHOWN: Final = 200
_LEAST_AGREED: Final = (
    f"id IN (SELECT id FROM photos WHERE {ACTIVE} AND agreement < 0.5 "
    f"ORDER BY agreement, name, id LIMIT {_MOST_SHOWN})"
)

EXCLUDE: Final = Fix("exclude", "Leave them out")
KEEP_ONE: Final = Fix("keep_one", "Keep one of each")


@dataclass(frozen=True, slots=True)
class PhotoCard:
    """A card about photos.

    Attributes:
        key, title, severity, fixes: see domain.health.Card; the severity is that of a card with
            photos.
        where: the condition on ``photos`` that holds for those behind the card.
        found: the sentence for one photo, and for several; ``{photos}`` is their number with its
            noun, ``{examples}`` what the query of that name finds.
        fine: the sentence where there is none.
        noun: what is counted.
        audit: the look at the pictures that it rests on (see audits); empty where the catalogue
            knows by itself.
        examples: a query for words to be named in the sentence.
    """

    key: str
    title: str
    where: str
    found: tuple[str, str]
    fine: str
    severity: Severity = Severity.WARNING
    fixes: tuple[Fix, ...] = (EXCLUDE,)
    noun: str = "photo"
    audit: str = ""
    examples: str = ""


_ROWS: Final = (
    PhotoCard(
        "repeated",
        "Repeated rows",
        "id IN (SELECT l.photo FROM listings l JOIN spellings s ON s.source = l.source "
        f"AND s.written = l.written WHERE NOT l.ignored AND s.emotion IS NOT NULL AND {NO_VOTE} "
        "GROUP BY l.photo, s.emotion HAVING count(*) > 1)",
        (
            "{photos} is listed more than once with the same label; each counts once.",
            "{photos} are listed more than once with the same label; each counts once.",
        ),
        "No photo is listed twice with the same label.",
        severity=Severity.NOTE,
        fixes=(Fix("ignore_repeats", "Forget the repeats"),),
    ),
    PhotoCard(
        "contradictory",
        "Contradicting labels",
        "section = 'contradictory'",
        (
            "{photos} is listed with different labels; nobody knows which is right, so nothing is "
            "learnt from it.",
            "{photos} are listed with different labels; nobody knows which are right, so nothing "
            "is learnt from them.",
        ),
        "No photo is listed with different labels.",
    ),
    PhotoCard(
        "unlabelled",
        "Without a label",
        "section = 'unlabelled'",
        (
            f"{{photos}} has no label: show them, and press {KEY_RANGE} to give them one.",
            f"{{photos}} have no label: show them, and press {KEY_RANGE} to give them one.",
        ),
        "Every photo has a label.",
        severity=Severity.NOTE,
    ),
    PhotoCard(
        "unknown",
        "Unknown labels",
        "section = 'unknown'",
        (
            "{photos} is kept aside: {examples} means none of the emotions.",
            "{photos} are kept aside: {examples} means none of the emotions.",
        ),
        "Every label means one of the emotions.",
        examples="SELECT DISTINCT written FROM spellings WHERE emotion IS NULL "
        "ORDER BY written LIMIT 5",
    ),
    PhotoCard(
        "missing",
        "Missing files",
        f"problem_code = '{ProblemCode.MISSING.value}'",
        (
            "{photos} is not where it lay when it was imported.",
            "{photos} are not where they lay when they were imported.",
        ),
        "Every photo is where it was.",
        fixes=(Fix("move", "They lie elsewhere now…"), EXCLUDE),
    ),
    PhotoCard(
        "unreadable",
        "Unreadable files",
        f"problem_code = '{ProblemCode.UNREADABLE.value}'",
        (
            "{photos} cannot be read as a picture.",
            "{photos} cannot be read as a picture.",
        ),
        "Every file can be read.",
        noun="file",
    ),
    PhotoCard(
        "small_model",
        "Small for the model",
        f"{_READABLE} AND min(width, height) < {MODEL_SIDE}",
        (
            f"{{photos}} has fewer than {MODEL_SIDE} pixels on a side, less than the model looks "
            "at.",
            f"{{photos}} have fewer than {MODEL_SIDE} pixels on a side, less than the model looks "
            "at.",
        ),
        f"Every photo has at least {MODEL_SIDE} pixels on each side.",
        severity=Severity.NOTE,
    ),
    PhotoCard(
        "small_rekognition",
        "Small for Rekognition",
        f"{_READABLE} AND min(width, height) < {REKOGNITION_SIDE}",
        (
            f"{{photos}} is below the {REKOGNITION_SIDE} pixels that Amazon Rekognition asks for; "
            "enlarged, they may fare worse there.",
            f"{{photos}} are below the {REKOGNITION_SIDE} pixels that Amazon Rekognition asks for; "
            "enlarged, they may fare worse there.",
        ),
        f"Every photo has the {REKOGNITION_SIDE} pixels that Amazon Rekognition asks for.",
        severity=Severity.NOTE,
    ),
    PhotoCard(
        "same_bytes",
        "Same files",
        f"digest IN ({_THERE} GROUP BY digest HAVING count(*) > 1)",
        (
            "{photos} is the same file as another one.",
            "{photos} are the same files as other ones.",
        ),
        "No two photos are the same file.",
        fixes=(KEEP_ONE,),
        audit="copies",
    ),
    PhotoCard(
        "near_copies",
        "Near copies",
        f"digest IN (SELECT a FROM near_copies WHERE b IN ({_THERE}) "
        f"UNION SELECT b FROM near_copies WHERE a IN ({_THERE}))",
        (
            "{photos} is nearly the same picture as another one.",
            "{photos} are nearly the same pictures as others.",
        ),
        "No two photos are nearly the same picture.",
        fixes=(KEEP_ONE,),
        audit="copies",
    ),
    PhotoCard(
        "no_face",
        "No face",
        f"{_READABLE} AND digest IN ({_COUNTED} AND faces = 0)",
        (
            "{photos} shows no face that can be found.",
            "{photos} show no face that can be found.",
        ),
        "A face was found in every photo.",
        audit="faces",
    ),
    PhotoCard(
        "several_faces",
        "Several faces",
        f"{_READABLE} AND digest IN ({_COUNTED} AND faces > 1)",
        (
            "{photos} shows several faces; the largest one counts.",
            "{photos} show several faces; the largest counts.",
        ),
        "No photo shows several faces.",
        severity=Severity.NOTE,
        audit="faces",
    ),
)
#: By key, in the order in which cards of equal severity are shown.
PHOTO_CARDS: Final[Mapping[str, PhotoCard]] = MappingProxyType({row.key: row for row in _ROWS})

#: Of a split's test and validation photos: those of a person who is in training as well, or that
#: are copies of a training photo. Nothing within depends on a row: that would take minutes.
_LEAKS: Final = """id IN (
    WITH this AS (SELECT id FROM splits WHERE name = ?),
    trained AS (
        SELECT t.person, f.digest FROM split_photos t JOIN photos f ON f.id = t.photo
        WHERE t.split = (SELECT id FROM this) AND t.part = 0),
    copies AS (
        SELECT digest FROM trained UNION
        SELECT b FROM near_copies WHERE a IN (SELECT digest FROM trained) UNION
        SELECT a FROM near_copies WHERE b IN (SELECT digest FROM trained))
    SELECT h.photo FROM split_photos h JOIN photos q ON q.id = h.photo
    WHERE h.split = (SELECT id FROM this) AND h.part > 0 AND (
        h.person IN (SELECT person FROM trained) OR q.digest IN (SELECT digest FROM copies)))"""


def condition(card: str) -> tuple[str, tuple[str, ...]]:
    """The condition on ``photos`` that holds for the photos behind a card, and its values.

    Args:
        card: the card's key; ``tiny:EMOTION``, ``shortcut:CUE:EMOTION`` and ``split:NAME`` are of
            one emotion or split.

    Raises:
        UsageError: there is no such card.
    """
    if card in PHOTO_CARDS:
        return f"{ACTIVE} AND {PHOTO_CARDS[card].where}", ()
    if card == LEAST_AGREED:
        return f"{ACTIVE} AND {_LEAST_AGREED}", ()
    kind, _, which = card.partition(":")
    if kind in ("tiny", "shortcut") and which:
        return f"{ACTIVE} AND emotion = ?", (which.rpartition(":")[2],)
    if kind == "split" and which:
        return f"ready AND {_LEAKS}", (which,)
    raise UsageError(f"There is no health card “{card}”.", f"There are: {', '.join(PHOTO_CARDS)}.")
