"""Frozen splits in the catalogue: kept once, listed without their photos, loaded by name.

Nothing here needs more than the catalogue's file: a worker process opens it like the window does.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emotion_desktop.domain.balance import Balance
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.sample import Sample
from emotion_desktop.domain.split import PARTS, FrozenSplit, Split, SplitSummary
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.places import from_stored
from emotion_desktop.workspace.catalogue.votes import read_votes, stored_votes


class Splits:
    """The frozen splits of a workspace."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def save(
        self, frozen: FrozenSplit, photos: Mapping[Path, int], report: Mapping[str, Any]
    ) -> None:
        """Keeps a split.

        Args:
            photos: the catalogue's number of each sample's photo.
            report: JSON values that a list of splits shows; see SplitSummary.

        Raises:
            UsageError: there is one of that name.
        """
        split = frozen.split
        with self._catalogue.writing() as connection:
            if _number(connection, frozen.name) is not None:
                raise UsageError(
                    f"There is already a split “{frozen.name}”.",
                    "A frozen split stays as it is: choose another name, or remove that one.",
                )
            cursor = connection.execute(
                "INSERT INTO splits (name, created, seed, fractions, kept_whole, balance, grey, "
                "fingerprint, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    frozen.name,
                    frozen.created,
                    split.seed,
                    json.dumps(split.fractions),
                    split.unit,
                    json.dumps(frozen.balance.to_dict()),
                    int(frozen.grey),
                    frozen.fingerprint,
                    json.dumps(
                        {
                            **report,
                            "left_out": dict(frozen.left_out),
                            "protocol": frozen.protocol,
                        }
                    ),
                ),
            )
            connection.executemany(
                "INSERT INTO split_photos (split, photo, part, emotion, person, votes) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (
                        cursor.lastrowid,
                        photos[s.path],
                        part,
                        s.emotion,
                        s.person,
                        stored_votes(dict(s.votes)),
                    )
                    for part, name in enumerate(PARTS)
                    for s in split.part(name)
                ),
            )

    def all(self) -> list[SplitSummary]:
        """What there is, the newest first."""
        with self._catalogue.reading() as connection:
            rows = connection.execute(
                "SELECT *, (SELECT count(*) FROM openings WHERE split = splits.id) AS openings "
                "FROM splits ORDER BY created DESC, id DESC"
            ).fetchall()
            return [_summary(row) for row in rows]

    def load(self, name: str) -> FrozenSplit:
        """A split with all its samples; their paths are where the photos lie now.

        Raises:
            UsageError: there is none of that name.
        """
        with self._catalogue.reading() as connection:
            row = _row(connection, name)
            found = connection.execute(
                "SELECT s.part, s.emotion, s.person, p.path, p.digest, o.title, s.votes "
                "FROM split_photos s JOIN photos p ON p.id = s.photo JOIN sources o "
                "ON o.id = p.source WHERE s.split = ?",
                (row["id"],),
            ).fetchall()
        parts: tuple[list[Sample], ...] = ([], [], [])
        root = self._catalogue.root
        for part, emotion, person, path, digest, source, voted in found:
            votes = tuple(read_votes(voted).items())
            parts[part].append(
                Sample(from_stored(path, root), emotion, person, digest, source, votes)
            )
        training, validation, test = (
            tuple(sorted(samples, key=lambda sample: str(sample.path))) for samples in parts
        )
        summary = _summary(row)
        return FrozenSplit(
            name=summary.name,
            split=Split(training, validation, test, summary.fractions, summary.seed, summary.unit),
            balance=summary.balance,
            fingerprint=summary.fingerprint,
            created=summary.created,
            grey=summary.grey,
            left_out=summary.report["left_out"],
            protocol=summary.report.get("protocol", ""),
        )

    def remove(self, name: str) -> None:
        """Forgets a split; the photos stay.

        Raises:
            UsageError: there is none of that name.
        """
        with self._catalogue.writing() as connection:
            connection.execute("DELETE FROM splits WHERE id = ?", (_row(connection, name)["id"],))

    def note_opening(self, name: str, purpose: str, *, once: bool = False) -> int:
        """Notes that somebody looks into the sealed test part; returns how often it was by now.

        Args:
            purpose: what for, in a few words: the model that is scored, say.
            once: it is one opening, however often it is noted for this purpose.

        Raises:
            UsageError: there is none of that name.
        """
        with self._catalogue.writing() as connection:
            number = _row(connection, name)["id"]
            known = connection.execute(
                "SELECT 1 FROM openings WHERE split = ? AND purpose = ?", (number, purpose)
            ).fetchone()
            if not (once and known):
                connection.execute(
                    "INSERT INTO openings VALUES (?, ?, ?)", (number, time.time(), purpose)
                )
            (count,) = connection.execute(
                "SELECT count(*) FROM openings WHERE split = ?", (number,)
            ).fetchone()
        return int(count)


def _number(connection: sqlite3.Connection, name: str) -> int | None:
    row = connection.execute("SELECT id FROM splits WHERE name = ?", (name,)).fetchone()
    return None if row is None else int(row["id"])


def _row(connection: sqlite3.Connection, name: str) -> sqlite3.Row:
    row = connection.execute(
        "SELECT *, 0 AS openings FROM splits WHERE name = ?", (name,)
    ).fetchone()
    if row is None:
        names = [r["name"] for r in connection.execute("SELECT name FROM splits ORDER BY name")]
        raise UsageError(
            f"There is no split “{name}” in this workspace.",
            f"There are: {', '.join(names)}."
            if names
            else "Freeze one first: emotion-desktop dataset split --name NAME.",
        )
    assert isinstance(row, sqlite3.Row)
    return row


def _summary(row: sqlite3.Row) -> SplitSummary:
    first, second, third = json.loads(row["fractions"])
    return SplitSummary(
        name=row["name"],
        created=row["created"],
        seed=row["seed"],
        fractions=(first, second, third),
        unit=row["kept_whole"],
        balance=Balance.from_dict(json.loads(row["balance"])),
        grey=bool(row["grey"]),
        fingerprint=row["fingerprint"],
        report=json.loads(row["report"]),
        openings=row["openings"],
    )
