"""The health cards: what the catalogue says of the photos, in sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Any, Final

from emotion_desktop.dataset.audit.shortcut_cards import shortcut_cards
from emotion_desktop.dataset.audit.shortcuts import Shortcut
from emotion_desktop.domain.emotions import EMOTIONS, KEY_RANGE
from emotion_desktop.domain.health import Card, Fix, Severity
from emotion_desktop.domain.text import counted, join_words
from emotion_desktop.workspace.catalogue.audits import (
    Audits,
    faces_basis,
    labels_basis,
    photos_basis,
)
from emotion_desktop.workspace.catalogue.card_photos import (
    ACTIVE,
    MODEL_SIDE,
    REKOGNITION_SIDE,
    condition,
)
from emotion_desktop.workspace.catalogue.catalogue import Catalogue

#: With fewer photos, or persons, an emotion cannot be in all parts of a split in numbers that say
#: anything: a fifth of 25 photos are the 5 that a recall needs at least.
TINY_PHOTOS: Final = 25
TINY_PERSONS: Final = 6

_EXCLUDE: Final = Fix("exclude", "Leave them out")


def health(catalogue: Catalogue) -> list[Card]:
    """All cards, those that matter most first; what is fine comes last."""
    audits = Audits(catalogue)
    kept = {name: audits.get(name) or ("", []) for name in ("copies", "faces", "shortcuts")}
    shortcuts = [Shortcut.from_dict(data) for data in kept["shortcuts"][1]]
    with catalogue.reading() as connection:
        photos, labels = photos_basis(connection), labels_basis(connection)
        basis = {"copies": photos, "faces": faces_basis(photos), "shortcuts": labels}
        stale = {name: kept[name][0] != basis[name] for name in kept}
        options = {row["name"] for row in connection.execute("SELECT name FROM options")}
        cards = [
            *(make(connection) for make in _MAKERS),
            *(_looked(connection, key, stale) for key in _LOOKED),
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


def _card(
    key: str,
    title: str,
    count: int,
    found: str,
    fine: str,
    *,
    severity: Severity = Severity.WARNING,
    fixes: tuple[Fix, ...] = (),
    **more: Any,
) -> Card:
    """A card that says ``found`` where there is something, and ``fine`` where there is nothing."""
    if count:
        return Card(key, title, found, count, severity, fixes, **more)
    return Card(key, title, fine, 0, Severity.FINE, **more)


def _spellings(connection: sqlite3.Connection) -> Card:
    rows = connection.execute(
        "SELECT written, emotion FROM spellings s WHERE EXISTS "
        "(SELECT 1 FROM listings WHERE source = s.source AND written = s.written)"
    ).fetchall()
    meant = {row["emotion"] for row in rows} - {None}
    spellings = len({row["written"] for row in rows})
    merged = spellings - len(meant) if spellings > len(meant) else 0
    return _card(
        "spellings",
        "Spellings",
        spellings if merged else 0,
        f"{counted(spellings, 'spelling')} of labels were merged into "
        f"{counted(len(meant), 'emotion')}.",
        "Every label is written in one way.",
        severity=Severity.NOTE,
    )


def _repeated(connection: sqlite3.Connection) -> Card:
    count = count_photos(connection, "repeated")
    return _card(
        "repeated",
        "Repeated rows",
        count,
        f"{counted(count, 'photo')} {_is(count)} listed more than once with the same label; each "
        "counts once.",
        "No photo is listed twice with the same label.",
        severity=Severity.NOTE,
        fixes=(Fix("ignore_repeats", "Forget the repeats"),),
    )


def _contradictory(connection: sqlite3.Connection) -> Card:
    count = count_photos(connection, "contradictory")
    return _card(
        "contradictory",
        "Contradicting labels",
        count,
        f"{counted(count, 'photo')} {_is(count)} listed with different labels; nobody knows which "
        "is right, so nothing is learnt from it."
        if count == 1
        else f"{counted(count, 'photo')} are listed with different labels; nobody knows which are "
        "right, so nothing is learnt from them.",
        "No photo is listed with different labels.",
        fixes=(_EXCLUDE,),
    )


def _unlabelled(connection: sqlite3.Connection) -> Card:
    count = count_photos(connection, "unlabelled")
    return _card(
        "unlabelled",
        "Without a label",
        count,
        f"{counted(count, 'photo')} {_has(count)} no label: show them, and press {KEY_RANGE} to "
        "give them one.",
        "Every photo has a label.",
        severity=Severity.NOTE,
        fixes=(_EXCLUDE,),
    )


def _unknown(connection: sqlite3.Connection) -> Card:
    count = count_photos(connection, "unknown")
    words = [
        row["written"]
        for row in connection.execute(
            "SELECT DISTINCT written FROM spellings WHERE emotion IS NULL ORDER BY written LIMIT 5"
        )
    ]
    return _card(
        "unknown",
        "Unknown labels",
        count,
        f"{counted(count, 'photo')} {_is(count)} kept aside: "
        f"{join_words(words) or 'the label'} means none of the emotions.",
        "Every label means one of the emotions.",
        fixes=(_EXCLUDE,),
    )


def _missing(connection: sqlite3.Connection) -> Card:
    count = count_photos(connection, "missing")
    return _card(
        "missing",
        "Missing files",
        count,
        f"{counted(count, 'photo')} {_is(count)} not where {_it(count)} lay when "
        f"{_it(count)} {'was' if count == 1 else 'were'} imported.",
        "Every photo is where it was.",
        fixes=(Fix("move", "They lie elsewhere now…"), _EXCLUDE),
    )


def _unreadable(connection: sqlite3.Connection) -> Card:
    count = count_photos(connection, "unreadable")
    return _card(
        "unreadable",
        "Unreadable files",
        count,
        f"{counted(count, 'file')} cannot be read as a picture.",
        "Every file can be read.",
        fixes=(_EXCLUDE,),
    )


def _small_model(connection: sqlite3.Connection) -> Card:
    count = count_photos(connection, "small_model")
    return _card(
        "small_model",
        "Small for the model",
        count,
        f"{counted(count, 'photo')} {_has(count)} fewer than {MODEL_SIDE} pixels on a side, less "
        "than the model looks at.",
        f"Every photo has at least {MODEL_SIDE} pixels on each side.",
        severity=Severity.NOTE,
        fixes=(_EXCLUDE,),
    )


def _small_rekognition(connection: sqlite3.Connection) -> Card:
    count = count_photos(connection, "small_rekognition")
    return _card(
        "small_rekognition",
        "Small for Rekognition",
        count,
        f"{counted(count, 'photo')} {_is(count)} below the {REKOGNITION_SIDE} pixels that Amazon "
        "Rekognition asks for; enlarged, they may fare worse there.",
        f"Every photo has the {REKOGNITION_SIDE} pixels that Amazon Rekognition asks for.",
        severity=Severity.NOTE,
        fixes=(_EXCLUDE,),
    )


_MAKERS: Final[tuple[Callable[[sqlite3.Connection], Card], ...]] = (
    *(_spellings, _repeated, _contradictory, _unlabelled, _unknown),
    *(_missing, _unreadable, _small_model, _small_rekognition),
)

#: Cards that rest on a look at the pictures: title, audit, what was found, all well, fix.
_LOOKED: Final = {
    "same_bytes": (
        "Same files",
        "copies",
        ("is the same file as another one", "are the same files as other ones"),
        "No two photos are the same file.",
        Fix("keep_one", "Keep one of each"),
    ),
    "near_copies": (
        "Near copies",
        "copies",
        ("is nearly the same picture as another one", "are nearly the same pictures as others"),
        "No two photos are nearly the same picture.",
        Fix("keep_one", "Keep one of each"),
    ),
    "no_face": (
        "No face",
        "faces",
        ("shows no face that can be found", "show no face that can be found"),
        "A face was found in every photo.",
        _EXCLUDE,
    ),
    "several_faces": (
        "Several faces",
        "faces",
        ("shows several faces; the largest one counts", "show several faces; the largest counts"),
        "No photo shows several faces.",
        _EXCLUDE,
    ),
}


def _looked(connection: sqlite3.Connection, key: str, stale: dict[str, bool]) -> Card:
    title, audit, found, fine, fix = _LOOKED[key]
    count = count_photos(connection, key)
    note = key in ("several_faces",)
    return _card(
        key,
        title,
        count,
        f"{counted(count, 'photo')} {found[count != 1]}.",
        "The photos were not looked at yet." if stale[audit] else fine,
        severity=Severity.NOTE if note else Severity.WARNING,
        fixes=(fix,),
        stale=stale[audit],
    )


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
        yield _card(
            f"split:{name}",
            f"Split “{name}”",
            count,
            f"{counted(count, 'photo')} that “{name}” holds back {_is(count)} of a person who is "
            "trained on, or a copy of a training photo: the score would flatter.",
            f"Nobody is on both sides of the split “{name}”.",
            severity=Severity.ALARM,
            fixes=(Fix("split_again", "Split again by person"),),
        )


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _has(count: int) -> str:
    return "has" if count == 1 else "have"


def _it(count: int) -> str:
    return "it" if count == 1 else "they"
