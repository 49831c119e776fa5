"""The window comes back as it was left: size, page, sort, tiles, dialogs' folders, photos."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from emotion_desktop.app import Controller
from emotion_desktop.assets import SAMPLES
from emotion_desktop.ui.gallery.opened import OpenedPhotos
from emotion_desktop.workspace.paths import Workspace
from tests.ui.test_window import drop, idle, names

_PATIENCE = 60_000


@pytest.fixture
def start(qapp, qtbot, tmp_path) -> Iterator[Callable[[], Controller]]:
    """Starts the program again and again on one workspace; each ends before the next begins."""
    qapp.setStyle("fusion")
    made: list[Controller] = []

    def end() -> None:
        for controller in made:
            if not controller.window.may_close:
                controller.shut_down()
            controller.window.deleteLater()
            controller.deleteLater()
        made.clear()
        qapp.processEvents()

    def again(*paths: Path) -> Controller:
        end()
        controller = Controller(qapp, Workspace(tmp_path / "workspace"))
        made.append(controller)
        controller.start(paths)
        qtbot.waitExposed(controller.window)
        return controller

    yield again
    end()


def test_the_next_start_takes_up_what_was_left(start, qtbot, tmp_path, monkeypatch):
    first = start()
    window = first.window
    window.resize(window.width(), 530)
    drop(window, [SAMPLES])
    idle(first, qtbot)
    view = window.gallery.view
    view.order.setCurrentIndex(view.order.findText("By name"))
    view.grid.zoom(100)
    row = next(n for n, e in enumerate(view.model.entries) if e.path.name == "a_cat.jpg")
    view.grid.setCurrentIndex(view.model.index(row, 0))
    qtbot.keyClick(view.grid, Qt.Key.Key_Delete)
    assert len(names(first)) == 3
    chosen = str(tmp_path / "photos" / "album")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: chosen)
    assert window.ask_for_folder("Any", "photos") == Path(chosen)

    second = start()
    window = second.window
    assert window.height() == 530  # the width is that of the tests' small screen
    qtbot.waitUntil(lambda: bool(window.gallery.view.model.entries), timeout=_PATIENCE)
    idle(second, qtbot)
    view = window.gallery.view
    assert len(names(second)) == 3
    assert "a_cat.jpg" not in names(second)
    assert view.order.currentText() == "By name"
    assert view.grid._delegate.least_side == 100
    begun_at = []
    monkeypatch.setattr(
        QFileDialog, "getExistingDirectory", lambda *args: begun_at.append(args[2]) or ""
    )
    window.ask_for_folder("Any", "photos")
    assert begun_at == [str(tmp_path / "photos")]
    # Once emptied, it stays empty.
    view._clear.click()
    third = start()
    qtbot.wait(1500)
    idle(third, qtbot)
    assert third.window.gallery.currentIndex() == 0


def test_started_with_photos_it_shows_those_alone(start, qtbot):
    first = start()
    drop(first.window, [SAMPLES / "a_cat.jpg"])
    idle(first, qtbot)
    second = start(SAMPLES / "grace_hopper.jpg")
    qtbot.waitUntil(lambda: names(second) == {"grace_hopper.jpg"}, timeout=_PATIENCE)
    qtbot.wait(1000)
    idle(second, qtbot)
    assert names(second) == {"grace_hopper.jpg"}


def test_a_photo_that_is_opened_again_is_wanted_again(tmp_path):
    opened = OpenedPhotos()
    opened.add([tmp_path / "album", tmp_path / "one.jpg"], "")
    opened.remove([str(tmp_path / "album" / "x.jpg"), str(tmp_path / "one.jpg")])
    assert list(opened.paths) == [str(tmp_path / "album")]
    assert opened.removed == {str(tmp_path / "album" / "x.jpg")}
    before = opened.copy()
    opened.add([tmp_path / "album"], "whole")
    assert not opened.removed
    assert opened.by_faces() == {"whole": [tmp_path / "album"]}
    assert before.removed
