"""A model of MXNet dropped on the window: labels are asked for, then it reads photos."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.engines.bundle import read_bundle
from emotion_desktop.ui.models.labels_dialog import LabelsDialog
from tests.unit.engines.mxnet_models import make_archive

_PATIENCE = 60_000

# The offscreen platform's own complaint about dialogs.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return make_archive(tmp_path_factory.mktemp("archive") / "model.tar.gz", classes=7)


def ask(controller, qtbot, path) -> LabelsDialog:
    controller.window.open_paths([path])
    window = controller.window
    qtbot.waitUntil(lambda: window.findChild(LabelsDialog) is not None, timeout=_PATIENCE)
    return window.findChild(LabelsDialog)


def import_button(dialog) -> QPushButton:
    return next(b for b in dialog.findChildren(QPushButton) if b.text() == "Import")


def test_labels_are_asked_for_and_the_model_is_in_the_store(controller, qtbot, archive):
    dialog = ask(controller, qtbot, archive)
    assert len(dialog.boxes) == 7
    assert dialog.labels == EMOTIONS[:7]
    dialog.boxes[0].setCurrentIndex(1)
    assert not import_button(dialog).isEnabled()
    dialog.boxes[1].setCurrentIndex(0)
    assert import_button(dialog).isEnabled()
    qtbot.mouseClick(import_button(dialog), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "imported" in controller.window.banner.text, timeout=_PATIENCE)
    bundle = read_bundle(controller.services.store.resolve("model"))
    assert bundle.card.labels == ("contempt", "anger", *EMOTIONS[2:7])
    assert "model" in controller.models.page._models


def test_what_was_said_stays_where_the_import_fails(controller, qtbot, archive):
    dialog = ask(controller, qtbot, archive)
    dialog.boxes[0].setCurrentIndex(7)
    folder = controller.services.store.folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where the store is to be")
    button = import_button(dialog)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isEnabled()
    qtbot.waitUntil(lambda: bool(dialog.problem), timeout=_PATIENCE)
    assert dialog.isVisible()
    assert dialog.labels[0] == "surprise"
    folder.unlink()
    with qtbot.waitSignal(dialog.accepted, timeout=_PATIENCE):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "model" in controller.services.store.names()


def test_cancelling_imports_nothing(controller, qtbot, archive):
    dialog = ask(controller, qtbot, archive)
    dialog.reject()
    qtbot.wait(100)
    assert controller.services.store.names() == ["builtin", "builtin-fast"]


def test_what_is_no_model_is_said(controller, qtbot, tmp_path):
    (tmp_path / "odd.tar.gz").write_bytes(b"no archive")
    controller.window.open_paths([tmp_path / "odd.tar.gz"])
    qtbot.waitUntil(lambda: "archive" in controller.window.banner.text, timeout=_PATIENCE)
