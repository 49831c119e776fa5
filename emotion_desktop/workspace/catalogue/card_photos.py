"""Which photos are behind a health card: one query per card, for counting, showing and mending."""

from __future__ import annotations

from typing import Final

from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.geometry import FACE_FINDER
from emotion_desktop.domain.picture_problem import ProblemCode

#: Shorter sides, pixels: what the built-in model's net sees, and what Rekognition takes.
MODEL_SIDE: Final = 64
REKOGNITION_SIDE: Final = 80

#: Photos that are in the data set.
ACTIVE: Final = "ready AND excluded IS NULL"
_THERE: Final = f"SELECT digest FROM photos WHERE {ACTIVE} AND digest IS NOT NULL"
_READABLE: Final = "problem IS NULL"
_COUNTED: Final = f"SELECT digest FROM faces WHERE finder = '{FACE_FINDER}'"

_SECTIONS: Final = ("contradictory", "unlabelled", "unknown")
CONDITIONS: Final = {
    "repeated": "id IN (SELECT l.photo FROM listings l JOIN spellings s ON s.source = l.source "
    "AND s.written = l.written WHERE NOT l.ignored AND s.emotion IS NOT NULL "
    "GROUP BY l.photo, s.emotion HAVING count(*) > 1)",
    **{section: f"section = '{section}'" for section in _SECTIONS},
    "missing": f"problem_code = '{ProblemCode.MISSING.value}'",
    "unreadable": f"problem_code = '{ProblemCode.UNREADABLE.value}'",
    "same_bytes": f"digest IN ({_THERE} GROUP BY digest HAVING count(*) > 1)",
    "near_copies": f"digest IN (SELECT a FROM near_copies WHERE b IN ({_THERE}) "
    f"UNION SELECT b FROM near_copies WHERE a IN ({_THERE}))",
    "small_model": f"{_READABLE} AND min(width, height) < {MODEL_SIDE}",
    "small_rekognition": f"{_READABLE} AND min(width, height) < {REKOGNITION_SIDE}",
    "no_face": f"{_READABLE} AND digest IN ({_COUNTED} AND faces = 0)",
    "several_faces": f"{_READABLE} AND digest IN ({_COUNTED} AND faces > 1)",
}
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
    if card in CONDITIONS:
        return f"{ACTIVE} AND {CONDITIONS[card]}", ()
    kind, _, which = card.partition(":")
    if kind in ("tiny", "shortcut") and which:
        return f"{ACTIVE} AND emotion = ?", (which.rpartition(":")[2],)
    if kind == "split" and which:
        return f"ready AND {_LEAKS}", (which,)
    raise UsageError(f"There is no health card “{card}”.", f"There are: {', '.join(CONDITIONS)}.")
