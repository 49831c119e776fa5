"""Photos that different models have classified, side by side in the gallery."""

from __future__ import annotations

import csv
import json

import pytest
from PySide6.QtCore import Qt

from emotion_desktop.assets import BUILTIN_MODEL, SAMPLES
from emotion_desktop.engines.bundle import write_bundle
from tests.faces import PORTRAITS
from tests.small_model import LABELS, SIDE, write_small_model

_PATIENCE = 60_000
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def idle(controller, qtbot) -> None:
    while True:
        qtbot.waitUntil(lambda: not controller.manager.unfinished(), timeout=_PATIENCE)
        qtbot.wait(250)
        if not controller.manager.unfinished():
            return


def classify(controller, qtbot, *names: str) -> None:
    view = controller.window.gallery.view
    controller.window.open_paths([SAMPLES / name for name in names])
    qtbot.waitUntil(
        lambda: {SAMPLES / name for name in names} <= set(view.photos()), timeout=_PATIENCE
    )
    idle(controller, qtbot)


def select(controller, name: str):
    view = controller.window.gallery.view
    row = next(n for n, entry in enumerate(view.model.entries) if entry.path.name == name)
    view.grid.setCurrentIndex(view.model.index(row, 0))
    return view.detail


def explained(controller, qtbot, name: str):
    """The panel beside a tile, with its heat map and its neighbours."""
    detail = select(controller, name)
    for button in (detail.explanation.ask_heat, detail.explanation.ask_neighbours):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    idle(controller, qtbot)
    return detail.explanation


@pytest.fixture
def two_models(controller, qtbot, tmp_path):
    """The first portrait by the built-in model, then a switch, then the second by a small one."""
    classify(controller, qtbot, PORTRAITS[0])
    small = write_small_model(tmp_path / "small.emodel").path
    controller.models.use(str(small))
    idle(controller, qtbot)
    classify(controller, qtbot, PORTRAITS[1])
    return small


def test_every_tile_keeps_the_model_that_said_it(controller, qtbot, two_models):
    entries = {entry.path.name: entry for entry in controller.window.gallery.view.model.entries}
    assert entries[PORTRAITS[0]].prediction.model == str(BUILTIN_MODEL)
    assert entries[PORTRAITS[1]].prediction.model == str(two_models)
    detail = select(controller, PORTRAITS[0])
    assert len(detail.bars._values) == 8
    assert "48 × 48 pixels, grey" in detail._seen_text.text()
    assert "Built-in" in detail._seen_text.text()
    detail = select(controller, PORTRAITS[1])
    assert tuple(detail.bars._values) == LABELS
    assert f"{SIDE} × {SIDE} pixels, colour" in detail._seen_text.text()
    assert "small" in detail._seen_text.text()


def test_what_a_model_saw_is_drawn_as_that_model_saw_it(controller, qtbot, two_models):
    for name, grey in ((PORTRAITS[0], True), (PORTRAITS[1], False), (PORTRAITS[0], True)):
        detail = select(controller, name)
        qtbot.waitUntil(lambda: not detail._seen.pixmap().isNull(), timeout=_PATIENCE)  # noqa: B023
        assert detail._seen.pixmap().toImage().allGray() is grey


def test_the_model_that_said_it_explains_it(controller, qtbot, two_models):
    why = explained(controller, qtbot, PORTRAITS[0])
    assert "happiness" in why.heat_text.text(), "the small model does not know it"
    assert why._heat.picture.shape == (48, 48, 3)
    assert "None of its training photos" in why.neighbours_text.text()
    why = explained(controller, qtbot, PORTRAITS[1])
    assert any(label in why.heat_text.text() for label in LABELS)
    assert why._heat.picture.shape == (SIDE, SIDE, 3)
    assert "does not say which photos" in why.neighbours_text.text()
    assert controller.window.banner.isHidden()


def test_a_photo_classified_again_is_the_new_models(controller, qtbot, two_models):
    classify(controller, qtbot, PORTRAITS[0])
    detail = select(controller, PORTRAITS[0])
    qtbot.waitUntil(lambda: tuple(detail.bars._values) == LABELS, timeout=_PATIENCE)
    assert f"{SIDE} × {SIDE}" in detail._seen_text.text()


@pytest.mark.parametrize("replaced", [False, True])
def test_a_model_that_is_gone_is_told_in_a_sentence(
    controller, qtbot, builtin, two_models, replaced
):
    """Its tiles stay as they are; only explanations need the model itself."""
    two_models.unlink()
    if replaced:
        files = {name: builtin.read(name) for name in ("model.keras", "model.tflite")}
        write_bundle(two_models, builtin.card, files)
    detail = select(controller, PORTRAITS[1])
    assert f"{SIDE} × {SIDE} pixels, colour" in detail._seen_text.text()
    qtbot.mouseClick(detail.explanation.ask_heat, Qt.MouseButton.LeftButton)
    idle(controller, qtbot)
    said = controller.window.banner.text
    assert "unexpected" not in said
    assert ("is another model now" if replaced else "small.emodel") in said
    assert detail.explanation.heat.isHidden()


def test_saved_predictions_name_their_model(controller, qtbot, monkeypatch, tmp_path, two_models):
    view = controller.window.gallery.view
    monkeypatch.setattr(
        controller.window, "ask_for_new_place", lambda _, name, *__: tmp_path / name
    )
    for action in view.save.menu().actions()[:2]:
        action.trigger()
        idle(controller, qtbot)
    expected = {PORTRAITS[0]: "builtin", PORTRAITS[1]: "small"}
    rows = list(csv.DictReader((tmp_path / "expressions.csv").open()))
    assert {row["path"].rsplit("/", 1)[-1]: row["model"] for row in rows} == expected
    entries = json.loads((tmp_path / "expressions.json").read_text())
    assert {e["path"].rsplit("/", 1)[-1]: e["model"] for e in entries} == expected
