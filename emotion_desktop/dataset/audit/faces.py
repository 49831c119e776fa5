"""Looking for faces in every photo, once per content and face finder."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from emotion_desktop.dataset.sources.files.fingerprint import read_unchanged
from emotion_desktop.domain.copy_code import QUICK_COPY_CODE_KEY
from emotion_desktop.domain.errors import UnreadablePictureError
from emotion_desktop.domain.geometry import FACE_FINDER
from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.imaging.copy_code import copy_code
from emotion_desktop.imaging.decode import decode
from emotion_desktop.imaging.faces import NEEDED_SIDE, FaceFinder, make_face_finder
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.places import from_stored
from emotion_desktop.workspace.paths import Workspace
from emotion_desktop.workspace.predictions.cache import PredictionCache

#: Photos whose counts are saved at a time: a cancelled audit loses no more than these.
_CHUNK: Final = 64


def find_faces(catalogue: Catalogue, context: JobContext) -> None:
    """Notes how many faces each photo shows that was not looked at yet, and the codes by which its
    copies are known.

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
    with (
        PredictionCache(Workspace(catalogue.root).predictions) as cache,
        ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="faces") as pool,
    ):
        for begin in range(0, len(todo), _CHUNK):
            context.check_cancelled()
            chunk = todo[begin : begin + _CHUNK]
            seen = pool.map(lambda item: _look(finder, *item), chunk)
            found = {digest: look for (digest, _), look in zip(chunk, seen, strict=True) if look}
            cache.save_features(QUICK_COPY_CODE_KEY, {d: code for d, (_, _, code) in found.items()})
            with catalogue.writing() as connection:
                connection.executemany(
                    "INSERT OR REPLACE INTO faces VALUES (?, ?, ?, ?)",
                    [
                        (digest, FACE_FINDER, count, side)
                        for digest, (count, side, _) in found.items()
                    ],
                )
            done = begin + len(chunk)
            context.emit(Progress(done, len(todo), f"looking for faces, {done:,} of {len(todo):,}"))


def _look(finder: FaceFinder, digest: bytes, path: Path) -> tuple[int, int | None, bytes] | None:
    """How many faces, the shorter side of the largest, and the photo's code; None where it cannot
    be read now, or is another photo by now."""
    try:
        picture = decode(read_unchanged(path, digest), at_least=NEEDED_SIDE)
    except UnreadablePictureError:
        return None
    faces = finder.find_quickly(picture)
    side = min(faces[0].box.width, faces[0].box.height) if faces else None
    return len(faces), side, copy_code(picture, faces[0] if faces else None)
