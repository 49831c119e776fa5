"""The gallery's parts: arrangement, model, grid, loader."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.geometry import Box, Frame
from emotion_desktop.domain.prediction import FacePrediction, PhotoStatus, Prediction
from emotion_desktop.ui.describe import describe, duration, headline, percent
from emotion_desktop.ui.gallery.detail import DetailPanel
from emotion_desktop.ui.gallery.entries import SECTIONS, TITLES, Arrangement, SortOrder, entries_of
from emotion_desktop.ui.gallery.model import GalleryModel
from emotion_desktop.ui.gallery.tile import TileDelegate
from emotion_desktop.ui.gallery.view import GalleryView
from emotion_desktop.ui.image_loader import ImageLoader
from emotion_desktop.ui.theme import DARK, LIGHT
from emotion_desktop.ui.widgets.section_grid import SectionGrid


def reading(emotion: str, confidence: float) -> FacePrediction:
    rest = (1 - confidence) / 7
    values = {name: confidence if name == emotion else rest for name in EMOTIONS}
    return FacePrediction(Box(0, 0, 10, 10), Frame(5, 5, 10, 10), values)


def photo(number: int, *faces: FacePrediction, status: PhotoStatus | None = None) -> Prediction:
    state = status or (PhotoStatus.OK if faces else PhotoStatus.NO_FACE)
    return Prediction(f"/photos/{number:05}.jpg", state, faces, size=(100, 100))


def in_order(grid) -> list[int]:
    return [grid.order.at(position) for position in range(len(grid.order))]


def random_entries(count: int, seed: int = 0):
    rng = np.random.default_rng(seed)
    results = []
    for number in range(count):
        kind = rng.integers(12)
        if kind == 0:
            results.append(photo(number))
        elif kind == 1:
            results.append(photo(number, status=PhotoStatus.UNREADABLE))
        else:
            face = reading(str(rng.choice(EMOTIONS)), float(rng.uniform(0.3, 1)))
            results.append(photo(number, face))
    return [entry for result in results for entry in entries_of(result)]


@pytest.mark.parametrize("order", SortOrder)
def test_added_in_pieces_or_at_once_is_the_same(order):
    entries = random_entries(300)
    pieces = Arrangement(order)
    for start in range(0, 300, 37):
        pieces.add(entries[start : start + 37], start)
    whole = Arrangement.sort(entries, order)
    assert pieces.sections == whole.sections
    assert sum(whole.counts().values()) == 300


def test_orders():
    entries = random_entries(200)
    most = Arrangement.sort(entries, SortOrder.MOST_SURE).rows("happiness")
    confidences = [entries[row].face.confidence for row in most]
    assert confidences == sorted(confidences, reverse=True)
    least = Arrangement.sort(entries, SortOrder.LEAST_SURE).rows("happiness")
    assert [entries[r].face.confidence for r in least] == sorted(confidences)
    by_name = Arrangement.sort(entries, SortOrder.NAME).rows("no_face")
    assert [entries[r].name for r in by_name] == sorted(entries[r].name for r in by_name)


def test_unsure_faces_have_a_section_of_their_own():
    (entry,) = entries_of(photo(1, reading("anger", 0.5)))
    assert entry.section == "unsure"
    assert headline(entry.face).startswith("Probably anger")


def test_several_faces_are_several_tiles():
    entries = entries_of(photo(1, reading("anger", 0.9), reading("fear", 0.8)))
    assert [entry.name for entry in entries] == ["00001.jpg (1 of 2)", "00001.jpg (2 of 2)"]


def test_names_that_cannot_be_printed_are_shown_safely():
    result = Prediction("/p/line\nbreak\udce4.jpg", PhotoStatus.NO_FACE)
    (entry,) = entries_of(result)
    assert entry.name.isprintable()


def test_the_model_passes_qts_own_tests(qtmodeltester):
    model = GalleryModel()
    model.append(random_entries(5))
    qtmodeltester.check(model)
    model.append(random_entries(5))
    model.replace(random_entries(3))
    assert model.rowCount() == 3


@pytest.fixture
def grid(qtbot):
    delegate = TileDelegate(lambda *_: None, LIGHT)
    view = SectionGrid(delegate, LIGHT, TITLES)
    qtbot.addWidget(view)
    model = GalleryModel(view)
    view.setModel(model)
    entries = random_entries(500)
    model.append(entries)
    view.resize(900, 700)
    view.show()
    view.arrange(Arrangement.sort(entries, SortOrder.MOST_SURE).in_order())
    yield view
    delegate.deleteLater()


def test_every_tile_is_found_where_it_is_painted(grid):
    seen = set()
    for scroll in range(0, grid.verticalScrollBar().maximum() + 400, 400):
        grid.verticalScrollBar().setValue(scroll)
        for row in range(500):
            rect = grid.visualRect(grid.model().index(row, 0))
            found = grid.indexAt(rect.center())
            if grid.viewport().rect().contains(rect.center()) and found.isValid():
                assert found.row() == row
                seen.add(row)
    assert len(seen) == 500


def test_tiles_do_not_overlap_and_stay_inside(grid):
    rects = [grid._layout.rect(row) for row in in_order(grid)]
    width = grid.viewport().width()
    assert all(rect.left() >= 0 and rect.right() <= width for rect in rects)
    for first, second in zip(rects, rects[1:], strict=False):
        assert not first.intersects(second)


def test_what_is_on_top_stays_when_tiles_are_added(grid):
    bar = grid.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    row, _, offset = grid._anchor()[0]
    more = random_entries(200, seed=1)
    model = grid.model()
    model.append(more)
    grid.arrange(Arrangement.sort(model.entries, SortOrder.MOST_SURE).in_order())
    assert grid._layout.rect(row).top() - bar.value() == offset


def test_a_rectangle_selects_what_it_touches(grid):
    first = grid.model().index(grid.order.at(0), 0)
    from PySide6.QtCore import QItemSelectionModel

    grid.setSelection(
        QRect(grid.visualRect(first).center(), grid.visualRect(first).center() + QPoint(2, 2)),
        QItemSelectionModel.SelectionFlag.ClearAndSelect,
    )
    assert [index.row() for index in grid.selectionModel().selectedIndexes()] == [first.row()]


def test_shift_selects_line_by_line(grid, qtbot):
    columns = grid._layout.columns
    assert columns >= 3
    # From the last tile of a line to the first of the next are two tiles, not two whole lines.
    first, last = (grid.model().index(grid.order.at(place), 0) for place in (columns - 1, columns))
    shift = Qt.KeyboardModifier.ShiftModifier
    for index, modifier in ((first, Qt.KeyboardModifier.NoModifier), (last, shift)):
        middle = grid.visualRect(index).center()
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifier, middle)
    selected = {index.row() for index in grid.selectionModel().selectedIndexes()}
    assert selected == {first.row(), last.row()}
    # With the keyboard, and from a tile that is out of sight by then.
    for _ in range(4 * columns):
        qtbot.keyClick(grid, Qt.Key.Key_Right, shift)
    assert grid.verticalScrollBar().value() > 0
    expected = {grid.order.at(place) for place in range(columns - 1, 5 * columns + 1)}
    assert {index.row() for index in grid.selectionModel().selectedIndexes()} == expected


def test_after_a_correction_the_next_of_the_section_is_looked_at(qtbot):
    view = GalleryView(LIGHT)
    qtbot.addWidget(view)
    try:
        faces = [("anger", 0.9), ("fear", 0.5), ("fear", 0.45), ("fear", 0.4)]
        view.add([replace(photo(n, reading(*f)), digest=b"%d" % n) for n, f in enumerate(faces)])
        view.grid.setCurrentIndex(view.model.index(2, 0))
        box = Box(0, 0, 10, 10)

        def current() -> int:
            return view.grid.currentIndex().row()

        view.show_corrections({(b"2", box): "anger"})
        assert current() == 3
        view.show_corrections({(b"2", box): "anger", (b"3", box): "anger"})
        assert current() == 1  # the last of the section: the one before it
        view.show_corrections({(b"%d" % n, box): "anger" for n in (1, 2, 3)})
        assert current() == 1  # nothing is left there
        view.sections.chosen.emit("anger")
        assert current() == view.shown.arrangement.rows("anger")[0]
    finally:
        view.stop()


def test_sections_can_be_reached(grid):
    for section in SECTIONS:
        grid.show_section(section)
    assert grid.verticalScrollBar().value() > 0


def test_it_paints_in_both_themes(grid):
    for theme in (LIGHT, DARK):
        grid.theme = theme
        grid.itemDelegate().theme = theme
        image = grid.grab().toImage()
        assert image.pixelColor(3, image.height() - 3) == theme.window


def test_a_name_that_looks_like_html_is_shown_as_it_is(qtbot):
    loader = ImageLoader(threads=1, cache_bytes=1 << 20)
    panel = DetailPanel(loader, LIGHT)
    qtbot.addWidget(panel)
    (entry,) = entries_of(Prediction("/photos/<b>bold.jpg", PhotoStatus.NO_FACE))
    panel.show_entry(entry)
    shown = [label for label in panel.findChildren(QLabel) if "<b>" in label.text()]
    assert shown
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in shown)
    loader.stop()


def test_the_loader_makes_pictures_once_and_stays_within_its_bounds(qtbot):
    loader = ImageLoader(threads=2, cache_bytes=100 * 100 * 4 * 5)
    calls = []

    def work(key):
        calls.append(key)
        return np.full((100, 100, 3), key, np.uint8)

    for key in range(20):
        assert loader.get(key, lambda key=key: work(key)) is None
    qtbot.waitUntil(lambda: len(calls) == 20)
    qtbot.wait(100)
    held = [k for k in range(20) if k in loader._cache]
    assert len(held) == 5
    pixmap = loader.get(held[-1], lambda: pytest.fail("made twice"))
    assert isinstance(pixmap, QPixmap)
    assert pixmap.toImage().pixelColor(5, 5).red() == held[-1]
    loader.stop()


def test_the_loader_keeps_the_reason_of_a_failure(qtbot):
    loader = ImageLoader(threads=1, cache_bytes=1 << 20)

    def broken():
        raise AppError("The file is empty.")

    with qtbot.waitSignal(loader.loaded):
        loader.get("x", broken)
    assert loader.problem("x") == "The file is empty."
    loader.stop()


def test_the_loader_tries_again_what_failed_a_while_ago(qtbot, monkeypatch):
    monkeypatch.setattr("emotion_desktop.ui.image_loader._RETRY_S", 0.05)
    loader = ImageLoader(threads=1, cache_bytes=1 << 20)
    gone = [True]

    def work():
        if gone:
            raise AppError("The disk is unplugged.")
        return np.zeros((4, 4, 3), np.uint8)

    with qtbot.waitSignal(loader.loaded):
        loader.get("x", work)
    assert loader.problem("x")
    gone.clear()
    qtbot.waitUntil(lambda: loader.get("x", work) is not None)
    assert loader.problem("x") is None
    loader.stop()


def test_words():
    assert percent(0.004) == "<1 %"
    assert percent(0.0) == "0 %"
    assert percent(0.999) == ">99 %"
    assert percent(1.0) == "100 %"
    assert percent(0.826) == "83 %"
    assert duration(0.2) == "a moment"
    assert duration(42) == "42 s"
    assert duration(600) == "10 min"
    result = photo(1, reading("fear", 0.9))
    assert describe(result, result.faces[0], "a.jpg").startswith("a.jpg: Fear (fear 90 %")


def test_contrast_of_bars_and_text():
    def luminance(colour):
        parts = [colour.redF(), colour.greenF(), colour.blueF()]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(a, b):
        high, low = sorted((luminance(a), luminance(b)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    for theme in (LIGHT, DARK):
        for ground in (theme.window, theme.surface):
            assert contrast(theme.text, ground) >= 7
            assert contrast(theme.muted, ground) >= 4.5
            assert contrast(theme.danger, ground) >= 4.5
        assert contrast(theme.accent_text, theme.accent) >= 4.5
        for emotion in EMOTIONS:
            assert contrast(theme.outline(emotion), theme.track) >= 3, (emotion, theme.dark)
