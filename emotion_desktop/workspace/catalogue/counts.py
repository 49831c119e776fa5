"""Counts of what is in the workspace, or of what one source says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.votes import NO_VOTE


@dataclass(frozen=True, slots=True)
class LabelSpelling:
    """A label as it is written: how often, in which source, and what it means (None: aside)."""

    source: int
    written: str
    count: int
    emotion: str | None


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that could not be used: its line, why, and how it begins."""

    source: int
    row: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class PhotoCounts:
    """Counts of photos.

    Attributes:
        persons: of readable photos.
        sections: photos by what they are filed under: an emotion, ``unlabelled``, ``unknown``,
            ``contradictory`` or ``excluded``.
        unreadable: photos that are no pictures, or not there; they are in ``sections`` as well.
        listed_twice: surplus listings of photos with a label that another listing gives as well.
    """

    photos: int
    persons: int
    sections: Mapping[str, int]
    unreadable: int
    listed_twice: int
    spellings: tuple[LabelSpelling, ...]
    rejects: tuple[RejectedRow, ...]


def photo_counts(catalogue: Catalogue, source: int | None = None) -> PhotoCounts:
    """Counts all photos, or those that one source brought or lists."""
    some = "ready"
    values: tuple[int, ...] = ()
    if source is not None:
        some += " AND (source = ? OR id IN (SELECT photo FROM listings WHERE source = ?))"
        values = (source, source)
    with catalogue.reading() as connection:

        def one(query: str) -> int:
            return int(connection.execute(query, values).fetchone()[0])

        sections = dict(
            connection.execute(
                f"SELECT section, count(*) FROM photos WHERE {some} GROUP BY section", values
            ).fetchall()
        )
        persons = one(f"SELECT count(DISTINCT person) FROM photos WHERE {some} AND problem IS NULL")
        unreadable = one(f"SELECT count(*) FROM photos WHERE {some} AND problem IS NOT NULL")
        repeated = one(
            "SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM listings l "
            "JOIN spellings s ON s.source = l.source AND s.written = l.written "
            f"WHERE NOT l.ignored AND s.emotion IS NOT NULL AND {NO_VOTE} "
            f"AND l.photo IN (SELECT id FROM photos WHERE {some}) GROUP BY l.photo, s.emotion)"
        )
        of_source = "" if source is None else f"WHERE s.source = {source:d}"
        spellings = tuple(
            LabelSpelling(*row)
            for row in connection.execute(
                "SELECT s.source, s.written, count(l.id) AS n, s.emotion FROM spellings s "
                "JOIN listings l ON l.source = s.source AND l.written = s.written "
                f"{of_source} GROUP BY s.source, s.written ORDER BY n DESC, s.written"
            )
        )
        rejects = tuple(
            RejectedRow(*row)
            for row in connection.execute(
                f"SELECT * FROM rejects s {of_source} ORDER BY source, row"
            )
        )
    return PhotoCounts(
        sum(sections.values()), persons, sections, unreadable, repeated, spellings, rejects
    )
