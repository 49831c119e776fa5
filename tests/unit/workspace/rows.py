"""Rows for the catalogue's tests, put there without an import."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.workspace.catalogue.catalogue import Catalogue

_COLUMNS = (
    "path, name, source, ready, digest, size, modified, width, height, problem, problem_code, "
    "person, listed, standing, given, excluded"
)


def add_source(catalogue: Catalogue, title: str = "source") -> int:
    """Adds a source; returns its number."""
    with catalogue.writing() as connection:
        cursor = connection.execute(
            "INSERT INTO sources (kind, location, title, complete, imported) "
            "VALUES ('folders', ?, ?, 1, 1.0)",
            (os.fsencode(f"/{title}"), title),
        )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def add_photo(
    catalogue: Catalogue, source: int, path: str, person: str, emotion: str | None, **other: Any
) -> int:
    """Adds a photo that an import has brought; returns its number."""
    values = {
        "ready": 1,
        "digest": digest(Path(path).name.encode()),
        "problem": None,
        "standing": "labelled" if emotion else "unlabelled",
        "given": None,
        "excluded": None,
        **other,
    }
    with catalogue.writing() as connection:
        connection.execute(
            "INSERT OR IGNORE INTO persons (name, key) VALUES (?, ?)", (person, person.casefold())
        )
        (number,) = connection.execute(
            "SELECT id FROM persons WHERE key = ?", (person.casefold(),)
        ).fetchone()
        cursor = connection.execute(
            f"INSERT INTO photos ({_COLUMNS}) VALUES "
            "(?, ?, ?, ?, ?, 1, 1, 9, 9, ?, ?, ?, ?, ?, ?, ?)",
            (
                os.fsencode(path),
                Path(path).name,
                source,
                values["ready"],
                values["digest"],
                values["problem"],
                values["problem"] and "unreadable",
                number,
                emotion,
                values["standing"],
                values["given"],
                values["excluded"],
            ),
        )
    assert cursor.lastrowid is not None
    return cursor.lastrowid
