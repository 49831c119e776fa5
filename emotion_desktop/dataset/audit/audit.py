"""The audit: looks at every photo, then says what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.dataset.audit.cards import health
from emotion_desktop.dataset.audit.copies import find_near_copies
from emotion_desktop.dataset.audit.faces import find_faces
from emotion_desktop.dataset.audit.shortcuts import find_shortcuts
from emotion_desktop.dataset.sources.files.file_facts import FileFacts, facts_of
from emotion_desktop.domain.files.file_stamp import stamp_of
from emotion_desktop.domain.health import Card
from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.imaging.copy_signature import unpack_colour
from emotion_desktop.workspace.catalogue.audits import (
    Audits,
    faces_basis,
    labels_basis,
    photos_basis,
)
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.places import from_stored

#: A tree learns nothing more from more photos; its fit would take minutes.
_MOST_TREE_PHOTOS: Final = 30_000


def audit(catalogue: Catalogue, context: JobContext) -> list[Card]:
    """Looks at what was not looked at yet, and returns the cards.

    Raises:
        CancelledError: the user cancelled; what was found stays.
    """
    context.emit(Progress(0, 0, "looking for missing files"))
    _reread_changed_files(catalogue, context)
    audits = Audits(catalogue)
    with catalogue.reading() as connection:
        photos, labels = photos_basis(connection), labels_basis(connection)
    # The faces' pass makes the codes that tell copies.
    find_faces(catalogue, context)
    audits.save("faces", faces_basis(photos), None)
    find_near_copies(catalogue, context)
    if (audits.get("shortcuts") or ("", None))[0] != labels:
        context.emit(Progress(0, 0, "looking for shortcuts"))
        audits.save("shortcuts", labels, _shortcuts(catalogue))
    return health(catalogue)


def _reread_changed_files(catalogue: Catalogue, context: JobContext) -> None:
    """Finds files that are gone, back or other ones than they were, and reads those."""
    with catalogue.reading() as connection:
        rows = connection.execute(
            "SELECT id, path, size, modified, digest FROM photos WHERE ready"
        ).fetchall()
    changed: list[tuple[int, FileFacts]] = []
    for number, stored, size, modified, digest in rows:
        path: Path = from_stored(stored, catalogue.root)
        stamp = stamp_of(path)
        known = digest is not None and stamp is not None
        if known and stamp is not None and (stamp.size, stamp.modified) == (size, modified):
            continue
        if not known and stamp is None and digest is None:
            continue
        context.check_cancelled()
        changed.append((number, facts_of(path)))
    with catalogue.writing() as connection:
        for number, facts in changed:
            connection.execute(
                # Of a file that is gone its size is kept: by that it is known elsewhere.
                "UPDATE photos SET digest = coalesce(?, digest), size = coalesce(?, size), "
                "modified = ?, width = coalesce(?, width), height = coalesce(?, height), "
                "problem = ?, problem_code = ? WHERE id = ?",
                (
                    facts.digest,
                    facts.stamp.size or None,
                    facts.stamp.modified,
                    facts.width,
                    facts.height,
                    facts.problem.text if facts.problem else None,
                    facts.problem.code.value if facts.problem else None,
                    number,
                ),
            )
            if facts.digest and facts.signature:
                connection.execute(
                    "INSERT OR IGNORE INTO sketches VALUES (?, ?, ?)",
                    (facts.digest, facts.signature.small, facts.signature.colour),
                )


def _shortcuts(catalogue: Catalogue) -> list[dict[str, Any]]:
    with catalogue.reading() as connection:
        rows = connection.execute(
            "SELECT p.emotion, coalesce(p.person, -p.id), p.width, p.height, p.size, k.colour, "
            "p.source || '/' || coalesce((SELECT min(annotator) FROM listings "
            "WHERE photo = p.id), '') FROM photos p JOIN sketches k ON k.digest = p.digest "
            "WHERE p.ready AND p.excluded IS NULL AND p.problem IS NULL AND p.emotion IS NOT NULL "
            "ORDER BY p.id"
        ).fetchall()
    if len(rows) > _MOST_TREE_PHOTOS:
        chosen = np.random.default_rng(0).choice(len(rows), _MOST_TREE_PHOTOS, replace=False)
        rows = [rows[i] for i in sorted(chosen.tolist())]
    if not rows:
        return []
    emotions, persons = [row[0] for row in rows], [str(row[1]) for row in rows]
    cues: dict[str, npt.NDArray[Any]] = {
        "size": _sizes([row[2:5] for row in rows]),
        "colour": unpack_colour([row[5] for row in rows]),
        "source": _sources([row[6] for row in rows]),
    }
    return [shortcut.to_dict() for shortcut in find_shortcuts(cues, emotions, persons)]


def _sizes(rows: Sequence[Sequence[int]]) -> npt.NDArray[np.float64]:
    """Logarithms of width, height, their ratio, and bytes per pixel."""
    width, height, size = np.array(rows, np.float64).T
    area = width * height
    return np.asarray(np.log(np.column_stack([width, height, width / height, size / area])))


def _sources(names: Sequence[str]) -> npt.NDArray[np.float64]:
    """A column per source and annotator, 1 where a photo is theirs."""
    return np.array([[name == other for other in sorted(set(names))] for name in names], np.float64)
