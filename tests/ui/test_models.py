"""The page of the models, as a user works with it."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from emotion_desktop.assets import BUILTIN_MODEL
from emotion_desktop.domain.run import HERE, Run, RunState
from emotion_desktop.engines.bundle import KERAS, write_bundle
from emotion_desktop.engines.table import LITERT
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.runs.runs import Runs
from tests.ui.geometry import SIZES, in_sight

_PATIENCE = 60_000
# The offscreen platform warns of what it cannot do when a dialog or a menu is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", r"raise\(\)", "grabbing the keyboard")


@pytest.fixture
def page(controller, qtbot, builtin):
    """The page with two models of the user's: one without scores, one with a long name."""
    store = controller.services.store
    store.folder.mkdir(parents=True, exist_ok=True)
    bare = replace(builtin.card, name="bare", scores=None)
    write_bundle(store.path_for("bare"), bare, {KERAS: b"x", LITERT: builtin.read(LITERT)})
    shutil.copyfile(BUILTIN_MODEL, store.path_for("A" * 60))
    controller.window.models_wanted.emit()
    qtbot.waitUntil(lambda: controller.models.page.list.count() == 4, timeout=_PATIENCE)
    return controller.models.page


def lines(page) -> list[str]:
    return [page.list.item(row).text().splitlines()[0] for row in range(page.list.count())]


@pytest.mark.parametrize("size", SIZES)
def test_a_card_shows_bars_with_intervals_and_everything_fits(controller, page, qtbot, size):
    controller.window.resize(*size)
    page.choose("A" * 60)
    qtbot.wait(50)
    scores = controller.services.store and page._models["A" * 60].card.scores
    told = page.chart.accessibleDescription()
    for item in scores.per_emotion:
        assert f"{item.emotion}: " in told
        assert f"of {item.count:,}" in told
    for button in page.buttons.values():
        assert in_sight(button), button.text()
    assert page.chart.visibleRegion().boundingRect().width() == page.chart.width()
    page.choose("bare")
    assert not page.chart.isVisible()
    assert "no scores" in page.list.currentItem().text()


def test_models_are_put_in_order(page):
    assert lines(page)[-1] == "bare"  # nothing is known of it
    page.order.setCurrentIndex(page.order.findData("name"))
    assert lines(page) == ["A" * 60, "bare", "Built-in  (in use)", "Built-in, fast"]
    assert page.list.currentItem().text().startswith("Built-in  (in use)")


def test_f2_renames_and_all_that_names_the_model_follows(controller, page, qtbot, monkeypatch):
    services = controller.services
    old = services.store.resolve("bare")
    run = Run("1" * 8, "bare", HERE, RunState.SUCCEEDED, {}, 1.0, model=str(old))
    with Catalogue(services.workspace.catalogue) as catalogue:
        Runs(catalogue).save(run)
    controller.models.use("bare")
    page.choose("bare")
    page.notes.setPlainText("for the film stills")
    asked = []
    monkeypatch.setattr(
        controller.window, "ask_for_text", lambda *words: asked.append(words) or "better"
    )
    page.list.setFocus()
    qtbot.keyClick(page.list, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: "better  (in use)" in lines(page), timeout=_PATIENCE)
    assert asked == [("Rename the model", "Its new name:", "bare")]
    assert services.settings.now.model == "better"
    assert controller.window.model_button.text() == "Model: better"
    assert page.notes.toPlainText() == "for the film stills"
    assert services.store.notes("better") == "for the film stills"
    with Catalogue(services.workspace.catalogue) as catalogue:
        assert Runs(catalogue).all()[0].model == str(services.store.resolve("better"))
    # A name that is taken is refused in words.
    monkeypatch.setattr(controller.window, "ask_for_text", lambda *_: "A" * 60)
    qtbot.keyClick(page.list, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: "already a model" in controller.window.banner.text, timeout=_PATIENCE)
    page.choose("builtin")
    assert not page.actions_by_name["rename"].isEnabled()


def test_notes_are_kept(controller, page, qtbot):
    page.choose("builtin")
    qtbot.keyClicks(page.notes, "compare it with mine")
    page.choose("bare")
    assert controller.services.store.notes("builtin") == "compare it with mine"
    assert page.notes.toPlainText() == ""
    page.choose("builtin")
    assert page.notes.toPlainText() == "compare it with mine"


def test_the_context_menu_offers_what_the_buttons_do(controller, page, qtbot):
    page.choose("bare")
    place = page.list.visualItemRect(page.list.currentItem()).center()
    page.list.customContextMenuRequested.emit(QPoint(place))
    (menu,) = [menu for menu in page.findChildren(QMenu) if not menu.title()]
    assert [action.text() for action in menu.actions()] == [
        "Use in the gallery",
        "Compare…",
        "Rename…",
        "Export…",
        "For other programs",
        "Remove…",
    ]
    menu.close()
    page.actions_by_name["compare"].trigger()
    setup = controller.compare.page.setup
    qtbot.waitUntil(
        lambda: [model.name for model in setup.chosen_models] == ["Built-in", "bare"],
        timeout=_PATIENCE,
    )
