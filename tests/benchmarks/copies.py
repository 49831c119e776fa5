"""Copies of photos: how many are known after each edit, and how many others are taken for one.

    python -m tests.benchmarks.copies [--data IMAGES] [--photos 1000] [--edited 100] [--json -]

A false pair is one of different photos of the data; true near copies that the data hold are among
them, so the figure is an upper bound.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

import cv2
import numpy as np

from emotion_desktop.imaging.copy_code import copy_code
from emotion_desktop.imaging.copy_match import as_rows, similar_pairs, similar_to_any
from emotion_desktop.imaging.decode import Picture, decode
from emotion_desktop.imaging.faces import NEEDED_SIDE, make_face_finder
from tests.benchmarks.measure import Figure, parser, report
from tests.unit.imaging.test_copy_code import EDITS


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and reports; returns the exit status."""
    options = parser(str(__doc__), photos=1000, rounds=1)
    options.add_argument("--edited", type=int, default=100, help="photos that are edited")
    chosen = options.parse_args(arguments)
    paths = sorted(path for path in chosen.data.glob("*") if path.is_file())
    if not paths:
        print(f"There are no photos in {chosen.data}: nothing was measured.")
        return 0
    order = np.random.default_rng(0).permutation(len(paths))[: chosen.photos]
    pictures = [decode(paths[n], at_least=NEEDED_SIDE) for n in order[: chosen.edited]]
    codes = [_code(picture.pixels) for picture in pictures]
    codes += [_code(decode(paths[n], at_least=NEEDED_SIDE).pixels) for n in order[len(codes) :]]
    figures = []
    for name, edit in EDITS.items():
        edited = [_code(np.ascontiguousarray(edit(_at_350(p)))) for p in pictures]
        pairs = zip(edited, codes, strict=False)
        found = [similar_to_any(as_rows([e]), as_rows([c])).all() for e, c in pairs]
        figures.append(Figure(f"known, {name}", float(np.mean(found)), "share"))
    began = time.perf_counter()
    alike = [pair for _, some in similar_pairs(as_rows(codes)) for pair in some]
    figures.append(Figure("all compared with all", time.perf_counter() - began, "s"))
    figures.append(Figure("pairs of different photos", float(len(alike)), "pairs"))
    report(f"copies among {len(codes):,} photos", figures, chosen.json)
    return 0


def _at_350(picture: Picture) -> np.ndarray:
    """The size the edits' crops are written for."""
    return cv2.resize(picture.pixels, (350, 350), interpolation=cv2.INTER_AREA)


def _code(pixels: np.ndarray) -> bytes:
    picture = Picture(pixels, pixels.shape[1], pixels.shape[0])
    faces = _FINDER.find(picture)
    return copy_code(picture, faces[0] if faces else None)


_FINDER = make_face_finder()

if __name__ == "__main__":
    sys.exit(main())
