"""The photos in the catalogue, as labelled samples for splitting and training."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

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
        classes = classes_as_chosen(connection)
        rows = connection.execute(
            "SELECT p.id, p.path, p.section, p.emotion, p.problem, p.digest, n.name, s.title "
            "FROM photos p JOIN sources s ON s.id = p.source "
            "LEFT JOIN persons n ON n.id = p.person WHERE p.ready ORDER BY p.id"
        ).fetchall()
    samples: list[Sample] = []
    numbers: list[int] = []
    left_out: Counter[str] = Counter()
    for number, stored, section, listed, problem, digest, person, source in rows:
        if section in _REASONS:
            left_out[_REASONS[section]] += 1
            continue
        emotion = classes.get(listed, listed)
        if emotion is None:
            left_out["excluded_class"] += 1
        elif problem is not None:
            left_out["unreadable"] += 1
        else:
            path = from_stored(stored, catalogue.root)
            samples.append(Sample(path, emotion, person or f"photo {number}", digest, source))
            numbers.append(number)
    return LabelledPhotos(tuple(samples), tuple(numbers), dict(left_out))


def classes_as_chosen(connection: sqlite3.Connection) -> dict[str, str | None]:
    """What becomes of emotions that are merged (into another) or left out (None)."""
    return {
        emotion: target if treatment == "merge" else None
        for emotion, treatment, target in connection.execute(
            "SELECT emotion, treatment, target FROM classes WHERE treatment <> 'keep'"
        )
    }
