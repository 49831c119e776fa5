"""What a fix of a health card changes."""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from emotion_desktop.dataset.splitting.grouping import group
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.text import counted
from emotion_desktop.workspace.catalogue.card_photos import condition
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.edits import Change


def fix_changes(
    catalogue: Catalogue, card: str, fix: str, into: str | None = None
) -> tuple[str, list[Change]]:
    """The edit's title and changes that a fix consists of.

    Args:
        card, fix: keys of a card and of one of its fixes.
        into: for ``merge``: the emotion to merge into.

    Raises:
        UsageError: there is no such card or fix, or it makes no sense.
    """
    with catalogue.reading() as connection:
        if fix == "exclude":
            photos = _photos(connection, card)
            reason = card.replace("_", " ")
            return f"Leave {counted(len(photos), 'photo')} out", [
                Change("excluded", photos, reason)
            ]
        if fix == "keep_one":
            photos = _surplus(connection, card)
            return f"Leave {counted(len(photos), 'copy', 'copies')} out", [
                Change("excluded", photos, "a copy of another photo")
            ]
        if fix == "ignore_repeats":
            rows = _repeats(connection)
            return f"Forget {counted(len(rows), 'repeated row')}", [Change("ignored", rows, 1)]
        if fix in ("grey", "score_by_source"):
            title = "Look at photos in grey" if fix == "grey" else "Score by source as well"
            return title, [Change("option", [fix], True)]
        if fix in ("keep", "merge", "exclude_class"):
            return _class(connection, card.partition(":")[2], fix, into)
    raise UsageError(
        f"There is no fix “{fix}” for the card “{card}”.", "“dataset audit” names those there are."
    )


def _class(
    connection: sqlite3.Connection, emotion: str, fix: str, into: str | None
) -> tuple[str, list[Change]]:
    if emotion not in EMOTIONS:
        raise UsageError(f"“{emotion}” is none of the emotions.", f"Use {', '.join(EMOTIONS)}.")
    if fix == "keep":
        return f"Keep {emotion} as too few to judge", [Change("class", [emotion], ["keep", None])]
    if fix == "exclude_class":
        return f"Leave {emotion} out", [Change("class", [emotion], ["exclude", None])]
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
        f"AND s.emotion IS NOT NULL AND l.photo IN (SELECT id FROM photos WHERE {where}) "
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


def _surplus(connection: sqlite3.Connection, card: str) -> list[int]:
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
