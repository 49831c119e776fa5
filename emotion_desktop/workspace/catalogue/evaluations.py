"""Scores that were taken, and on which version of a labelled set: one that is corrected is another.

A sealed test whose labels change is no longer the test that older scores were taken on; they stay,
marked with the version they belong to.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Final

from emotion_desktop.domain.comparison import PastEvaluation
from emotion_desktop.domain.scores import Scores
from emotion_desktop.workspace.catalogue.catalogue import Catalogue

#: Evaluations of a labelled set that are kept: more than anybody compares.
_KEPT: Final = 100


class Evaluations:
    """What was scored in a workspace.

    A ``source`` names a labelled set, whatever its labels.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def version(self, source: str, fingerprint: str, first: str | None = None) -> int:
        """The number of a set's version, from 1; a fingerprint never seen gets the next one.

        Args:
            fingerprint: of the photos and labels as they are.
            first: the fingerprint that is version 1 even if it was never scored.
        """
        with self._catalogue.writing() as connection:
            for known in (first, fingerprint):
                if known is not None:
                    connection.execute(
                        "INSERT OR IGNORE INTO set_versions SELECT ?, ?, 1 + count(*) "
                        "FROM set_versions WHERE source = ?",
                        (source, known, source),
                    )
            (number,) = connection.execute(
                "SELECT version FROM set_versions WHERE source = ? AND fingerprint = ?",
                (source, fingerprint),
            ).fetchone()
        return int(number)

    def save(self, source: str, version: int, models: Mapping[str, Scores]) -> None:
        """Saves scores; the oldest of a source go when there are many."""
        rows: list[Any] = [[name, scores.to_dict()] for name, scores in models.items()]
        with self._catalogue.writing() as connection:
            connection.execute(
                "INSERT INTO evaluations (made, source, version, models) VALUES (?, ?, ?, ?)",
                (time.time(), source, version, json.dumps(rows)),
            )
            connection.execute(
                "DELETE FROM evaluations WHERE source = ? AND id NOT IN "
                "(SELECT id FROM evaluations WHERE source = ? ORDER BY id DESC LIMIT ?)",
                (source, source, _KEPT),
            )

    def past(self, source: str) -> list[PastEvaluation]:
        """Scores taken on a set, the newest first."""
        with self._catalogue.reading() as connection:
            rows = connection.execute(
                "SELECT made, version, models FROM evaluations WHERE source = ? ORDER BY id DESC",
                (source,),
            ).fetchall()
        return [
            PastEvaluation(
                row["made"],
                row["version"],
                tuple((name, Scores.from_dict(s)) for name, s in json.loads(row["models"])),
            )
            for row in rows
        ]
