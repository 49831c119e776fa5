"""Which codes of photos are those of copies (see imaging.copy_code).

Codes are compared all with all, by a product of matrices; those that are alike are then moved,
turned and scaled a little until they lie best on one another: landmarks of a face are found a few
pixels aside in a photo that was turned or cropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from emotion_desktop.imaging.copy_code import (
    ACROSS,
    CODE_BYTES,
    DOWN,
    PART_BYTES,
    SIDE,
    STEP,
    face_mean,
    spread,
)

#: Two photos are copies if the cosine of their faces' parts is larger, or that of their whole
#: pictures': tests/benchmarks/copies.py says what is found and falsely found.
SIMILARITY: Final = 0.91
#: The same of whole pictures that both have a face: different portraits of one studio are alike.
_SIMILARITY_WHOLE: Final = 0.96
#: Pairs that are less alike before they are laid on one another are none afterwards: faces, and
#: whole pictures. (Of portraits that are framed alike many are half alike as a whole: of 9,587
#: photos a million pairs reach 0.65. Copies that lie askew are known by their faces.)
_LIKELY_FACES: Final = 0.65
_LIKELY_WHOLE: Final = 0.78
#: Steps of Gauss and Newton, and by how much a code may be scaled, turned (radians) and moved
#: (shares of the side).
_STEPS: Final = 3
_MOST: Final = np.array([0.12, 0.12, 0.07, 0.07])
#: What keeps a step small where the picture says little.
_DAMPING: Final = 1.0
#: Codes compared with others at a time, and pairs laid on one another; they bound the memory.
_BLOCK: Final = 1024
_PAIRS: Final = 2048

_ODD: Final = ACROSS % 2 == 1
#: Of a code mirrored.
_MIRROR: Final = np.where(_ODD, -1, 1).astype(np.float32)
_Floats = npt.NDArray[np.float32]
_Codes = npt.NDArray[np.uint8]


def as_rows(codes: Iterable[bytes]) -> _Codes:
    """(number, CODE_BYTES) of codes."""
    return np.frombuffer(b"".join(codes), np.uint8).reshape(-1, CODE_BYTES)


def similar_to_any(codes: _Codes, known: _Codes) -> npt.NDArray[np.bool_]:
    """(codes,) whether each is that of a copy of any of the known ones; see as_rows."""
    found = np.zeros(len(codes), bool)
    ours, theirs = _parts(codes), _parts(known)
    for begin in range(0, len(codes), _BLOCK):
        for first in range(0, len(known), 8 * _BLOCK):
            for rows, _, _ in _copies(ours, theirs, begin, first):
                found[rows] = True
    return found


def similar_pairs(codes: _Codes) -> Iterator[tuple[int, dict[tuple[int, int], float]]]:
    """Yields, block by block, how many codes are done and the pairs of copies (i < j) with how
    alike they are; see as_rows."""
    parts = _parts(codes)
    for begin in range(0, len(codes), _BLOCK):
        found: dict[tuple[int, int], float] = {}
        for first in range(begin - begin % (8 * _BLOCK), len(codes), 8 * _BLOCK):
            for alike in _copies(parts, parts, begin, first, ordered=True):
                for i, j, value in zip(*(values.tolist() for values in alike), strict=True):
                    found[i, j] = max(value, found.get((i, j), 0.0))
        yield min(begin + _BLOCK, len(codes)), found


@dataclass(frozen=True, slots=True)
class _Part:
    """One part of many codes.

    Attributes:
        values: (number, coefficients) in standard deviations.
        mean: (coefficients,) what was taken off.
        even, odd: the values of length 1, even and odd across.
        least: how alike two must be to be compared closely.
        there: (number,) whether there is such a part.
    """

    values: _Floats
    mean: _Floats
    even: _Floats
    odd: _Floats
    least: float
    there: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, codes: _Codes, mean: npt.NDArray[np.float64], least: float) -> _Part:
        """Unpacks a part of codes."""
        halves = np.stack([codes >> 4, codes & 15], axis=2).reshape(len(codes), 2 * PART_BYTES)
        values = (halves[:, : len(mean)].astype(np.float32) - 8) * STEP
        # A part that matches none is all zeros, which no other part is.
        values[~codes.any(axis=1)] = 0
        length = np.linalg.norm(values, axis=1, keepdims=True)
        unit = np.divide(values, length, out=np.zeros_like(values), where=length > 0)
        return cls(
            values,
            mean.astype(np.float32),
            np.ascontiguousarray(unit[:, ~_ODD]),
            np.ascontiguousarray(unit[:, _ODD]),
            least,
            np.asarray(codes.any(axis=1)),
        )

    def likely(
        self, other: _Part, begin: int, first: int
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Numbers of ours and of theirs, of a block each, that may be copies, mirrored or not."""
        mine, some = slice(begin, begin + _BLOCK), slice(first, first + 8 * _BLOCK)
        cosines = self.even[mine] @ other.even[some].T
        cosines += np.abs(self.odd[mine] @ other.odd[some].T)
        rows, columns = np.nonzero(cosines > self.least)
        return rows + begin, columns + first

    def similarities(
        self, other: _Part, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp]
    ) -> _Floats:
        """(pairs,) how alike pairs of ours and theirs are, at best."""
        best = np.zeros(len(rows), np.float32)
        for begin in range(0, len(rows), _PAIRS):
            some = slice(begin, begin + _PAIRS)
            ours, theirs = self.values[rows[some]], other.values[columns[some]]
            best[some] = np.maximum(
                _laid_on(ours, theirs, self.mean), _laid_on(ours, theirs * _MIRROR, self.mean)
            )
        return best


