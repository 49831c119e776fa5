"""Messages, jobs and lists that drop down: nothing moves the page, and all can be read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget

from emotion_desktop.assets import SAMPLES
from emotion_desktop.domain.job import Lane, Progress
from emotion_desktop.ui.theme import DARK, LIGHT, apply_theme
from emotion_desktop.ui.widgets import banner as banners
from emotion_desktop.ui.widgets.banner import Banner, MessageAction, MessageKind
from emotion_desktop.ui.widgets.basics import ElidedLabel, wrapping_label
from emotion_desktop.ui.widgets.choice_box import ChoiceBox
from emotion_desktop.ui.widgets.job_row import JobRow
from tests.ui.test_window import drop, idle

_PATIENCE = 30_000
_SIZES = [(1280, 800), (1004, 640)]


def places(window) -> dict[int, QRect]:
    """Where the tabs and every button in sight are."""
    shown = [window.tabs, *window.gallery.findChildren(QPushButton)]
    return {
        id(widget): QRect(widget.mapTo(window, QPoint()), widget.size())
        for widget in shown
        if widget.isVisible()
    }


@pytest.fixture
def banner(qtbot) -> Iterator[Banner]:
    """One over a page."""
    page = QWidget()
    qtbot.addWidget(page)
    page.resize(800, 600)
    page.show()
    yield Banner(page)


@pytest.mark.parametrize("size", _SIZES)
def test_neither_a_message_nor_a_job_moves_the_page(controller, qtbot, job_of, size):
    window = controller.window
    window.resize(*size)
    drop(window, [SAMPLES])
    idle(controller, qtbot)
    before = places(window)
    window.banner.show_error("A long message. " * 12, "A hint.", MessageAction("Do it", lambda: 0))
    qtbot.wait(50)
    assert window.banner.isVisible()
    assert places(window) == before
    assert window.centralWidget().rect().contains(window.banner.geometry())

    def slow(context):
        context.emit(Progress(1, 2, "step"))
        while not context.wait(0.02):
            pass
        context.check_cancelled()

    controller.manager.submit(job_of(slow, Lane.COMPUTE, "A job with a long name " * 5))
    controller.manager.submit(job_of(slow, Lane.COMPUTE, "Another"))

    def shown() -> list[JobRow]:
        return [row for row in window.job_strip.findChildren(JobRow) if row.isVisible()]

    qtbot.waitUntil(lambda: len(shown()) == 1, timeout=_PATIENCE)
    assert places(window) == before
    cancel = shown()[0].findChild(QPushButton)
    assert window.rect().contains(QRect(cancel.mapTo(window, QPoint()), cancel.size()))
    for record in controller.manager.unfinished():
        controller.manager.cancel(record.spec.id)
    idle(controller, qtbot)
    assert places(window) == before


def test_a_short_job_does_not_flicker(controller, qtbot, job_of):
    seen = []
    controller.services.jobs.happened.connect(
        lambda *_: seen.extend(
            row.isVisible() for row in controller.window.job_strip.findChildren(JobRow)
        )
    )
    controller.manager.submit(job_of(lambda context: context.wait(0.2), Lane.COMPUTE, "Short"))
    idle(controller, qtbot)
    assert seen
    assert not any(seen)


def test_successes_go_by_themselves_and_errors_stay(qtbot, banner, monkeypatch):
    monkeypatch.setattr(banners, "_SUCCESS_MS", 60)
    banner.show_success("Written.")
    assert banner.isVisible()
    assert banner.accessibleName() == "Done: Written."
    qtbot.waitUntil(lambda: not banner.isVisible(), timeout=5_000)
    banner.show_success("Written.")
    banner.show_error("It failed.", "Try again.")
    qtbot.wait(200)
    assert banner.isVisible()
    assert banner.kind is MessageKind.ERROR
    assert banner.text == "It failed. Try again."
    qtbot.mouseClick(banner.close_button, Qt.MouseButton.LeftButton)
    assert not banner.isVisible()


@pytest.mark.parametrize(("choice", "theme"), [("light", LIGHT), ("dark", DARK)])
def test_errors_and_successes_look_different(qapp, banner, choice, theme):
    apply_theme(qapp, choice)
    try:
        banner.set_theme(theme)
        for show, colour in (
            (banner.show_error, theme.danger),
            (banner.show_success, theme.success),
        ):
            show("Words")
            image = banner.grab().toImage()
            assert image.pixelColor(2, image.height() // 2) == colour
    finally:
        qapp.setStyleSheet("")


def test_a_message_carries_one_action(qtbot, banner):
    done = []
    banner.show_success("Written.", MessageAction("Open folder", lambda: done.append(1)))
    assert banner.action.isVisible()
    qtbot.mouseClick(banner.action, Qt.MouseButton.LeftButton)
    assert done == [1]
    assert not banner.isVisible()
    banner.show_notice("Nothing there.")
    assert not banner.action.isVisible()


# The offscreen platform warns of what it cannot do when a list drops down.
@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize(("choice", "theme"), [("light", LIGHT), ("dark", DARK)])
def test_the_highlighted_row_of_a_list_is_in_the_accent_colour(qapp, qtbot, choice, theme):
    apply_theme(qapp, choice)
    try:
        box = ChoiceBox()
        qtbot.addWidget(box)
        box.addItems(["First", "Second", "Third"])
        box.show()
        box.showPopup()
        qtbot.waitUntil(box.view().isVisible)
        for row in range(3):  # an arrow key moves the highlight from row to row, none of them empty
            assert box.view().currentIndex().row() == row
            image = box.view().viewport().grab().toImage()
            place = box.view().visualRect(box.view().currentIndex())
            colours = {
                image.pixelColor(x, y).name()
                for x in range(place.left(), place.right())
                for y in range(place.top(), place.bottom())
            }
            assert theme.accent.name() in colours
            assert theme.accent_text.name() in colours
            other = box.view().visualRect(box.model().index((row + 1) % 3, 0)).center()
            assert image.pixelColor(other.x() + 40, other.y()) == theme.raised
            qtbot.keyClick(box.view(), Qt.Key.Key_Down)
        box.hidePopup()
    finally:
        qapp.setStyleSheet("")


def test_the_wheel_over_a_list_chooses_nothing(qtbot):
    box = ChoiceBox()
    qtbot.addWidget(box)
    box.addItems(["First", "Second"])
    box.show()
    box.setFocus()
    centre = QPointF(box.rect().center())
    event = QWheelEvent(
        centre,
        box.mapToGlobal(centre),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box, event)
    assert box.currentIndex() == 0
    assert not event.isAccepted()


@pytest.mark.parametrize("named_first", [True, False])
def test_screen_readers_hear_what_a_list_is_for(qtbot, named_first):
    page = QWidget()
    qtbot.addWidget(page)
    box = ChoiceBox()
    box.addItems(["Most sure first", "By name"])
    layout = QVBoxLayout()
    if named_first:
        box.setAccessibleName("Sort by")
    layout.addWidget(box)
    page.setLayout(layout)
    if not named_first:
        box.setAccessibleName("Sort by")
    related = QAccessible.queryAccessibleInterface(box).relations()
    assert [interface.text(QAccessible.Text.Name) for interface, _ in related] == ["Sort by"]
    assert not any(label.isVisibleTo(page) for label in page.findChildren(QLabel))


def test_long_names_give_way(qtbot):
    name = "IMG_20231104_" + "x" * 240 + "_Original.jpg"
    label = wrapping_label(name, selectable=True)
    qtbot.addWidget(label)
    label.resize(300, 200)
    assert label.minimumSizeHint().width() < 300
    assert label.text() == name
    assert label.accessibleName() == name
    line = ElidedLabel(name)
    qtbot.addWidget(line)
    assert line.minimumSizeHint().width() < 120
    assert line.toolTip() == name
    box = ChoiceBox()
    qtbot.addWidget(box)
    box.addItem(name)
    assert box.sizeHint().width() <= 320
