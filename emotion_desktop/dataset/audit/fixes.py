"""What a fix of a health card changes."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from emotion_desktop.dataset.splitting.grouping import group
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.text import counted
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.edits import Change
from emotion_desktop.workspace.catalogue.health_cards import condition
from emotion_desktop.workspace.catalogue.votes import NO_VOTE

#: The title and the changes of an edit.
Edit = tuple[str, list[Change]]
#: Makes it from the card's key and the emotion to merge into.
Maker = Callable[[sqlite3.Connection, str, str | None], Edit]


def fix_changes(catalogue: Catalogue, card: str, fix: str, into: str | None = None) -> Edit:
    """The edit's title and changes that a fix consists of.

    Args:
        card, fix: keys of a card and of one of its fixes.
        into: for ``merge``: the emotion to merge into.

    Raises:
        UsageError: there is no such card or fix, or it makes no sense.
    """
    if fix not in FIXES:
        raise UsageError(
            f"There is no fix “{fix}” for the card “{card}”.",
            "“dataset audit” names those there are.",
        )
    with catalogue.reading() as connection:
        return FIXES[fix](connection, card, into)


def _exclude(connection: sqlite3.Connection, card: str, _: str | None) -> Edit:
    photos = _photos(connection, card)
    reason = card.replace("_", " ")
    return f"Leave {counted(len(photos), 'photo')} out", [Change("excluded", photos, reason)]


def _keep_one(connection: sqlite3.Connection, card: str, _: str | None) -> Edit:
    photos = _surplus_copies(connection, card)
    title = f"Leave {counted(len(photos), 'copy', 'copies')} out"
    return title, [Change("excluded", photos, "a copy of another photo")]


def _ignore_repeats(connection: sqlite3.Connection, _: str, __: str | None) -> Edit:
    rows = _repeats(connection)
    return f"Forget {counted(len(rows), 'repeated row')}", [Change("ignored", rows, 1)]


def _option(title: str, name: str) -> Maker:
    return lambda *_: (title, [Change("option", [name], True)])


def _keep_class(_: sqlite3.Connection, card: str, __: str | None) -> Edit:
    emotion = _emotion_of(card)
    return f"Keep {emotion} as too few to judge", [Change("class", [emotion], ["keep", None])]


def _exclude_class(_: sqlite3.Connection, card: str, __: str | None) -> Edit:
    emotion = _emotion_of(card)
    return f"Leave {emotion} out", [Change("class", [emotion], ["exclude", None])]


def _merge_class(connection: sqlite3.Connection, card: str, into: str | None) -> Edit:
    emotion = _emotion_of(card)
    gone = {
        row["emotion"]
        for row in connection.execute("SELECT emotion FROM classes WHERE treatment <> 'keep'")
    }
    if into not in EMOTIONS or into == emotion or into in gone:
        raise UsageError(
            f"{emotion.capitalize()} cannot be merged into {into or 'nothing'}.",
            "Choose an emotion that is neither merged nor left out itself.",
        )
    return f"Merge {emotion} into {into}", [Change("class", [emotion], ["merge", into])]


def _emotion_of(card: str) -> str:
    emotion = card.partition(":")[2]
    if emotion not in EMOTIONS:
        raise UsageError(f"“{emotion}” is none of the emotions.", f"Use {', '.join(EMOTIONS)}.")
    return emotion


def _photos(connection: sqlite3.Connection, card: str) -> list[int]:
    where, values = condition(card)
    rows = connection.execute(f"SELECT id FROM photos WHERE {where} ORDER BY id", values)
    return [row["id"] for row in rows]


def _repeats(connection: sqlite3.Connection) -> list[list[int]]:
    """All listings but the first of each photo and emotion."""
    where, values = condition("repeated")
    rows = connection.execute(
        "SELECT l.source, l.row, l.photo, s.emotion FROM listings l JOIN spellings s "
        "ON s.source = l.source AND s.written = l.written WHERE NOT l.ignored "
        f"AND s.emotion IS NOT NULL AND {NO_VOTE} "
        f"AND l.photo IN (SELECT id FROM photos WHERE {where}) "
        "ORDER BY l.photo, l.id",
        values,
    )
    seen: set[tuple[int, str]] = set()
    surplus = []
    for source, row, photo, emotion in rows:
        if (photo, emotion) in seen:
            surplus.append([source, row, photo])
        seen.add((photo, emotion))
    return surplus


def _surplus_copies(connection: sqlite3.Connection, card: str) -> list[int]:
    """Of every group of copies all photos but one; all of them where their labels differ."""
    where, values = condition(card)
    rows = connection.execute(
        f"SELECT id, digest, emotion FROM photos WHERE {where} ORDER BY id", values
    ).fetchall()
    pairs = (
        connection.execute("SELECT a, b FROM near_copies").fetchall()
        if card == "near_copies"
        else []
    )
    group_of = group([row["digest"] for row in rows], [tuple(pair) for pair in pairs])
    members: dict[bytes, list[sqlite3.Row]] = defaultdict(list)
    for row in rows:
        members[group_of[row["digest"]]].append(row)
    out: list[int] = []
    for photos in members.values():
        emotions = {row["emotion"] for row in photos} - {None}
        labelled = [row["id"] for row in photos if row["emotion"] is not None]
        kept = None if len(emotions) > 1 else (labelled or [photos[0]["id"]])[0]
        out += [row["id"] for row in photos if row["id"] != kept]
    return out


#: What each fix of a card changes, by the fix's key. Those that change no labels or photos are the
#: window's and the command line's own: photos that moved, and a split made again.
FIXES: Final[Mapping[str, Maker]] = MappingProxyType(
    {
        "exclude": _exclude,
        "keep_one": _keep_one,
        "ignore_repeats": _ignore_repeats,
        "grey": _option("Look at photos in grey", "grey"),
        "score_by_source": _option("Score by source as well", "score_by_source"),
        "keep": _keep_class,
        "merge": _merge_class,
        "exclude_class": _exclude_class,
    }
)
