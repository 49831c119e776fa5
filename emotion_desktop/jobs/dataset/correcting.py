"""Correcting what a model says of faces: kept for good, and as labels of the data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.dataset.importing import photo_row
from emotion_desktop.dataset.sources.files.file_facts import facts_of
from emotion_desktop.dataset.sources.persons import person_of
from emotion_desktop.domain.errors import AppError
from emotion_desktop.workspace.catalogue.edits import Change, Edits
from emotion_desktop.workspace.catalogue.import_rows import ImportRows
from emotion_desktop.workspace.catalogue.places import absolute, to_stored
from emotion_desktop.workspace.catalogue.sources import Sources

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue

#: The source of photos that are in the data set because somebody corrected them.
SOURCE: Final = "gallery"
TITLE: Final = "Corrected in the gallery"


def correct(
    context: Context, *, faces: Sequence[Sequence[Any]], emotion: str | None
) -> dict[str, Any] | None:
    """Keeps what the user sees in faces, and labels their photos; the latest change, undoable.

    Args:
        faces: path of the photo, box, and whether it is the photo's largest face.

    Returns:
        The edit, as editing.relabel does; besides ``emotion``, and the faces ``corrected``: for
        each its photo's digest (hexadecimal) and its box. None where all was so already.
    """
    keys: list[list[Any]] = []
    photos: list[int] = []
    hidden: list[int] = []
    with context.workspace.open_catalogue() as catalogue:
        for path, box, is_largest in faces:
            number, digest, shown = _photo(catalogue, Path(path))
            keys.append([digest.hex(), *box])
            if is_largest:
                photos.append(number)
                if not shown:
                    hidden.append(number)
        changes = [Change("correction", keys, emotion), Change("given", photos, emotion)]
        if emotion is not None:
            changes.append(Change("shown", hidden, 1))
        edit = Edits(catalogue).apply(context.title, changes)
    return None if edit is None else {**asdict(edit), "emotion": emotion, "corrected": keys}


def _photo(catalogue: Catalogue, path: Path) -> tuple[int, bytes, bool]:
    """Number and digest of a photo, and whether it is in the data set; a new one is kept hidden."""
    path = absolute(path)
    stored = to_stored(path, catalogue.root)
    known = _known(catalogue, stored)
    if known is not None:
        return known
    facts = facts_of(path)
    if facts.digest is None or facts.problem is not None:
        why = facts.problem.text if facts.problem else ""
        raise AppError(f"{path.name} cannot be corrected: {why}")
    number = Sources(catalogue).begin(SOURCE, SOURCE, TITLE, {"copied": False})
    rows = ImportRows(catalogue, number)
    rows.save_photos([photo_row(path, facts)])
    rows.save_person(path, person_of(path.name))
    found = _known(catalogue, stored)
    assert found is not None
    return found


def _known(catalogue: Catalogue, stored: bytes) -> tuple[int, bytes, bool] | None:
    with catalogue.reading() as connection:
        row = connection.execute(
            "SELECT id, digest, ready FROM photos WHERE path = ? AND digest IS NOT NULL", (stored,)
        ).fetchone()
    return None if row is None else (int(row["id"]), bytes(row["digest"]), bool(row["ready"]))
