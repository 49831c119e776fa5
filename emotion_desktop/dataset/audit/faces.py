"""Looking for faces in every photo, once per content and face finder."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from emotion_desktop.dataset.sources.files.fingerprint import read_unchanged
from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.geometry import FACE_FINDER
from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.imaging.decode import decode
from emotion_desktop.imaging.faces import NEEDED_SIDE, FaceFinder, make_face_finder
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.places import from_stored

#: Photos whose counts are saved at a time: a cancelled audit loses no more than these.
_CHUNK: Final = 64


def find_faces(catalogue: Catalogue, context: JobContext) -> None:
    """Notes how many faces each photo shows that was not looked at yet.

    What was found is kept as it comes: an audit that is cancelled goes on from there.

    Raises:
        CancelledError: the user cancelled.
    """
    with catalogue.reading() as connection:
        rows = connection.execute(
            "SELECT digest, min(path) FROM photos WHERE ready AND problem IS NULL "
            "AND digest NOT IN (SELECT digest FROM faces WHERE finder = ?) GROUP BY digest",
            (FACE_FINDER,),
        ).fetchall()
    todo = [(digest, from_stored(path, catalogue.root)) for digest, path in rows]
    finder = make_face_finder()
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="faces") as pool:
        for begin in range(0, len(todo), _CHUNK):
            context.check_cancelled()
            chunk = todo[begin : begin + _CHUNK]
            counted = list(pool.map(lambda item: _count(finder, *item), chunk))
            with catalogue.writing() as connection:
                connection.executemany(
                    "INSERT OR REPLACE INTO faces VALUES (?, ?, ?, ?)",
                    [
                        (digest, FACE_FINDER, *found)
                        for (digest, _), found in zip(chunk, counted, strict=True)
                        if found is not None
                    ],
                )
            done = begin + len(chunk)
            context.emit(Progress(done, len(todo), f"looking for faces, {done:,} of {len(todo):,}"))


def _count(finder: FaceFinder, digest: bytes, path: Path) -> tuple[int, int | None] | None:
    """How many faces, and the shorter side of the largest; None where it cannot be read now, or is
    another photo by now."""
    try:
        count, side = finder.count(decode(read_unchanged(path, digest), at_least=NEEDED_SIDE))
    except UnreadablePictureError:
        return None
    return count, side or None
