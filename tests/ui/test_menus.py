"""The menus have what the pages do; help and the drop overlay say it; all by real keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDragLeaveEvent, QUndoCommand
from PySide6.QtWidgets import QMenu

from emotion_desktop.assets import SAMPLES
from emotion_desktop.ui.help_dialogs import TextDialog
from emotion_desktop.ui.widgets.drop_overlay import DropOverlay
from tests.ui.test_window import drop, idle

# The offscreen platform warns of what it cannot do when a dialog or a menu is shown.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

_CONTROL = Qt.KeyboardModifier.ControlModifier


def actions(menu: QMenu) -> dict[str, QAction]:
    """A menu's entries by their words, those of its sub-menus as well."""
    found = {}
    for action in menu.actions():
        name = action.text().replace("&", "").split("\t")[0]
        found[name] = action
        if action.menu() is not None:
            found |= {f"{name} > {sub}": entry for sub, entry in actions(action.menu()).items()}
    return found


@pytest.fixture
def opened(controller, qtbot):
    drop(controller.window, [SAMPLES / "official_portrait.jpg", SAMPLES / "a_cat.jpg"])
    idle(controller, qtbot)
    return controller.window


def test_what_pages_do_is_in_the_menus(opened, controller, qtbot):
    window, view = opened, opened.gallery.view
    menus = window.menus
    menus.edit.aboutToShow.emit()
    edit = actions(menus.edit)
    edit["Select all"].trigger()
    assert len(view.selected_entries()) == 2
    before = view.grid._delegate.least_side
    actions(menus.view)["Larger tiles"].trigger()
    assert view.grid._delegate.least_side > before
    actions(menus.view)["Fold the section"].trigger()
    actions(menus.view)["Unfold all"].trigger()
    assert len(view.grid.order) == 2
    asked = []
    view.save_wanted.connect(asked.append)
    window.save_wanted.connect(asked.append)
    edit["Clear the gallery"].trigger()
    assert window.gallery.currentIndex() == 0
    menus.edit.aboutToShow.emit()
    assert not edit["Select all"].isEnabled()
    assert not edit["Clear the gallery"].isEnabled()
    menus.edit.aboutToHide.emit()
    assert "Save the predictions > As a table (CSV)…" in actions(menus.file)


def test_ctrl_f_finds_and_ctrl_plus_enlarges(opened, controller, qtbot):
    view = opened.gallery.view
    qtbot.keyClick(opened, Qt.Key.Key_F, _CONTROL)
    assert opened.focusWidget() is view.side.search
    before = view.grid._delegate.least_side
    qtbot.keyClick(opened, Qt.Key.Key_Plus, _CONTROL)
    assert view.grid._delegate.least_side > before
    qtbot.keyClick(opened, Qt.Key.Key_Minus, _CONTROL)
    assert view.grid._delegate.least_side == pytest.approx(before, abs=2)


def test_ctrl_y_makes_again(controller, qtbot):
    stack = controller.services.undo.stack
    stack.blockSignals(True)
    redo = next(a for a in controller.window.menus.edit.actions() if "Redo" in a.text())
    stack.push(QUndoCommand("x"))
    stack.blockSignals(False)
    assert "Ctrl+Y" in [key.toString() for key in redo.shortcuts()]
    stack.blockSignals(True)
    stack.clear()


def test_colours_are_chosen_in_the_menu(controller):
    view = actions(controller.window.menus.view)
    view["Appearance > Dark"].trigger()
    assert controller.window.theme.dark
    view["Appearance > Light"].trigger()
    assert not controller.window.theme.dark


def test_the_model_is_chosen_where_its_name_stands(controller, qtbot):
    button = controller.window.model_button
    button.menu().aboutToShow.emit()
    names = [action.text() for action in button.menu().actions()]
    assert names == ["Built-in", "Built-in, fast", "", "All models…"]
    assert button.menu().actions()[0].isChecked()
    button.menu().actions()[1].trigger()
    assert button.text() == "Model: Built-in, fast"
    button.menu().actions()[-1].trigger()
    qtbot.waitUntil(controller.models.page.isVisible, timeout=30_000)
    idle(controller, qtbot)


def test_help_lists_every_key_and_where_the_data_lie(controller):
    window = controller.window
    window.show_keys()
    dialog = window.findChild(TextDialog)
    assert dialog.isVisible()
    for words in ("Ctrl+F", "Doubtful labels", "Home", "A few letters", ">0<", ">K<"):
        assert words in dialog.text.text()
    dialog.reject()
    dialog.setParent(None)
    window.about_wanted.emit()
    dialog = window.findChild(TextDialog)
    assert str(controller.services.workspace.root) in dialog.text.text()
    assert "LICENSE" in dialog.text.text()
    dialog.reject()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.jpg", "Let go to see the expressions"),
        ("folder", "Let go to see the expressions"),
        ("a.emodel", "Let go to import the model"),
        ("labels.csv", "Let go to open the data set"),
    ],
)
def test_while_dragging_the_page_says_what_letting_go_does(controller, name, words):
    window = controller.window
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(f"/nowhere/{name}")])
    event = QDragEnterEvent(
        QPoint(200, 200),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dragEnterEvent(event)
    overlay = window.findChild(DropOverlay)
    assert overlay.isVisible()
    assert overlay.accessibleName() == words
    assert overlay.geometry() == window.centralWidget().rect()
    overlay.grab()
    window.dragLeaveEvent(QDragLeaveEvent())
    assert not overlay.isVisible()
    assert window.childAt(QPointF(200, 200).toPoint()) is not overlay
