"""Which photos are behind a health card: one query per card, for counting, showing and mending."""

from __future__ import annotations

from typing import Final

from emotion_desktop.domain.errors import UsageError

#: Shorter sides, pixels: what the built-in model's net sees, and what Rekognition takes.
MODEL_SIDE: Final = 64
REKOGNITION_SIDE: Final = 80
#: What a file that is not there says of itself (imaging.decode.read_bytes).
MISSING: Final = "There is no such file."

#: Photos that are in the data set.
ACTIVE: Final = "ready AND excluded IS NULL"
_THERE: Final = f"SELECT digest FROM photos WHERE {ACTIVE} AND digest IS NOT NULL"
_READABLE: Final = "problem IS NULL"

_SECTIONS: Final = ("contradictory", "unlabelled", "unknown")
_CONDITIONS: Final = {
    "repeated": "id IN (SELECT l.photo FROM listings l JOIN spellings s ON s.source = l.source "
    "AND s.written = l.written WHERE NOT l.ignored AND s.emotion IS NOT NULL "
    "GROUP BY l.photo, s.emotion HAVING count(*) > 1)",
    **{section: f"section = '{section}'" for section in _SECTIONS},
    "missing": f"problem = '{MISSING}'",
    "unreadable": f"problem <> '{MISSING}'",
    "same_bytes": f"digest IN ({_THERE} GROUP BY digest HAVING count(*) > 1)",
    "near_copies": f"digest IN (SELECT a FROM near_copies WHERE b IN ({_THERE}) "
    f"UNION SELECT b FROM near_copies WHERE a IN ({_THERE}))",
    "small_model": f"{_READABLE} AND min(width, height) < {MODEL_SIDE}",
    "small_rekognition": f"{_READABLE} AND min(width, height) < {REKOGNITION_SIDE}",
    "no_face": f"{_READABLE} AND digest IN (SELECT digest FROM faces WHERE faces = 0)",
    "several_faces": f"{_READABLE} AND digest IN (SELECT digest FROM faces WHERE faces > 1)",
}
#: Of a split's test and validation photos: those of a person who is in training as well, or that
#: are copies of a training photo.
_LEAKS: Final = """id IN (
    SELECT h.photo FROM split_photos h
    JOIN splits s ON s.id = h.split JOIN photos q ON q.id = h.photo
    WHERE s.name = ? AND h.part > 0 AND (
        h.person IN (SELECT person FROM split_photos WHERE split = h.split AND part = 0)
        OR q.digest IN (
            SELECT f.digest FROM split_photos t JOIN photos f ON f.id = t.photo
            WHERE t.split = h.split AND t.part = 0 UNION
            SELECT n.b FROM near_copies n JOIN photos f ON f.digest = n.a
            JOIN split_photos t ON t.photo = f.id WHERE t.split = h.split AND t.part = 0 UNION
            SELECT n.a FROM near_copies n JOIN photos f ON f.digest = n.b
            JOIN split_photos t ON t.photo = f.id WHERE t.split = h.split AND t.part = 0)))"""


def condition(card: str) -> tuple[str, tuple[str, ...]]:
    """The condition on ``photos`` that holds for the photos behind a card, and its values.

    Args:
        card: the card's key; ``tiny:EMOTION``, ``shortcut:CUE:EMOTION`` and ``split:NAME`` are of
            one emotion or split.

    Raises:
        UsageError: there is no such card.
    """
    if card in _CONDITIONS:
        return f"{ACTIVE} AND {_CONDITIONS[card]}", ()
    kind, _, which = card.partition(":")
    if kind in ("tiny", "shortcut") and which:
        return f"{ACTIVE} AND emotion = ?", (which.rpartition(":")[2],)
    if kind == "split" and which:
        return f"ready AND {_LEAKS}", (which,)
    raise UsageError(f"There is no health card “{card}”.", f"There are: {', '.join(_CONDITIONS)}.")
