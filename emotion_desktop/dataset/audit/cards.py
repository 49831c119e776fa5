"""The health cards: what the catalogue says of the photos, in sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Final

from emotion_desktop.dataset.audit.agreement_card import agreement_card
from emotion_desktop.dataset.audit.shortcut_cards import shortcut_cards
from emotion_desktop.dataset.audit.shortcuts import Shortcut
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.health import Card, Fix, Severity
from emotion_desktop.domain.text import counted, join_words
from emotion_desktop.workspace.catalogue.audits import (
    Audits,
    copies_basis,
    faces_basis,
    labels_basis,
    photos_basis,
)
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.health_cards import (
    ACTIVE,
    PHOTO_CARDS,
    PhotoCard,
    condition,
)

#: With fewer photos, or persons, an emotion cannot be in all parts of a split in numbers that say
#: anything: a fifth of 25 photos are the 5 that a recall needs at least.
TINY_PHOTOS: Final = 25
TINY_PERSONS: Final = 6

#: Words to be named in a sentence of which there are none any more.
_NO_EXAMPLE: Final = "the label"
_SPLIT_AGAIN: Final = Fix("split_again", "Split again by person")
_NOT_AUDITED: Final = "The photos were not looked at yet."


def health(catalogue: Catalogue) -> list[Card]:
    """All cards, those that matter most first; what is fine comes last."""
    audits = Audits(catalogue)
    kept = {name: audits.get(name) or ("", []) for name in ("copies", "faces", "shortcuts")}
    shortcuts = [Shortcut.from_dict(data) for data in kept["shortcuts"][1]]
    with catalogue.reading() as connection:
        photos, labels = photos_basis(connection), labels_basis(connection)
        basis = {"copies": copies_basis(photos), "faces": faces_basis(photos), "shortcuts": labels}
        stale = {name: kept[name][0] != basis[name] for name in kept}
        options = {row["name"] for row in connection.execute("SELECT name FROM options")}
        cards = [
            *_spellings(connection),
            *(_of_photos(connection, row, stale) for row in PHOTO_CARDS.values()),
            *agreement_card(connection),
            *_tiny(connection),
            *_splits(connection),
            *shortcut_cards(shortcuts, stale["shortcuts"], options),
        ]
    order = [Severity.ALARM, Severity.WARNING, Severity.NOTE, Severity.FINE]
    return sorted(cards, key=lambda card: order.index(card.severity))


def count_photos(connection: sqlite3.Connection, card: str) -> int:
    """How many photos are behind a card."""
    where, values = condition(card)
    return int(
        connection.execute(f"SELECT count(*) FROM photos WHERE {where}", values).fetchone()[0]
    )


def _of_photos(connection: sqlite3.Connection, row: PhotoCard, stale: Mapping[str, bool]) -> Card:
    count = count_photos(connection, row.key)
    old = bool(row.audit) and stale[row.audit]
    if not count:
        fine = _NOT_AUDITED if old else row.fine
        return Card(row.key, row.title, fine, 0, Severity.FINE, stale=old)
    found = [word for (word,) in connection.execute(row.examples)] if row.examples else []
    sentence = row.found[count != 1].format(
        photos=counted(count, row.noun), examples=join_words(found) or _NO_EXAMPLE
    )
    return Card(row.key, row.title, sentence, count, row.severity, row.fixes, stale=old)


def _spellings(connection: sqlite3.Connection) -> Iterator[Card]:
    rows = connection.execute(
        "SELECT written, emotion FROM spellings s WHERE EXISTS "
        "(SELECT 1 FROM listings WHERE source = s.source AND written = s.written)"
    ).fetchall()
    meant = {row["emotion"] for row in rows} - {None}
    spellings = len({row["written"] for row in rows})
    key, title = "spellings", "Spellings"
    if spellings > len(meant):
        sentence = (
            f"{counted(spellings, 'spelling')} of labels were merged into "
            f"{counted(len(meant), 'emotion')}."
        )
        yield Card(key, title, sentence, spellings, Severity.NOTE)
    else:
        yield Card(key, title, "Every label is written in one way.", 0, Severity.FINE)


def _tiny(connection: sqlite3.Connection) -> Iterator[Card]:
    chosen = dict(connection.execute("SELECT emotion, treatment FROM classes").fetchall())
    counts = {
        emotion: (photos, persons)
        for emotion, photos, persons in connection.execute(
            f"SELECT emotion, count(*), count(DISTINCT coalesce(person, -id)) FROM photos "
            f"WHERE {ACTIVE} AND problem IS NULL AND emotion IS NOT NULL GROUP BY emotion"
        )
    }
    for emotion in EMOTIONS:
        photos, persons = counts.get(emotion, (0, 0))
        if not photos or (photos >= TINY_PHOTOS and persons >= TINY_PERSONS):
            continue
        done = chosen.get(emotion)
        if done is not None:
            what = {"merge": "merged", "exclude": "left out", "keep": "kept as too few to judge"}
            sentence = f"{emotion.capitalize()} has {counted(photos, 'photo')} and is {what[done]}."
            yield Card(f"tiny:{emotion}", f"Few of {emotion}", sentence, photos, Severity.FINE)
            continue
        yield Card(
            f"tiny:{emotion}",
            f"Few of {emotion}",
            f"{emotion.capitalize()} has only {counted(photos, 'photo')} of "
            f"{counted(persons, 'person')}: too few to judge a model by.",
            photos,
            Severity.WARNING,
            (
                Fix("keep", "Keep as too few to judge"),
                Fix("merge", "Merge into…"),
                Fix("exclude_class", "Leave the emotion out"),
            ),
        )


def _splits(connection: sqlite3.Connection) -> Iterator[Card]:
    for row in connection.execute("SELECT name FROM splits ORDER BY id"):
        name = row["name"]
        count = count_photos(connection, f"split:{name}")
        key, title = f"split:{name}", f"Split “{name}”"
        if not count:
            fine = f"Nobody is on both sides of the split “{name}”."
            yield Card(key, title, fine, 0, Severity.FINE)
            continue
        is_or_are = "is" if count == 1 else "are"
        sentence = (
            f"{counted(count, 'photo')} that “{name}” holds back {is_or_are} of a person who is "
            "trained on, or a copy of a training photo: the score would flatter."
        )
        yield Card(
            key,
            title,
            sentence,
            count,
            Severity.ALARM,
            (Fix("split_again", "Split again by person"),),
        )
