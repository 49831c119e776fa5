"""Another workspace as a source: its photos, with what is known of them there."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from emotion_desktop.dataset.sources.listing import Kind, Listed, Listing
from emotion_desktop.domain.errors import DataError
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.places import absolute, from_stored
from emotion_desktop.workspace.catalogue.votes import read_votes
from emotion_desktop.workspace.paths import Workspace

#: Who gave a label that its user gave there.
BY_HAND: Final = "by hand"


def is_workspace(folder: Path) -> bool:
    """Whether a folder is a workspace."""
    return Workspace(folder).catalogue.is_file()


def read_workspace(folder: Path) -> Listed:
    """What another workspace says of its photos; those that were excluded there are left out.

    It is not changed, not even to bring its schema up to date.

    Raises:
        DataError: it cannot be read, or there are no photos in it.
        AppError: it is from a newer version of the program.
    """
    folder = absolute(folder)
    listings: list[Listing] = []
    unlisted: list[Path] = []
    with _copy_of(Workspace(folder).catalogue) as catalogue, catalogue.reading() as connection:
        rows = connection.execute(
            "SELECT p.path, p.given, n.name, l.written, s.emotion, l.annotator, l.usage, l.row, "
            "l.votes "
            "FROM photos p LEFT JOIN persons n ON n.id = p.person "
            "LEFT JOIN listings l ON l.photo = p.id AND NOT l.ignored "
            "LEFT JOIN spellings s ON s.source = l.source AND s.written = l.written "
            "WHERE p.ready AND p.excluded IS NULL ORDER BY p.id, l.id"
        )
        given_seen: set[Path] = set()
        for stored, given, person, written, emotion, annotator, usage, row, voted in rows:
            path = from_stored(stored, folder)
            if given is not None:
                if path not in given_seen:
                    given_seen.add(path)
                    listings.append(Listing(path, given, 0, person or "", BY_HAND))
            elif written is not None:
                label = emotion or written
                votes = tuple(read_votes(voted).items())
                listings.append(Listing(path, label, row, person or "", annotator, usage, votes))
            elif person:
                listings.append(Listing(path, "", 0, person))
            else:
                unlisted.append(path)
    if not listings and not unlisted:
        raise DataError(
            f"There are no photos in the workspace {folder.name}.", "Choose another source."
        )
    photos = [item.photo for item in listings] + unlisted
    root = Path(os.path.commonpath([photo.parent for photo in photos]))
    return Listed(Kind.WORKSPACE, folder, root, tuple(listings), tuple(unlisted))


@contextmanager
def _copy_of(path: Path) -> Iterator[Catalogue]:
    """A copy of a catalogue, so that the original stays as it is."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        try:
            with (
                closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as other,
                closing(sqlite3.connect(copy)) as target,
            ):
                other.backup(target)
        except sqlite3.Error as error:
            raise DataError(
                f"The workspace {path.parent.name} cannot be read ({error}).",
                "Choose another source.",
            ) from None
        with Catalogue(copy) as catalogue:
            yield catalogue
