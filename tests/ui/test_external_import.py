"""A model that was made elsewhere dropped on the window: asked about, checked on photos, taken."""

from __future__ import annotations

import sys
from unittest.mock import Mock

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.jobs.running import worker_process
from emotion_desktop.ui.models.external_dialog import ExternalModelDialog

_PATIENCE = 30_000
# The offscreen platform's own complaint about dialogs.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

#: A worker that answers at once: what it does for real is tested where it is done.
_WORKER = """
import shutil, sys
from functools import partial
from pathlib import Path
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.files.model_files import external_name
from emotion_desktop.jobs import worker_loop
from emotion_desktop.jobs.table import JobKind
from emotion_desktop.assets import BUILTIN_MODEL


def answer(kind, context, *, source, options=None, name=None):
    if kind == "describe-external":
        if source.endswith("bad.keras"):
            raise DataError("This Keras model cannot be loaded.", "Save it otherwise.")
        return {"kind": "keras", "classes": 7, "size": None, "channels": 3}
    given = options
    if kind == "try-external":
        if given["photos"].endswith("none"):
            raise DataError("There are no labels.", "Add some.")
        figures = {"mean_recall": 0.1, "accuracy": 0.1}
        found = {name: figures for name in ("0-1", "0-255", "imagenet")}
        order = None
        if given["photos"].endswith("others") and given["labels"][0] == "anger":
            labels = ["surprise", *given["labels"][1:]]
            order = {"labels": labels, "scaling": "0-255", "mean_recall": 0.9}
        return {"photos": 50, "best": "-1-1", "order": order,
                "found": {**found, "-1-1": {"mean_recall": 0.6, "accuracy": 0.7}}}
    if given["extent"] == 3:
        raise DataError("The model cannot be run like that.", "Say otherwise.")
    assert given["scaling"] == "-1-1", given
    assert (given["size"], given["crop"], given["extent"]) in ((48, "box", 1.1), (224, "eyes", 2.2))
    store = context.resources.store
    name = store.free_name(external_name(Path(source)))
    shutil.copyfile(BUILTIN_MODEL, store.path_for(name))
    return name


JobKind.load = lambda kind: partial(answer, kind.name)
sys.exit(worker_loop.main())
"""


@pytest.fixture(autouse=True)
def _worker(monkeypatch):
    monkeypatch.setattr(worker_process, "_command", lambda: [sys.executable, "-c", _WORKER])


def ask(controller, qtbot, path) -> ExternalModelDialog:
    path.touch()
    controller.window.open_paths([path])
    window = controller.window
    qtbot.waitUntil(lambda: window.findChild(ExternalModelDialog) is not None, timeout=_PATIENCE)
    return window.findChild(ExternalModelDialog)


def test_it_is_asked_about_checked_and_taken(controller, qtbot, tmp_path):
    dialog = ask(controller, qtbot, tmp_path / "net.keras")
    assert dialog.labels.labels == EMOTIONS[:7]
    assert not dialog.import_button.isEnabled()  # nothing says how pixels are scaled
    dialog.labels.boxes[0].setCurrentIndex(1)
    assert not dialog.check.isEnabled()  # an emotion stands twice
    dialog.labels.boxes[1].setCurrentIndex(0)
    dialog.size_box.setValue(48)
    dialog.crop.setCurrentIndex(1)
    dialog.check_on(tmp_path / "photos")
    qtbot.waitUntil(lambda: "50 labelled photos" in dialog.answer, timeout=_PATIENCE)
    assert dialog.scaling.currentData() == "-1-1"
    assert "60 %  (chosen)" in dialog.answer
    controller.services.store.folder.mkdir(parents=True)
    closed = Mock()
    dialog.accepted.connect(closed)
    qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "imported" in controller.window.banner.text, timeout=_PATIENCE)
    assert closed.called
    assert "net" in controller.services.store.names()
    assert "net" in controller.models.page._models
    assert controller.models.page._title.text() == "net"


def test_a_check_that_comes_to_nothing_says_why(controller, qtbot, tmp_path):
    dialog = ask(controller, qtbot, tmp_path / "net.onnx")
    dialog.check_on(tmp_path / "none")
    qtbot.waitUntil(lambda: "There are no labels." in dialog.answer, timeout=_PATIENCE)
    assert dialog.check.isEnabled()
    dialog.reject()
    qtbot.wait(100)
    assert "net" not in controller.services.store.names()


