"""What people say of faces that a model has read; it stands above what the model says."""

from __future__ import annotations

from emotion_desktop.domain.geometry import Box
from emotion_desktop.workspace.catalogue.catalogue import Catalogue

Corrections = dict[tuple[bytes, Box], str]
"""The emotion, by the photo's digest and the face's box."""


def all_corrections(catalogue: Catalogue) -> Corrections:
    """All that is known."""
    with catalogue.reading() as connection:
        rows = connection.execute("SELECT * FROM corrections").fetchall()
    return {
        (row["digest"], Box(row["x"], row["y"], row["width"], row["height"])): row["emotion"]
        for row in rows
    }