def _parts(codes: _Codes) -> tuple[_Part, _Part]:
    """The faces' and the whole pictures' parts."""
    mean = face_mean()
    return (
        _Part.of(codes[:, :PART_BYTES], mean, _LIKELY_FACES),
        _Part.of(codes[:, PART_BYTES:], np.zeros_like(mean), _LIKELY_WHOLE),
    )


def _copies(
    ours: tuple[_Part, _Part],
    theirs: tuple[_Part, _Part],
    begin: int,
    first: int,
    *,
    ordered: bool = False,
) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], _Floats]]:
    """Numbers of ours and theirs, of a block each, that are copies, with how alike they are: by
    their faces, then by their whole pictures.

    Args:
        ordered: only pairs of which ours has the lower number.
    """
    faces, known_faces = ours[0], theirs[0]
    for part, other in zip(ours, theirs, strict=True):
        rows, columns = part.likely(other, begin, first)
        if ordered:
            rows, columns = rows[rows < columns], columns[rows < columns]
        alike = part.similarities(other, rows, columns)
        needed = np.full(len(rows), SIMILARITY)
        if part is not faces:
            needed[faces.there[rows] & known_faces.there[columns]] = _SIMILARITY_WHOLE
        copies = alike > needed
        yield rows[copies], columns[copies], alike[copies]


def _laid_on(ours: _Floats, theirs: _Floats, mean: _Floats) -> _Floats:
    """(pairs,) the cosines after ours are scaled, turned and moved to lie best on theirs."""
    scale = spread().astype(np.float32)
    moves = _moves()
    kinds = len(_MOST)
    pictures, moved = ours * scale + mean, ours
    by = np.zeros((len(ours), kinds), np.float32)
    best = _cosines(moved, theirs)
    for _ in range(_STEPS):
        slopes = (_apply(moves, moved * scale + mean) / scale)[:, :, 1:]
        normal = slopes @ slopes.transpose(0, 2, 1) + _DAMPING * np.eye(kinds, dtype=np.float32)
        gap = (theirs - moved)[:, 1:]
        step = np.linalg.solve(normal, (slopes @ gap[:, :, None]))[:, :, 0]
        by = np.clip(by + step, -_MOST, _MOST).astype(np.float32)
        # The exponential of the moves, as a series: ours moved by all of them at once.
        term = image = pictures
        for order in (1, 2, 3, 4):
            term = (by[:, None, :] @ _apply(moves, term))[:, 0] / order
            image = image + term
        moved = (image - mean) / scale
        best = np.maximum(best, _cosines(moved, theirs))
    return best


def _cosines(one: _Floats, other: _Floats) -> _Floats:
    one, other = one[:, 1:], other[:, 1:]
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.asarray(np.einsum("pn,pn->p", one, other) / np.maximum(lengths, 1e-6))


def _apply(moves: _Floats, pictures: _Floats) -> _Floats:
    """(pictures, kinds, coefficients) how each changes with each move."""
    return np.asarray((pictures @ moves).reshape(len(pictures), len(_MOST), -1))


@cache
def _moves() -> _Floats:
    """(coefficients, kinds x coefficients) how coefficients change with scale, turn and shifts."""
    small = 0.02

    def warped(scale: float = 0.0, turn: float = 0.0, right: float = 0.0, down: float = 0.0) -> Any:
        middle = (SIDE - 1) / 2
        matrix = cv2.getRotationMatrix2D((middle, middle), np.degrees(turn), 1 + scale)
        matrix[:, 2] += np.array([right, down]) * SIDE
        return np.stack([_warped_wave(number, matrix) for number in range(len(DOWN))])

    kinds = ("scale", "turn", "right", "down")
    slopes = [(warped(**{k: small}) - warped(**{k: -small})) / (2 * small) for k in kinds]
    return np.asarray(np.concatenate(slopes, axis=1), np.float32)


def _warped_wave(number: int, matrix: npt.NDArray[np.float64]) -> _Floats:
    wave = np.zeros((SIDE, SIDE), np.float32)
    wave[DOWN[number], ACROSS[number]] = 1
    out = cv2.warpAffine(
        cv2.idct(wave),
        matrix,
        (SIDE, SIDE),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT,
    )
    return np.asarray(cv2.dct(out)[DOWN, ACROSS])
