"""The user's changes to the data set: relabel, leave out, mend; undo and redo. Small and quick.

Those that change something return the ``Edit`` as a dict; None where all was so already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.dataset.audit.fixes import fix_changes
from emotion_desktop.domain.errors import UsageError
from emotion_desktop.workspace.catalogue.edits import Change, Edit, Edits
from emotion_desktop.workspace.catalogue.moving import move_photos
from emotion_desktop.workspace.catalogue.places import absolute, to_stored

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue


def relabel(
    context: Context, *, photos: Sequence[int], emotion: str | None
) -> dict[str, Any] | None:
    """Gives photos the user's label; none takes it back, and what their sources say holds again."""
    return _change(context, Change("given", photos, emotion))


def exclude(
    context: Context, *, photos: Sequence[int], reason: str | None
) -> dict[str, Any] | None:
    """Leaves photos out of the data set with a reason; without one takes them in again."""
    return _change(context, Change("excluded", photos, reason))


def fix(context: Context, *, card: str, fix: str, into: str | None) -> dict[str, Any] | None:
    """Mends what a health card tells, all of it in one change."""
    with context.workspace.open_catalogue() as catalogue:
        return _to_dict(Edits(catalogue).apply(*fix_changes(catalogue, card, fix, into)))


def undo(context: Context) -> dict[str, Any] | None:
    """Takes the latest change back."""
    with context.workspace.open_catalogue() as catalogue:
        return _to_dict(Edits(catalogue).undo())


def redo(context: Context) -> dict[str, Any] | None:
    """Makes the change again that was undone last."""
    with context.workspace.open_catalogue() as catalogue:
        return _to_dict(Edits(catalogue).redo())


def history(context: Context) -> list[list[Any]]:
    """Reads the changes of earlier runs: title, and whether it is undone."""
    if not context.workspace.catalogue.is_file():
        return []
    with context.workspace.open_catalogue() as catalogue:
        return [[edit.title, edit.undone] for edit in Edits(catalogue).all()]


def move(context: Context, *, folder: str) -> dict[str, Any]:
    """Finds photos again whose folder was moved or renamed; returns ``Moved`` as a dict."""
    with context.workspace.open_catalogue() as catalogue:
        return asdict(move_photos(catalogue, Path(folder)))


def find_photos(catalogue: Catalogue, photos: Sequence[Path]) -> list[int]:
    """The catalogue's numbers of photos.

    Raises:
        UsageError: one of them is not in the workspace.
    """
    numbers = []
    with catalogue.reading() as connection:
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


def _change(context: Context, change: Change) -> dict[str, Any] | None:
    with context.workspace.open_catalogue() as catalogue:
        return _to_dict(Edits(catalogue).apply(context.title, [change]))


def _to_dict(edit: Edit | None) -> dict[str, Any] | None:
    return None if edit is None else asdict(edit)
