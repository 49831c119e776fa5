"""The user's changes to the data set: relabel, leave out, mend; undo and redo. Small and quick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane
from emotion_desktop.domain.text import counted

if TYPE_CHECKING:
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.catalogue.edits import Edit


def relabel_job(
    workspace: Path, photos: Sequence[int], emotion: str | None
) -> tuple[JobSpec, JobFunction]:
    """Gives photos the user's label; None takes it back, and what their sources say holds again.

    The result of this job and of those below is the edit's number, title and photos; None where
    all was so already.

    Raises:
        UsageError: it is none of the emotions.
    """
    if emotion is not None and emotion not in EMOTIONS:
        raise UsageError(f"“{emotion}” is none of the emotions.", f"Use {', '.join(EMOTIONS)}.")
    what = f"as {emotion}" if emotion else "as their sources have it"
    return _edit(
        workspace, f"Label {counted(len(photos), 'photo')} {what}", ("given", list(photos), emotion)
    )


def exclude_job(
    workspace: Path, photos: Sequence[int], reason: str | None
) -> tuple[JobSpec, JobFunction]:
    """Leaves photos out of the data set; None as reason takes them in again."""
    count = counted(len(photos), "photo")
    title = f"Leave {count} out" if reason else f"Take {count} in again"
    return _edit(workspace, title, ("excluded", list(photos), reason))


def fix_job(
    workspace: Path, card: str, fix: str, into: str | None = None
) -> tuple[JobSpec, JobFunction]:
    """Mends what a health card tells; see dataset.audit.fixes."""

    def run(catalogue: Catalogue) -> Edit | None:
        from emotion_desktop.dataset.audit.fixes import fix_changes
        from emotion_desktop.workspace.catalogue.edits import Edits

        return Edits(catalogue).make(*fix_changes(catalogue, card, fix, into))

    return _job(workspace, "Mend the data set", run)


def undo_job(workspace: Path) -> tuple[JobSpec, JobFunction]:
    """Takes the latest change back."""

    def run(catalogue: Catalogue) -> Edit:
        from emotion_desktop.workspace.catalogue.edits import Edits

        return Edits(catalogue).undo()

    return _job(workspace, "Undo", run)


def redo_job(workspace: Path) -> tuple[JobSpec, JobFunction]:
    """Makes the change again that was undone last."""

    def run(catalogue: Catalogue) -> Edit:
        from emotion_desktop.workspace.catalogue.edits import Edits

        return Edits(catalogue).redo()

    return _job(workspace, "Redo", run)


def history_job(workspace: Path) -> tuple[JobSpec, JobFunction]:
    """The job that reads the changes of earlier runs: title, and whether it is undone."""

    def run(_: JobSpec, __: JobContext) -> list[list[Any]]:
        from emotion_desktop.workspace.catalogue.catalogue import Catalogue
        from emotion_desktop.workspace.catalogue.edits import Edits
        from emotion_desktop.workspace.paths import Workspace

        place = Workspace(workspace).catalogue
        if not place.is_file():
            return []
        with Catalogue(place) as catalogue:
            return [[edit.title, edit.undone] for edit in Edits(catalogue).all()]

    return JobSpec("history", "Read the history", Lane.EDITS, quiet=True), run


def move_job(workspace: Path, folder: Path) -> tuple[JobSpec, JobFunction]:
    """Finds missing photos in a folder; the result is ``Moved`` as a dict."""

    def run(_: JobSpec, __: JobContext) -> dict[str, Any]:
        from emotion_desktop.workspace.catalogue.catalogue import Catalogue
        from emotion_desktop.workspace.catalogue.moving import move_photos
        from emotion_desktop.workspace.paths import Workspace

        with Catalogue(Workspace(workspace).catalogue) as catalogue:
            return asdict(move_photos(catalogue, folder))

    spec = JobSpec("move", f"Look for photos in {folder.name}", Lane.EDITS)
    return spec, run


def find_photos(workspace: Path, photos: Sequence[Path]) -> list[int]:
    """The catalogue's numbers of photos; not for the window's thread.

    Raises:
        UsageError: one of them is not in the workspace.
    """
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.catalogue.places import absolute, to_stored
    from emotion_desktop.workspace.paths import Workspace

    numbers = []
    with (
        Catalogue(Workspace(workspace).catalogue) as catalogue,
        catalogue.reading() as connection,
    ):
        for photo in photos:
            row = connection.execute(
                "SELECT id FROM photos WHERE path = ? AND ready",
                (to_stored(absolute(photo), catalogue.root),),
            ).fetchone()
            if row is None:
                raise UsageError(
                    f"{photo} is not in this workspace.", "Import it first, or check its path."
                )
            numbers.append(int(row["id"]))
    return numbers


def _edit(
    workspace: Path, title: str, *changes: tuple[str, list[Any], Any]
) -> tuple[JobSpec, JobFunction]:
    def run(catalogue: Catalogue) -> Edit | None:
        from emotion_desktop.workspace.catalogue.edits import Change, Edits

        return Edits(catalogue).make(title, [Change(*change) for change in changes])

    return _job(workspace, title, run)


def _job(
    workspace: Path, title: str, run: Callable[[Catalogue], Edit | None]
) -> tuple[JobSpec, JobFunction]:
    def function(_: JobSpec, __: JobContext) -> dict[str, Any] | None:
        from emotion_desktop.workspace.catalogue.catalogue import Catalogue
        from emotion_desktop.workspace.paths import Workspace

        with Catalogue(Workspace(workspace).catalogue) as catalogue:
            edit = run(catalogue)
        return None if edit is None else asdict(edit)

    return JobSpec("edit", title, Lane.EDITS, quiet=True), function
