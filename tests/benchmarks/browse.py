"""Very many photos in the data set's page against few: opening, filtering, scrolling, memory.

    python -m tests.benchmarks.browse [--photos 100000] [--rounds 5] [--json -]

The photos are rows of a catalogue alone: loading pictures is the loader's, off the window's thread.
"""

from __future__ import annotations

import gc
import os
import random
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.ui.catalogue_reader import CatalogueReader
from emotion_desktop.ui.dataset.model import PHOTO_ROLE
from emotion_desktop.ui.dataset.photos_view import PhotosView
from emotion_desktop.ui.theme import apply_theme
from emotion_desktop.workspace.catalogue.browse import Filter, FilteredPhotos, filter_photos
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from tests.benchmarks.measure import Figure, in_turn, parser, report
from tests.benchmarks.window import application, run_until

_FEW = 1_000
_STEPS = 100
_STEP_PX = 997  # new rows at every step, and no multiple of a tile's height
_SIZE = (1000, 700)
_GAP_MS = 100
_PAGE = 96  # so many rows are read at a time
_AT_ONCE = 32
_ROWS_MIB = 8  # of the rows that are kept; the rest is read again
OPEN, FILTER, SCROLL = "open", "filter by emotion and person", "scroll 100 steps"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and reports; returns the exit status."""
    chosen = parser(str(__doc__), photos=100_000, rounds=5).parse_args(arguments)
    figures = measure(chosen.photos, min(_FEW, chosen.photos), chosen.rounds)
    report(f"{chosen.photos:,} photos in the data set", figures, chosen.json)
    return 0


def measure(many: int, few: int, rounds: int) -> list[Figure]:
    """The figures: many photos by few, then milliseconds and bytes with many."""
    app = application()
    middle = max(few, many // 10)
    with tempfile.TemporaryDirectory() as folder:
        pages = {
            count: TestedPage(app, Path(folder) / str(count), count)
            for count in dict.fromkeys((many, middle, few))
        }
        ways: dict[str, Callable[[], float]] = {}
        for count, page in ((count, pages[count]) for count in dict.fromkeys((many, few))):
            for name, way in ((OPEN, page.open), (FILTER, page.filter), (SCROLL, page.scroll)):
                ways[f"{name} {count}"] = way
        for way in ways.values():
            way()
        result = in_turn(ways, rounds)
        held = {count: page.held() for count, page in pages.items()}
        worst = max(pages[many].paint_times)
        seen = {count: page.held_after_all() for count, page in pages.items()}
        for page in pages.values():
            page.close()
    names = (SCROLL, FILTER, OPEN)
    return [
        *(
            Figure(
                f"{name}: {many:,} photos by {few:,}",
                result.ratio(f"{name} {many}", f"{name} {few}"),
                at_most=1.5 if name == SCROLL else None,
            )
            for name in names
        ),
        *(
            Figure(f"{name}, {many:,} photos, here", result.median(f"{name} {many}") * 1000, "ms")
            for name in names
        ),
        Figure("the window's thread, longest step of scrolling", worst * 1000, "ms", _GAP_MS),
        Figure("memory held per photo", held[many] / many, "bytes", at_most=16),
        *(
            Figure(
                f"memory besides, after a look at all {count:,}",
                (seen[count] - held[count]) / 2**20,
                "MiB",
                at_most=_ROWS_MIB,
            )
            for count in dict.fromkeys((middle, many))
        ),
    ]


class TestedPage:
    """The page of photos on a catalogue of so many; each way returns seconds."""

    __test__ = False  # not for pytest

    def __init__(self, app: QApplication, folder: Path, count: int) -> None:
        self._app = app
        path = folder / "catalogue.sqlite"
        fill(path, count)
        self._catalogue = Catalogue(path)
        self._reader = CatalogueReader(path)
        self._found: FilteredPhotos | None = None
        self.paint_times: list[float] = [0.0]
        self.view = PhotosView(self._reader, apply_theme(app, "light"))
        picture = QPixmap.fromImage(QImage(200, 200, QImage.Format.Format_RGB32))
        self.view._delegate._picture = lambda path, side: picture
        self.view.resize(*_SIZE)
        self.view.show()
        app.processEvents()

    def open(self) -> float:
        """From the catalogue to the painted tiles."""
        begin = time.perf_counter()
        self.view.show_found(filter_photos(self._catalogue, Filter()))
        self._wait_for_rows()
        return time.perf_counter() - begin

    def filter(self) -> float:
        """The photos of one emotion and some people."""
        begin = time.perf_counter()
        self.view.show_found(filter_photos(self._catalogue, Filter(section="anger", person="p_01")))
        self._wait_for_rows()
        return time.perf_counter() - begin

    def scroll(self) -> float:
        """Down in large steps, each painted at once and again when its rows are there."""
        self.view.show_found(filter_photos(self._catalogue, Filter()))
        bar = self.view.grid.verticalScrollBar()
        begin = time.perf_counter()
        for number in range(_STEPS):
            bar.setValue((number * _STEP_PX) % max(1, bar.maximum()))
            step = time.perf_counter()
            self.view.grid.viewport().grab()
            self.paint_times.append(time.perf_counter() - step)
            self._app.processEvents()
        self._wait_for_rows()
        return time.perf_counter() - begin

    def held(self) -> int:
        """Bytes that Python holds for the photos that match, none of them looked at."""
        tracemalloc.start()
        self.view.model.show_found(filter_photos(self._catalogue, Filter()))
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return size

    def held_after_all(self) -> int:
        """The same once every photo was on screen."""
        model = self.view.model
        tracemalloc.start()
        model.show_found(filter_photos(self._catalogue, Filter()))
        pages = range(0, model.rowCount(), _PAGE)
        for begin in range(0, len(pages), _AT_ONCE):
            indexes = [model.index(row, 0) for row in pages[begin : begin + _AT_ONCE]]
            if not run_until(lambda: _all_there(indexes), 30.0):  # noqa: B023 - asked at once
                raise RuntimeError("the rows did not come")
        gc.collect()  # of this benchmark's own doing
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return size

    def _wait_for_rows(self) -> None:
        grid, model = self.view.grid, self.view.model
        middle = grid.viewport().rect().center()

        def there() -> bool:
            index = grid.indexAt(middle)
            return not index.isValid() or index.data(PHOTO_ROLE) is not None

        if model.rowCount() and not run_until(there, 30.0):
            raise RuntimeError("the rows did not come")
        grid.viewport().grab()

    def close(self) -> None:
        """Takes it off the screen."""
        self.view.stop()
        self._reader.stop()
        self._catalogue.close()
        self.view.close()
        self.view.deleteLater()
        self._app.processEvents()


def _all_there(indexes: Sequence[QModelIndex]) -> bool:
    """Asks for every row, and says whether all of them are there."""
    there = [index.data(PHOTO_ROLE) is not None for index in indexes]
    return all(there)


def fill(path: Path, count: int) -> None:
    """A catalogue of made-up photos, the same ones every time."""
    draw = random.Random(0)
    with Catalogue(path) as catalogue, catalogue.writing() as connection:
        connection.execute(
            "INSERT INTO sources (id, kind, location, title, complete) "
            "VALUES (1, 'folders', ?, 'made up', 1)",
            (b"/made up",),
        )
        people = [(n, f"P_{n:05}", f"p_{n:05}") for n in range(1, count // 5 + 2)]
        connection.executemany("INSERT INTO persons VALUES (?, ?, ?)", people)
        connection.executemany(
            "INSERT INTO photos (path, name, source, ready, digest, size, modified, width, "
            "height, person, listed, standing) "
            "VALUES (?, ?, 1, 1, ?, 1, 1, 9, 9, ?, ?, 'labelled')",
            (
                (
                    os.fsencode(f"/made up/{name}"),
                    name,
                    number.to_bytes(8, "big"),
                    1 + draw.randrange(len(people)),
                    draw.choice(EMOTIONS),
                )
                for number in range(count)
                for name in [f"photo_{draw.randrange(10**6):06}_{number:06}.jpg"]
            ),
        )


if __name__ == "__main__":
    sys.exit(main())
