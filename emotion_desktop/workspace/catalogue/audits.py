"""What an audit found that takes long to find, and whether that still holds."""

from __future__ import annotations

import json
import sqlite3
import time
from typing import Any

from emotion_desktop.domain.copy_code import QUICK_COPY_CODE_KEY
from emotion_desktop.domain.geometry import FACE_FINDER
from emotion_desktop.workspace.catalogue.catalogue import Catalogue


class Audits:
    """Results by name, each with what it rests on."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def save(self, name: str, basis: str, result: Any) -> None:
        """Saves a result, JSON values, in place of an older one."""
        with self._catalogue.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO audits VALUES (?, ?, ?, ?)",
                (name, time.time(), basis, json.dumps(result)),
            )

    def get(self, name: str) -> tuple[str, Any] | None:
        """Basis and result; None if there is none."""
        with self._catalogue.reading() as connection:
            row = connection.execute(
                "SELECT basis, result FROM audits WHERE name = ?", (name,)
            ).fetchone()
        return None if row is None else (row["basis"], json.loads(row["result"]))


def photos_basis(connection: sqlite3.Connection) -> str:
    """Changes with the photos' contents."""
    row = connection.execute(
        "SELECT count(*), coalesce(sum(id), 0), coalesce(sum(length(digest) * (id + modified % "
        "1000003)), 0) FROM photos WHERE ready AND problem IS NULL"
    ).fetchone()
    return ":".join(map(str, row))


def faces_basis(photos: str) -> str:
    """Changes with the photos' contents, whose basis is given, and with the face finder."""
    return f"{photos}|{FACE_FINDER}"


def copies_basis(photos: str) -> str:
    """Changes with the photos' contents, whose basis is given, and with what tells copies."""
    return f"{photos}|{QUICK_COPY_CODE_KEY}"


def labels_basis(connection: sqlite3.Connection) -> str:
    """Changes with the photos' contents and what they are labelled as."""
    rows = connection.execute(
        "SELECT section, count(*), sum(id), coalesce(sum(person), 0) FROM photos "
        "WHERE ready AND problem IS NULL GROUP BY section ORDER BY section"
    ).fetchall()
    return photos_basis(connection) + "|" + "|".join(":".join(map(str, row)) for row in rows)
