"""Correcting what a model says of faces: kept for good, and as labels of the data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import AppError, UsageError
from emotion_desktop.domain.geometry import Box
from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane
from emotion_desktop.domain.text import counted

if TYPE_CHECKING:
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.catalogue.edits import Change

#: The source of photos that are in the data set because somebody corrected them.
SOURCE: Final = "gallery"
TITLE: Final = "Corrected in the gallery"


@dataclass(frozen=True, slots=True)
class FaceToCorrect:
    """A face of a photo. ``largest`` is what a labelled photo is about."""

    path: Path
    box: Box
    largest: bool


def correct_job(
    workspace: Path, faces: Sequence[FaceToCorrect], emotion: str | None
) -> tuple[JobSpec, JobFunction]:
    """Says what faces show; None takes it back. The result is that of editing.relabel_job.

    The largest face of a photo gives the photo its label; one that is in no source comes into the
    data set by it. Undoing takes it out again.

    Raises:
        UsageError: it is none of the emotions.
    """
    if emotion is not None and emotion not in EMOTIONS:
        raise UsageError(f"“{emotion}” is none of the emotions.", f"Use {', '.join(EMOTIONS)}.")
    verb = "is" if len(faces) == 1 else "are"
    title = f"{counted(len(faces), 'face')} {verb} {emotion or 'what the model says'}"

    def run(_: JobSpec, __: JobContext) -> dict[str, Any] | None:
        from emotion_desktop.workspace.catalogue.catalogue import Catalogue
        from emotion_desktop.workspace.catalogue.edits import Edits
        from emotion_desktop.workspace.paths import Workspace

        with Catalogue(Workspace(workspace).catalogue) as catalogue:
            changes = _changes(catalogue, faces, emotion)
            edit = Edits(catalogue).make(title, changes)
        return None if edit is None else asdict(edit)

    return JobSpec("edit", title, Lane.EDITS, quiet=True), run


def _changes(
    catalogue: Catalogue, faces: Sequence[FaceToCorrect], emotion: str | None
) -> list[Change]:
    from emotion_desktop.workspace.catalogue.edits import Change

    keys: list[list[Any]] = []
    photos: list[int] = []
    hidden: list[int] = []
    for face in faces:
        number, digest, shown = _photo(catalogue, face.path)
        keys.append([digest.hex(), *face.box.to_list()])
        if face.largest:
            photos.append(number)
            if not shown:
                hidden.append(number)
    changes = [Change("correction", keys, emotion), Change("given", photos, emotion)]
    if emotion is not None:
        changes.append(Change("shown", hidden, 1))
    return changes


def _photo(catalogue: Catalogue, path: Path) -> tuple[int, bytes, bool]:
    """Number and digest of a photo, and whether it is in the data set; a new one is kept hidden."""
    from emotion_desktop.dataset.importing import photo_row
    from emotion_desktop.dataset.sources.file_facts import facts_of
    from emotion_desktop.dataset.sources.persons import person_of
    from emotion_desktop.workspace.catalogue.import_rows import ImportRows
    from emotion_desktop.workspace.catalogue.places import absolute, to_stored
    from emotion_desktop.workspace.catalogue.sources import Sources

    path = absolute(path)
    stored = to_stored(path, catalogue.root)
    known = _known(catalogue, stored)
    if known is not None:
        return known
    facts = facts_of(path)
    if facts.digest is None or facts.problem is not None:
        why = facts.problem.text if facts.problem else ""
        raise AppError(f"{path.name} cannot be corrected: {why}")
    sources = Sources(catalogue)
    number = sources.begin(SOURCE, SOURCE, TITLE, {"copied": False})
    rows = ImportRows(catalogue, number)
    rows.put([photo_row(path, facts)])
    rows.know_person(path, person_of(path.name))
    found = _known(catalogue, stored)
    assert found is not None
    return found


def _known(catalogue: Catalogue, stored: bytes) -> tuple[int, bytes, bool] | None:
    with catalogue.reading() as connection:
        row = connection.execute(
            "SELECT id, digest, ready FROM photos WHERE path = ? AND digest IS NOT NULL", (stored,)
        ).fetchone()
    return None if row is None else (int(row["id"]), bytes(row["digest"]), bool(row["ready"]))
