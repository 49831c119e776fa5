"""The photos in the catalogue, as labelled samples for splitting and training."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

from emotion_desktop.domain.labels import label_status_of
from emotion_desktop.domain.sample import Sample
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.places import from_stored

#: Why a photo is no sample, by its section.
_REASONS: Final = {
    "excluded": "excluded",
    "unlabelled": "unlabelled",
    "unknown": "unknown_label",
    "contradictory": "contradictory_labels",
}


@dataclass(frozen=True, slots=True)
class LabelledPhotos:
    """The photos of a workspace that can be trained on.

    Attributes:
        numbers: the catalogue's number of each sample's photo, in the same order.
        left_out: why other photos are none, and how many.
    """

    samples: tuple[Sample, ...]
    numbers: tuple[int, ...]
    left_out: Mapping[str, int]


def labelled_photos(catalogue: Catalogue) -> LabelledPhotos:
    """Reads what can be trained on: readable, not excluded, with a label, classes as chosen.

    A photo that nobody is known of is a person of its own. Samples come in the order of the
    catalogue.
    """
    with catalogue.reading() as connection:
        classes = class_treatments(connection)
        rows = connection.execute(
            "SELECT p.id, p.path, p.section, p.emotion, p.problem, p.digest, n.name, s.title "
            "FROM photos p JOIN sources s ON s.id = p.source "
            "LEFT JOIN persons n ON n.id = p.person WHERE p.ready ORDER BY p.id"
        ).fetchall()
    samples: list[Sample] = []
    numbers: list[int] = []
    left_out: Counter[str] = Counter()
    for number, stored, section, label, problem, digest, person, source in rows:
        if section in _REASONS:
            left_out[_REASONS[section]] += 1
            continue
        emotion = classes.get(label, label)
        if emotion is None:
            left_out["excluded_class"] += 1
        elif problem is not None:
            left_out["unreadable"] += 1
        else:
            path = from_stored(stored, catalogue.root)
            samples.append(Sample(path, emotion, person or f"photo {number}", digest, source))
            numbers.append(number)
    return LabelledPhotos(tuple(samples), tuple(numbers), dict(left_out))


def class_treatments(connection: sqlite3.Connection) -> dict[str, str | None]:
    """What becomes of emotions that are merged (into another) or left out (None)."""
    return {
        emotion: target if treatment == "merge" else None
        for emotion, treatment, target in connection.execute(
            "SELECT emotion, treatment, target FROM classes WHERE treatment <> 'keep'"
        )
    }


def update_label_status(connection: sqlite3.Connection, where: str, *values: object) -> int:
    """Works out anew the label status of photos (``standing``), and the emotion that their sources
    give (``listed``); returns how many changed.

    Args:
        where: the condition, on ``photos p``, of those that it may have changed for.
    """
    rows = connection.execute(
        "SELECT p.id, p.standing, p.listed, coalesce(l.written, ''), s.emotion FROM photos p "
        "LEFT JOIN listings l ON l.photo = p.id "
        "LEFT JOIN spellings s ON s.source = l.source AND s.written = l.written "
        f"WHERE {where} ORDER BY p.id",
        values,
    )
    changed = []
    for (photo, *before), group in groupby(rows, key=itemgetter(0, 1, 2)):
        status, emotion = label_status_of((row[3], row[4]) for row in group)
        if before != [status.value, emotion]:
            changed.append((status.value, emotion, photo))
    connection.executemany("UPDATE photos SET standing = ?, listed = ? WHERE id = ?", changed)
    return len(changed)


def user_labels(catalogue: Catalogue) -> dict[Path, str]:
    """The emotions that the user has given photos, by path."""
    with catalogue.reading() as connection:
        rows = connection.execute(
            "SELECT path, given FROM photos WHERE given IS NOT NULL AND ready"
        ).fetchall()
    return {from_stored(row["path"], catalogue.root): row["given"] for row in rows}


def labels_and_digests(catalogue: Catalogue) -> dict[Path, tuple[str | None, bytes]]:
    """The label, where there is one, and the content of every photo that could be read."""
    with catalogue.reading() as connection:
        rows = connection.execute(
            "SELECT path, emotion, digest FROM photos WHERE digest IS NOT NULL AND ready"
        ).fetchall()
    root = catalogue.root
    return {from_stored(row["path"], root): (row["emotion"], row["digest"]) for row in rows}


def current_labels(
    catalogue: Catalogue, split: str, samples: Sequence[Sample]
) -> tuple[tuple[Sample, ...], int]:
    """Samples of a frozen split as the user corrected them since; left out are those excluded.

    Returns:
        The samples, and how many of those given were corrected or left out.
    """
    with catalogue.reading() as connection:
        classes = class_treatments(connection)
        rows = connection.execute(
            "SELECT p.path, p.given, p.excluded FROM split_photos s "
            "JOIN splits n ON n.id = s.split JOIN photos p ON p.id = s.photo "
            "WHERE n.name = ? AND (p.given IS NOT NULL OR p.excluded IS NOT NULL)",
            (split,),
        ).fetchall()
    changes = {from_stored(row["path"], catalogue.root): row for row in rows}
    now: list[Sample] = []
    changed = 0
    for sample in samples:
        row = changes.get(sample.path)
        if row is None:
            now.append(sample)
            continue
        emotion = classes.get(row["given"], row["given"]) if row["excluded"] is None else None
        changed += emotion != sample.emotion
        if emotion is not None:
            now.append(replace(sample, emotion=emotion))
    return tuple(now), changed
