"""Finding photos that are copies of one another: saved again, scaled, mirrored, turned a little,
cropped, lit otherwise or blurred (see imaging.copy_match).

Pictures whose faces are too small or too many for that are known by the correlation of small grey
pictures of all they show.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.dataset.copies import copy_codes
from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.imaging.copy_match import as_rows, similar_pairs
from emotion_desktop.imaging.copy_signature import SIDE, unpack_small
from emotion_desktop.imaging.faces import make_face_finder
from emotion_desktop.workspace.catalogue.audits import Audits, copies_basis, photos_basis
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.places import from_stored
from emotion_desktop.workspace.paths import Workspace
from emotion_desktop.workspace.predictions.cache import PredictionCache

#: Two photos whose small pictures correlate more are copies of one another.
CORRELATION: Final = 0.99
#: First at half the size, at a quarter of the cost: a pair that is one at full size is never less.
_COARSE: Final = 0.98
#: Photos compared with all others at a time; bounds the memory.
_BLOCK: Final = 1024

#: How alike two photos are, by their digests, the smaller one first.
_Pairs = dict[tuple[bytes, bytes], float]
_Floats = npt.NDArray[np.float32]


def find_near_copies(catalogue: Catalogue, context: JobContext) -> None:
    """Compares all photos with one another and saves the pairs, if the photos have changed since
    that was done last.

    Raises:
        CancelledError: the user cancelled; nothing is changed.
    """
    audits = Audits(catalogue)
    with catalogue.reading() as connection:
        basis = copies_basis(photos_basis(connection))
    if (audits.get("copies") or ("", None))[0] == basis:
        return
    pairs = _by_pictures(catalogue, context) | _by_codes(catalogue, context)
    with catalogue.writing() as connection:
        connection.execute("DELETE FROM near_copies")
        connection.executemany(
            "INSERT INTO near_copies VALUES (?, ?, ?)",
            [(one, other, value) for (one, other), value in sorted(pairs.items())],
        )
    audits.save("copies", basis, None)


def _by_codes(catalogue: Catalogue, context: JobContext) -> _Pairs:
    """Pairs whose codes are those of copies."""
    with catalogue.reading() as connection:
        rows = connection.execute(
            "SELECT digest, min(path) FROM photos WHERE ready AND problem IS NULL "
            "AND digest IS NOT NULL GROUP BY digest"
        ).fetchall()
    photos = {from_stored(path, catalogue.root): digest for digest, path in rows}

    def tell(done: int, total: int) -> None:
        context.emit(Progress(done, total, f"looking at faces, {done:,} of {total:,}"))

    with PredictionCache(Workspace(catalogue.root).predictions) as cache:
        codes = copy_codes(
            photos,
            make_face_finder(),
            cache,
            stop=lambda: context.cancelled,
            tell=tell,
            quick=True,
        )
    context.check_cancelled()
    digests = sorted(codes)
    pairs: _Pairs = {}
    for done, found in similar_pairs(as_rows(codes[digest] for digest in digests)):
        context.check_cancelled()
        pairs |= {(digests[i], digests[j]): value for (i, j), value in found.items()}
        context.emit(Progress(done, len(digests), "looking for copies"))
    return pairs


def _by_pictures(catalogue: Catalogue, context: JobContext) -> _Pairs:
    """Pairs that show the same picture."""
    with catalogue.reading() as connection:
        rows = connection.execute(
            "SELECT digest, small FROM sketches WHERE digest IN "
            "(SELECT digest FROM photos WHERE ready AND problem IS NULL) ORDER BY digest"
        ).fetchall()
    digests = [row[0] for row in rows]
    pairs: _Pairs = {}
    if rows:
        small = unpack_small([row[1] for row in rows]).astype(np.float32)
        for done, found in _pairs(small):
            context.check_cancelled()
            pairs |= {(digests[i], digests[j]): value for i, j, value in found}
            context.emit(Progress(done, len(rows), "looking for copies"))
    return pairs


def _pairs(small: _Floats) -> Iterator[tuple[int, list[tuple[int, int, float]]]]:
    """Yields, block by block, how many photos are done and the pairs (i < j, correlation)."""
    fine = _standardised(small)
    coarse = _standardised(_halved(small))
    for begin in range(0, len(small), _BLOCK):
        block = coarse[begin : begin + _BLOCK]
        likely = block @ coarse[begin:].T > _COARSE
        rows, columns = np.nonzero(np.triu(likely, 1))
        values = np.einsum("ij,ij->i", fine[begin + rows], fine[begin + columns])
        yield (
            min(begin + _BLOCK, len(small)),
            [
                (int(begin + i), int(begin + j), float(value))
                for i, j, value in zip(rows, columns, values, strict=True)
                if value > CORRELATION
            ],
        )


def _halved(small: _Floats) -> _Floats:
    half = SIDE // 2
    means = small.reshape(-1, half, 2, half, 2).mean(axis=(2, 4))
    return np.asarray(means.reshape(len(small), -1))


def _standardised(rows: _Floats) -> _Floats:
    """Rows whose products are correlations; a picture of one colour correlates with none."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-3))
