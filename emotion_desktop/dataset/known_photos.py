"""Photos of a source whose content is in the workspace already: an exported set, a second copy."""

from __future__ import annotations

import os
from collections.abc import Iterable, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.dataset.sources.import_plan import ImportPlan
from emotion_desktop.domain.errors import DataError, UnreadablePictureError
from emotion_desktop.domain.text import counted
from emotion_desktop.imaging.file_content import read_bytes
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.places import to_stored


def known_photos(catalogue: Catalogue, plan: ImportPlan) -> set[Path]:
    """Those photos of a source whose content another source of the workspace has brought.

    A photo of the same path is the same photo, and another source may say more of it: it is none
    of these. Only files are read that are as long as one that is known.
    """
    with catalogue.reading() as connection:
        rows = connection.execute(
            "SELECT p.size, p.digest FROM photos p JOIN sources s ON s.id = p.source "
            "WHERE p.ready AND p.digest IS NOT NULL AND s.location <> ?",
            (os.fsencode(plan.location),),
        ).fetchall()
        same = {stored for (stored,) in connection.execute("SELECT path FROM photos WHERE ready")}
    sizes, digests = {row["size"] for row in rows}, {row["digest"] for row in rows}
    if not sizes:
        return set()

    # One that is copied in lies elsewhere still.
    originals = plan.elsewhere() if plan.put_photo is not None else {}

    def is_known(path: Path) -> bool:
        if to_stored(path, catalogue.root) in same:
            return False
        origin = originals.get(path, path)
        try:
            return origin.stat().st_size in sizes and digest(read_bytes(origin)) in digests
        except (OSError, UnreadablePictureError):
            return False

    photos = list(_photos(plan))
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="known") as pool:
        known = pool.map(is_known, photos)
        return {path for path, found in zip(photos, known, strict=True) if found}


def without_photos(plan: ImportPlan, left_out: Set[Path]) -> ImportPlan:
    """The source without some of its photos.

    Raises:
        DataError: there is no other.
    """
    if not left_out:
        return plan
    listed = plan.listed
    rest = replace(
        listed,
        listings=tuple(item for item in listed.listings if item.photo not in left_out),
        unlisted=tuple(path for path in listed.unlisted if path not in left_out),
    )
    if not rest.listings and not rest.unlisted:
        raise DataError(
            f"{counted(len(left_out), 'photo')} of {plan.title}: all of them are in the data set "
            "already.",
            "There is nothing to import.",
        )
    return replace(plan, listed=rest)


def _photos(plan: ImportPlan) -> Iterable[Path]:
    listed = plan.listed
    return dict.fromkeys([*(item.photo for item in listed.listings), *listed.unlisted])