def test_what_is_no_model_is_said(controller, qtbot, tmp_path):
    (tmp_path / "bad.keras").touch()
    controller.window.open_paths([tmp_path / "bad.keras"])
    qtbot.waitUntil(lambda: "cannot be loaded" in controller.window.banner.text, timeout=_PATIENCE)
    assert controller.window.findChild(ExternalModelDialog) is None


def test_what_was_said_stays_where_the_import_fails(controller, qtbot, tmp_path):
    dialog = ask(controller, qtbot, tmp_path / "net.keras")
    dialog.scaling.setCurrentIndex(dialog.scaling.findData("-1-1"))
    dialog.labels.boxes[0].setCurrentIndex(7)
    dialog.extent.setValue(3)
    qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    assert not dialog.import_button.isEnabled()
    assert not dialog.labels.isEnabled()  # it is being imported as it was described
    qtbot.waitUntil(lambda: "cannot be run like that" in dialog.answer, timeout=_PATIENCE)
    assert dialog.isVisible()
    assert dialog.labels.labels[0] == "surprise"
    assert dialog.import_button.hasFocus()
    dialog.extent.setValue(2.2)
    assert dialog.import_button.isEnabled()
    controller.services.store.folder.mkdir(parents=True)
    with qtbot.waitSignal(dialog.accepted, timeout=_PATIENCE):
        qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    assert "net" in controller.services.store.names()


def test_a_check_belongs_to_what_was_said_then(controller, qtbot, tmp_path):
    dialog = ask(controller, qtbot, tmp_path / "net.keras")
    dialog.check_on(tmp_path / "photos")
    assert not dialog.check.isEnabled()
    assert not dialog.extent.isEnabled()
    qtbot.waitUntil(lambda: "50 labelled photos" in dialog.answer, timeout=_PATIENCE)
    found = dialog.answer
    dialog.scaling.setCurrentIndex(1)
    assert dialog.answer == found  # all of them were tried
    dialog.labels.boxes[0].setCurrentIndex(7)
    assert "check again" in dialog.answer
    assert dialog.again.isVisible()
    dialog.labels.boxes[0].setCurrentIndex(0)
    assert dialog.answer == found
    dialog.extent.setValue(1.5)
    dialog.again.trigger()
    qtbot.waitUntil(lambda: "50 labelled photos" in dialog.answer, timeout=_PATIENCE)
    dialog.reject()


def test_another_order_of_the_labels_is_offered_and_taken(controller, qtbot, tmp_path):
    dialog = ask(controller, qtbot, tmp_path / "net.keras")
    dialog.check_on(tmp_path / "others")
    qtbot.waitUntil(dialog.reorder.isVisible, timeout=_PATIENCE)
    assert "90 %: Surprise, Contempt" in dialog.answer
    qtbot.wait(50)
    answer, fields = dialog._answer, dialog._prepared
    assert answer.height() >= answer.heightForWidth(answer.width())  # nothing is cut off
    assert fields.height() >= fields.sizeHint().height()
    qtbot.mouseClick(dialog.reorder, Qt.MouseButton.LeftButton)
    assert dialog.labels.labels[0] == "surprise"
    qtbot.waitUntil(dialog.check.isEnabled, timeout=_PATIENCE)
    assert not dialog.reorder.isVisible()
    assert "50 labelled photos" in dialog.answer
    dialog.reject()


def test_a_saved_model_is_called_after_its_folder(controller, qtbot, tmp_path):
    folder = tmp_path / "Gefühle v1.2"
    folder.mkdir()
    dialog = ask(controller, qtbot, folder / "saved_model.pb")
    assert "Gefühle v1.2 tells" in dialog.findChild(QLabel).text()
    dialog.scaling.setCurrentIndex(dialog.scaling.findData("-1-1"))
    controller.services.store.folder.mkdir(parents=True)
    qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "imported" in controller.window.banner.text, timeout=_PATIENCE)
    assert "Gefühle v1.2" in controller.services.store.names()


def test_closing_the_dialog_stops_what_it_waits_for(controller, qtbot, tmp_path):
    dialog = ask(controller, qtbot, tmp_path / "net.keras")
    dialog.scaling.setCurrentIndex(dialog.scaling.findData("-1-1"))
    qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    dialog.reject()
    qtbot.waitUntil(lambda: not controller.manager.unfinished(), timeout=_PATIENCE)
    assert "net" not in controller.services.store.names()
