"""Looking through the photos: which match a filter, in order; and the rows of some of them.

Of all that match only the numbers are held, eight bytes each; the rest is read for the few that are
on screen.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.split import PARTS
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.health_cards import LEAST_AGREED, condition
from emotion_desktop.workspace.catalogue.placeholders import placeholders
from emotion_desktop.workspace.catalogue.places import from_stored
from emotion_desktop.workspace.catalogue.votes import read_votes

#: What photos are filed under, in the order shown.
SECTIONS: Final = (*EMOTIONS, "unlabelled", "contradictory", "unknown", "excluded")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which photos to show; what is empty or None lets all pass.

    Attributes:
        section: one of SECTIONS.
        split: a frozen split's name; ``part`` is one of its parts, or ``none`` for the others.
        source: a source's number.
        person: a part of the person's name, or of the file's.
        card: a health card's key.
    """

    section: str = ""
    split: str = ""
    part: str = ""
    source: int | None = None
    person: str = ""
    card: str = ""


@dataclass(frozen=True, slots=True)
class FilteredPhotos:
    """The photos that match.

    Attributes:
        numbers: of the photos, section by section and by name in each; those of the card on
            agreement by that.
        sections: how many there are of each section; those without any are left out.
    """

    numbers: array[int]
    sections: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PhotoRow:
    """What is shown of a photo.

    Attributes:
        section: what it is filed under; see SECTIONS.
        emotion: None for none; ``by_hand`` if the user gave it.
        excluded: why it is left out.
        problem: why it cannot be used as a picture.
    """

    number: int
    path: Path
    name: str
    section: str
    emotion: str | None
    by_hand: bool
    excluded: str | None
    problem: str | None
    person: str
    source: str


@dataclass(frozen=True, slots=True)
class SourceLabel:
    """What a source says of a photo."""

    source: str
    row: int
    written: str
    emotion: str | None
    annotator: str
    usage: str


@dataclass(frozen=True, slots=True)
class PhotoDetail:
    """A photo with all that is known of it. Sizes are in pixels; None where it is no picture.

    Attributes:
        parts: the part it is in, by split.
        votes: how many people gave which answer; empty where that is not known.
        agreement: the share of pairs of them that gave the same answer; None where not known.
    """

    row: PhotoRow
    width: int | None
    height: int | None
    source_labels: tuple[SourceLabel, ...]
    parts: Mapping[str, str]
    votes: Mapping[str, float] = field(default_factory=dict)
    agreement: float | None = None


def filter_photos(catalogue: Catalogue, wanted: Filter) -> FilteredPhotos:
    """The photos that match a filter.

    Raises:
        UsageError: there is no such health card.
    """
    where, values = _where(wanted)
    order = "agreement, name, id" if wanted.card == LEAST_AGREED else "name, id"
    numbers: array[int] = array("q")
    sections: dict[str, int] = {}
    with catalogue.reading() as connection:
        for section in SECTIONS if not wanted.section else (wanted.section,):
            before = len(numbers)
            # By name they are read from an index, in its order: nothing is sorted.
            numbers.extend(
                row[0]
                for row in connection.execute(
                    f"SELECT id FROM photos WHERE ready = 1 AND section = ? {where} "
                    f"ORDER BY {order}",
                    (section, *values),
                )
            )
            if len(numbers) > before:
                sections[section] = len(numbers) - before
    return FilteredPhotos(numbers, sections)


def photo_rows(catalogue: Catalogue, numbers: Sequence[int]) -> dict[int, PhotoRow]:
    """The rows of some photos, a few hundred at most, by number."""
    with catalogue.reading() as connection:
        found = connection.execute(
            f"{_ROW} WHERE p.id IN ({placeholders(numbers)})", list(numbers)
        ).fetchall()
    return {row["id"]: _row(row, catalogue.root) for row in found}


def photo_detail(catalogue: Catalogue, number: int) -> PhotoDetail | None:
    """All that is known of a photo; None if it is not there any more."""
    with catalogue.reading() as connection:
        row = connection.execute(f"{_ROW} WHERE p.id = ?", (number,)).fetchone()
        if row is None:
            return None
        said = tuple(
            SourceLabel(*found)
            for found in connection.execute(
                "SELECT o.title, l.row, l.written, s.emotion, l.annotator, l.usage "
                "FROM listings l JOIN sources o ON o.id = l.source LEFT JOIN spellings s "
                "ON s.source = l.source AND s.written = l.written WHERE l.photo = ? "
                "ORDER BY l.id",
                (number,),
            )
        )
        parts = {
            name: PARTS[part]
            for name, part in connection.execute(
                "SELECT s.name, p.part FROM split_photos p JOIN splits s ON s.id = p.split "
                "WHERE p.photo = ? ORDER BY s.id",
                (number,),
            )
        }
    return PhotoDetail(
        _row(row, catalogue.root),
        row["width"],
        row["height"],
        said,
        parts,
        read_votes(row["votes"]),
        row["agreement"],
    )


def histogram(catalogue: Catalogue, split: str = "") -> dict[str, dict[str, int]]:
    """Photos by section and, where a split is named, by its parts.

    Returns:
        ``{section: {part: photos}}``; the part is empty for photos in none.
    """
    with catalogue.reading() as connection:
        found = connection.execute(
            "SELECT p.section, m.part, count(*) FROM photos p LEFT JOIN split_photos m "
            "ON m.photo = p.id AND m.split = (SELECT id FROM splits WHERE name = ?) "
            "WHERE p.ready = 1 GROUP BY p.section, m.part",
            (split,),
        ).fetchall()
    counts: dict[str, dict[str, int]] = {}
    for section, part, count in found:
        counts.setdefault(section, {})["" if part is None else PARTS[part]] = count
    return counts


_ROW: Final = (
    "SELECT p.id, p.path, p.name, p.section, p.emotion, p.given, p.excluded, p.problem, p.width, "
    "p.height, p.votes, p.agreement, n.name AS person, o.title AS source "
    "FROM photos p JOIN sources o ON o.id = p.source LEFT JOIN persons n ON n.id = p.person"
)


def _row(row: sqlite3.Row, root: Path) -> PhotoRow:
    return PhotoRow(
        number=row["id"],
        path=from_stored(row["path"], root),
        name=row["name"],
        section=row["section"],
        emotion=row["emotion"],
        by_hand=row["given"] is not None,
        excluded=row["excluded"],
        problem=row["problem"],
        person=row["person"] or "",
        source=row["source"],
    )


def _where(wanted: Filter) -> tuple[str, list[object]]:
    parts: list[str] = []
    values: list[object] = []
    if wanted.split:
        member = (
            "SELECT photo FROM split_photos WHERE split = (SELECT id FROM splits WHERE name = ?)"
        )
        values.append(wanted.split)
        if wanted.part == "none":
            parts.append(f"id NOT IN ({member})")
        elif wanted.part:
            parts.append(f"id IN ({member} AND part = ?)")
            values.append(PARTS.index(wanted.part))
        else:
            parts.append(f"id IN ({member})")
    if wanted.source is not None:
        parts.append("(source = ? OR id IN (SELECT photo FROM listings WHERE source = ?))")
        values += [wanted.source, wanted.source]
    if wanted.person:
        parts.append(
            "(person IN (SELECT id FROM persons WHERE instr(key, ?)) OR instr(lower(name), ?))"
        )
        values += [wanted.person.casefold(), wanted.person.lower()]
    if wanted.card:
        query, of_card = condition(wanted.card)
        parts.append(f"({query})")
        values += of_card
    return "".join(f"AND {part} " for part in parts), values
