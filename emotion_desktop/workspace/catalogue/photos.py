"""The photos in the catalogue, as labelled samples for splitting and training."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Final

from emotion_desktop.domain.labels import label_status_of
from emotion_desktop.domain.sample import Sample
from emotion_desktop.domain.votes import merged, pair_agreement
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.places import from_stored
from emotion_desktop.workspace.catalogue.votes import (
    SaidOfPhoto,
    labels_by_source,
    read_votes,
    stored_votes,
    vote_rules,
    votes_by_source,
)

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

    A photo that nobody is known of is a person of its own. Where the user gave the label, no votes
    are known. Samples come in the order of the catalogue.
    """
    with catalogue.reading() as connection:
        classes = class_treatments(connection)
        rows = connection.execute(
            "SELECT p.id, p.path, p.section, p.emotion, p.problem, p.digest, n.name, s.title, "
            "CASE WHEN p.given IS NULL THEN p.votes END "
            "FROM photos p JOIN sources s ON s.id = p.source "
            "LEFT JOIN persons n ON n.id = p.person WHERE p.ready ORDER BY p.id"
        ).fetchall()
    samples: list[Sample] = []
    numbers: list[int] = []
    left_out: Counter[str] = Counter()
    for number, stored, section, label, problem, digest, person, source, voted in rows:
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
            votes = tuple(merged(read_votes(voted), classes).items())
            samples.append(
                Sample(path, emotion, person or f"photo {number}", digest, source, votes)
            )
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
    give (``listed``), with the votes for it; returns how many changed.

    Args:
        where: the condition, on ``photos p``, of those that it may have changed for.
    """
    rules = vote_rules(connection)
    rows = connection.execute(
        "SELECT p.id, p.standing, p.listed, p.votes, l.source, coalesce(l.written, ''), s.emotion, "
        "l.annotator, l.votes FROM photos p LEFT JOIN listings l ON l.photo = p.id "
        "LEFT JOIN spellings s ON s.source = l.source AND s.written = l.written "
        f"WHERE {where} ORDER BY p.id, l.source, l.id",
        values,
    )
    changed = []
    for (photo, *before), group in groupby(rows, key=lambda row: tuple(row[:4])):
        listings = [SaidOfPhoto(*row[4:]) for row in group]
        status, emotion = label_status_of(labels_by_source(listings, rules))
        votes = votes_by_source(listings)
        after = [status.value, emotion, stored_votes(votes)]
        if before != after:
            changed.append((*after, pair_agreement(votes), photo))
    connection.executemany(
        "UPDATE photos SET standing = ?, listed = ?, votes = ?, agreement = ? WHERE id = ?", changed
    )
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
            now.append(replace(sample, emotion=emotion, votes=()))
    return tuple(now), changed
