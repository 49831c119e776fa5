"""Finding photos that are nearly the same picture.

Perceptual hashes flag many pairs of different people where faces are aligned; the correlation of
small grey pictures tells copies apart. It is blind to brightness and contrast, so copies that were
only lit otherwise are found, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.imaging.copy_signature import SIDE, unpack_small
from emotion_desktop.workspace.catalogue.catalogue import Catalogue

#: Two photos whose small pictures correlate more are copies of one another.
CORRELATION: Final = 0.99
#: First at half the size, at a quarter of the cost: a pair that is one at full size is never less.
_COARSE: Final = 0.98
#: Photos compared with all others at a time; bounds the memory.
_BLOCK: Final = 1024

_Floats = npt.NDArray[np.float32]


def find_near_copies(catalogue: Catalogue, context: JobContext) -> None:
    """Compares the copy signatures of all photos with one another and saves the pairs.

    Raises:
        CancelledError: the user cancelled; nothing is changed.
    """
    with catalogue.reading() as connection:
        rows = connection.execute(
            "SELECT digest, small FROM sketches WHERE digest IN "
            "(SELECT digest FROM photos WHERE ready AND problem IS NULL) ORDER BY digest"
        ).fetchall()
    digests = [row[0] for row in rows]
    pairs: list[tuple[bytes, bytes, float]] = []
    if rows:
        small = unpack_small([row[1] for row in rows]).astype(np.float32)
        for done, found in _pairs(small):
            context.check_cancelled()
            pairs += [(digests[i], digests[j], value) for i, j, value in found]
            context.emit(Progress(done, len(rows), "looking for copies"))
    with catalogue.writing() as connection:
        connection.execute("DELETE FROM near_copies")
        connection.executemany("INSERT INTO near_copies VALUES (?, ?, ?)", pairs)


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
