"""Answers of a paid service, by the photos' content: nothing is paid twice."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from typing import Any

from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.placeholders import by_statement, marks


class PaidAnswers:
    """What a service said in this workspace."""

    def __init__(self, catalogue: Catalogue, service: str) -> None:
        self._catalogue = catalogue
        self._service = service

    def get(self, photos: Iterable[bytes]) -> dict[bytes, Any]:
        """The answers there are, by digest; JSON values."""
        found: dict[bytes, Any] = {}
        with self._catalogue.reading() as connection:
            for digests in by_statement(list(set(photos))):
                rows = connection.execute(
                    "SELECT photo, answer FROM paid_answers "
                    f"WHERE service = ? AND photo IN ({marks(digests)})",
                    (self._service, *digests),
                )
                found.update((photo, json.loads(answer)) for photo, answer in rows)
        return found

    def keep(self, photo: bytes, answer: Any) -> None:
        """Keeps an answer at once: it is on disk when this returns."""
        with self._catalogue.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO paid_answers VALUES (?, ?, ?, ?)",
                (self._service, photo, json.dumps(answer), time.time()),
            )
