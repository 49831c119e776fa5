"""The gallery's grid with very many tiles against the same grid with few.

    python -m tests.benchmarks.gallery [--photos 20000] [--rounds 5] [--json -]

Tiles are made up and have no pictures: loading those is the loader's, off the window's thread.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence

from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
from emotion_desktop.ui.gallery.entries import TITLES, Arrangement, Entry, SortOrder, entries_of
from emotion_desktop.ui.gallery.model import GalleryModel
from emotion_desktop.ui.gallery.tile import TileDelegate
from emotion_desktop.ui.theme import apply_theme
from emotion_desktop.ui.widgets.section_grid import SectionGrid
from tests.benchmarks.measure import Figure, in_turn, parser, report
from tests.benchmarks.window import application

_FEW = 200
_STEPS = 200
_STEP_PX = 97  # no multiple of a tile's height
_SIZE = (1000, 700)
ARRANGE, SHOW, SORT, SCROLL = "arrange anew", "show", "sort", "scroll 200 steps"
#: What stays the same however many tiles there are; arranging and sorting look at each of them.
_FLAT = {SCROLL: 1.5}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and reports; returns the exit status."""
    chosen = parser(str(__doc__), photos=20_000, rounds=5).parse_args(arguments)
    figures = measure(chosen.photos, min(_FEW, chosen.photos), chosen.rounds)
    report(f"The grid with {chosen.photos:,} tiles", figures, chosen.json)
    return 0


def measure(many: int, few: int, rounds: int) -> list[Figure]:
    """The figures: many tiles by few, then milliseconds with many."""
    app = application()
    ways: dict[str, Callable[[], float]] = {}
    grids = {count: TestedGrid(app, made_up(count)) for count in dict.fromkeys((many, few))}
    for count, grid in grids.items():
        for name, way in (
            (ARRANGE, grid.arrange),
            (SHOW, grid.show),
            (SORT, grid.sort),
            (SCROLL, grid.scroll),
        ):
            ways[f"{name} {count}"] = way
    for way in ways.values():
        way()  # fonts, styles
    result = in_turn(ways, rounds)
    names = (SCROLL, SHOW, ARRANGE, SORT)
    for grid in grids.values():
        grid.close()
    return [
        *(
            Figure(
                f"{name}: {many:,} tiles by {few:,}",
                result.ratio(f"{name} {many}", f"{name} {few}"),
                at_most=_FLAT.get(name),
            )
            for name in names
        ),
        *(
            Figure(f"{name}, {many:,} tiles, here", result.median(f"{name} {many}") * 1000, "ms")
            for name in names
        ),
    ]


def made_up(count: int) -> list[Entry]:
    """Tiles of all sections, the same ones every time."""
    draw = random.Random(0)
    frame, box = Frame(100, 100, 90, 90), Box(55, 55, 90, 90)
    entries: list[Entry] = []
    for number in range(count):
        path = f"/photos/person_{draw.randrange(10**6):06d}_{number:05d}.jpg"
        if number % 50 == 0:
            result = Prediction(path, PhotoStatus.NO_FACE, size=(200, 200))
        else:
            weights = [draw.random() ** 6 + 1e-3 for _ in EMOTIONS]
            shares = [weight / sum(weights) for weight in weights]
            face = FacePrediction(box, frame, dict(zip(EMOTIONS, shares, strict=True)))
            result = Prediction(path, PhotoStatus.OK, (face,), size=(200, 200))
        entries += entries_of(result)
    return entries


class TestedGrid:
    """A grid and its model, with one function per thing to measure; each returns seconds."""

    __test__ = False  # not for pytest

    def __init__(self, app: QApplication, entries: list[Entry]) -> None:
        self._app = app
        theme = apply_theme(app, "light")
        self._entries = entries
        self._model = GalleryModel()
        self._picture = QPixmap.fromImage(QImage(200, 200, QImage.Format.Format_RGB32))
        self._delegate = TileDelegate(lambda entry, side: self._picture, theme)
        self._grid = SectionGrid(self._delegate, theme, TITLES)
        self._grid.setModel(self._model)
        self._grid.resize(*_SIZE)
        self._model.replace(entries)
        self._arrangement = Arrangement.sort(entries, SortOrder.MOST_SURE)
        self._grid.show()
        app.processEvents()

    def arrange(self) -> float:
        """All entries into sections, in order."""
        begin = time.perf_counter()
        self._arrangement = Arrangement.sort(self._entries, SortOrder.MOST_SURE)
        return time.perf_counter() - begin

    def show(self) -> float:
        """From an arrangement to the painted grid."""
        self._grid.arrange(Arrangement().in_order())
        self._grid.grab()
        begin = time.perf_counter()
        self._grid.arrange(self._arrangement.in_order())
        self._grid.grab()
        return time.perf_counter() - begin

    def sort(self) -> float:
        """Another order, painted."""
        begin = time.perf_counter()
        self._arrangement = Arrangement.sort(self._entries, SortOrder.NAME)
        self._grid.arrange(self._arrangement.in_order())
        self._grid.grab()
        return time.perf_counter() - begin

    def scroll(self) -> float:
        """Down from the top and up again at the end, painted at each step."""
        bar = self._grid.verticalScrollBar()
        bar.setValue(0)
        begin = time.perf_counter()
        for number in range(_STEPS):
            bar.setValue((number * _STEP_PX) % max(1, bar.maximum()))
            self._grid.viewport().grab()
        return time.perf_counter() - begin

    def close(self) -> None:
        """Takes it off the screen."""
        self._grid.close()
        self._grid.deleteLater()
        self._delegate.deleteLater()
        self._app.processEvents()


if __name__ == "__main__":
    sys.exit(main())
