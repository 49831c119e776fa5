"""The training page, used as a user does; the worker is a stand-in that trains in no time."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QMessageBox, QScrollArea

from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.splitting.split import split_by_person
from emotion_desktop.domain.balance import Balance
from emotion_desktop.domain.run import RunState
from emotion_desktop.domain.split import PARTS, FrozenSplit
from emotion_desktop.jobs.running import worker_process
from emotion_desktop.jobs.training.runs import list_runs
from emotion_desktop.training.recipe.presets import RECIPES
from emotion_desktop.ui.training.card import PlaceCard
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.splits import Splits
from tests.faces import make_data_set
from tests.training_worker import WORKER
from tests.ui.geometry import SIZES, in_sight
from tests.unit.workspace.rows import add_photo, add_source

_PATIENCE = 30_000


@pytest.fixture(autouse=True)
def _worker(monkeypatch):
    monkeypatch.setattr(worker_process, "_command", lambda: [sys.executable, "-c", WORKER])


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_data_set(tmp_path_factory.mktemp("data"), 3, 1)


def digest(path):
    return path.name.encode()[-12:-4]


def fill_catalogue(controller, data, frozen=True):
    samples = read_labelled(data).samples
    split = split_by_person(samples, (0.7, 0.15, 0.15), 0)
    with Catalogue(controller.services.workspace.catalogue) as catalogue:
        source = add_source(catalogue)
        numbers = {
            s.path: add_photo(
                catalogue, source, str(s.path), s.person, s.emotion, digest=digest(s.path)
            )
            for name in PARTS
            for s in split.part(name)
        }
        if frozen:
            made = FrozenSplit("mine", split, Balance(), "0" * 32, 1.0)
            Splits(catalogue).save(made, numbers, {"parts": split.counts()})


def settle(controller, qtbot):
    qtbot.waitUntil(
        lambda: not controller.services.idle_queue._steps and not controller.manager.unfinished(),
        timeout=_PATIENCE,
    )
    qtbot.wait(50)


@pytest.fixture
def page(controller, qtbot, data):
    """The page of a workspace with a frozen split, as it is when its tab is clicked."""
    fill_catalogue(controller, data)
    controller.training.show()
    settle(controller, qtbot)
    return controller.training.page


def train(page, controller, qtbot):
    """Presses the button; returns the run once it is listed."""
    before = runs_of(controller)
    qtbot.mouseClick(page.setup.here.button, Qt.MouseButton.LeftButton)
    (run,) = runs_of(controller) - before
    return run


def runs_of(controller):
    return {live.run.id for live in controller.training.registry}


def run_of(controller, run):
    return controller.training.registry[run]


def wait_for(controller, qtbot, run, state):
    qtbot.waitUntil(lambda: run_of(controller, run).run.state is state, timeout=_PATIENCE)
    qtbot.wait(50)


def press(page, qtbot, name):
    button = page.run.page.button(name)
    assert button.isVisible(), name
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def shown_buttons(page):
    names = ("finish", "pause", "cancel", "use", "go_on", "change", "repeat", "remove")
    return {name for name in names if page.run.page.button(name).isVisible()}


def test_without_photos_it_says_so_and_offers_some(controller, qtbot, data):
    controller.training.show()
    settle(controller, qtbot)
    setup = controller.training.page.setup
    assert not setup.here.button.isEnabled()
    assert "Choose labelled photos" in setup.here.note.text()
    controller.training.use_data(data)
    settle(controller, qtbot)
    assert setup.photos.data == data
    assert setup.here.button.isEnabled()
    assert "70 % to learn from" in setup._about_photos.text()


def test_photos_of_one_emotion_are_refused_before_anything_starts(controller, qtbot, tmp_path):
    folder = make_data_set(tmp_path / "one", 3, 1, emotions=("anger",))
    controller.training.show()
    settle(controller, qtbot)
    controller.training.use_data(folder)
    settle(controller, qtbot)
    here = controller.training.page.setup.here
    assert not here.button.isEnabled()
    assert "show anger alone" in here.note.text()


def test_where_there_are_no_labels_the_reason_is_said(controller, qtbot, tmp_path):
    controller.training.show()
    controller.training.use_data(tmp_path)
    settle(controller, qtbot)
    assert "no labels" in controller.window.banner.text
    assert controller.training.page.setup.photos is None


def test_labelled_photos_are_split_with_one_click(controller, qtbot, data):
    fill_catalogue(controller, data, frozen=False)
    controller.training.show()
    settle(controller, qtbot)
    setup = controller.training.page.setup
    assert setup._make_split.text() == "Split the 24 labelled photos"
    qtbot.mouseClick(setup._make_split, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: setup.split is not None, timeout=_PATIENCE)
    settle(controller, qtbot)
    assert setup.split.name == "By person"
    assert not setup._make_split.isVisible()


def test_two_clicks_train_a_model_and_a_third_uses_it(controller, qtbot, page):
    assert page.setup.photos.split == "mine"
    run = train(page, controller, qtbot)
    wait_for(controller, qtbot, run, RunState.SUCCEEDED)
    settle(controller, qtbot)
    live = run_of(controller, run)
    assert live.run.name == "Quick mine"
    assert live.run.parameters["recipe"] == RECIPES["quick"].to_dict()
    assert len(live.epochs) == 3
    assert page.is_shown(page.run)
    assert shown_buttons(page) == {"use", "change", "repeat", "remove"}
    assert page.run.page.state.text().startswith("Done in")
    assert page.runs.list.item(0).text().startswith("Quick mine\nMean recall")

    press(page, qtbot, "use")
    assert controller.settings.now.model == "Quick mine"
    assert controller.window.is_shown(controller.window.gallery)
    assert controller.window.model_button.text() == "Model: Quick mine"


def test_what_is_changed_in_the_drawer_is_trained_and_can_be_taken_back(controller, qtbot, page):
    setup = page.setup
    qtbot.mouseClick(setup._advanced, Qt.MouseButton.LeftButton)
    assert setup.drawer.isVisible()
    for key, value in {"epochs": 7, "learning_rate": 0.0005, "net": "notebook"}.items():
        setup.drawer.editor(key).show_value(value)
        setup.drawer.editor(key).changed.emit()
    assert not setup.drawer.editor("width").isEnabled()  # it has a meaning for one net alone
    setup.drawer._seed.setValue(42)
    setup._name.setText("My own")
    run = train(page, controller, qtbot)
    parameters = run_of(controller, run).run.parameters
    wanted = replace(RECIPES["quick"], epochs=7, learning_rate=0.0005, net="notebook")
    assert parameters["recipe"] == wanted.to_dict()
    assert (parameters["seed"], parameters["name"]) == (42, "My own")
    assert setup.name == ""  # the next one is not called so
    qtbot.mouseClick(setup.drawer._back, Qt.MouseButton.LeftButton)
    assert setup.recipe == RECIPES["quick"]
    page.setup.preset_buttons["notebook"].click()
    assert setup.recipe == RECIPES["notebook"]
    settle(controller, qtbot)
    page.runs.choose(run)
    about = page.run.page._about.text()
    assert about.startswith("Recipe Quick, but architecture Notebook's CNN, epochs 7")


def test_a_run_is_tried_again_with_something_changed(controller, qtbot, page, monkeypatch):
    controller.window.resize(1280, 800)
    setup = page.setup
    setup.preset_buttons["notebook"].click()
    for key, value in {"epochs": 7, "learning_rate": 1.0}.items():
        setup.drawer.editor(key).show_value(value)
        setup.drawer.editor(key).changed.emit()
    setup.drawer._seed.setValue(42)
    setup._start.setCurrentIndex(setup._start.findData("builtin-fast"))
    monkeypatch.setenv("TRAINING_ENDS", "fail")
    run = train(page, controller, qtbot)
    wait_for(controller, qtbot, run, RunState.FAILED)
    settle(controller, qtbot)
    setup.preset_buttons["quick"].click()
    setup.drawer._seed.setValue(0)
    setup._start.setCurrentIndex(0)

    page.runs.choose(run)
    qtbot.wait(50)
    press(page, qtbot, "change")
    assert page.is_shown(setup)
    assert setup.recipe == replace(RECIPES["notebook"], epochs=7, learning_rate=1.0)
    assert setup.preset_buttons["notebook"].isChecked()
    assert (setup.drawer.seed, setup.photos.split) == (42, "mine")
    assert setup.start_from == "builtin-fast"
    assert setup.drawer.isVisible()
    below = QBoxLayout.Direction.TopToBottom
    assert setup._cards.direction() is below  # beside the drawer there is no room
    monkeypatch.delenv("TRAINING_ENDS")
    setup.drawer.editor("learning_rate").show_value(0.001)
    setup.drawer.editor("learning_rate").changed.emit()
    again = train(page, controller, qtbot)
    wait_for(controller, qtbot, again, RunState.SUCCEEDED)
    settle(controller, qtbot)
    first, second = (run_of(controller, r).run.parameters for r in (run, again))
    assert second["recipe"] == {**first["recipe"], "learning_rate": 0.001}
    assert {k for k in first if first[k] != second[k]} == {"recipe", "run", "name", "output"}


def test_a_model_to_start_from_decides_what_its_net_looks_at(controller, qtbot, page):
    setup = page.setup
    setup._start.setCurrentIndex(setup._start.findData("builtin"))
    assert not setup.drawer.editor("size").isEnabled()
    assert setup.drawer.editor("epochs").isEnabled()
    run = train(page, controller, qtbot)
    assert run_of(controller, run).run.parameters["start_from"].endswith("builtin.emodel")
    settle(controller, qtbot)


def test_a_paused_run_goes_on_later(controller, qtbot, page, monkeypatch):
    monkeypatch.setenv("TRAINING_ENDS", "wait")
    run = train(page, controller, qtbot)
    qtbot.waitUntil(lambda: len(run_of(controller, run).epochs) == 2, timeout=_PATIENCE)
    qtbot.wait(150)
    assert shown_buttons(page) == {"finish", "pause", "cancel"}
    assert "Epoch 2 of 3" in page.run.page.state.text()
    press(page, qtbot, "pause")
    assert page.run.page.state.text().startswith("Pausing")
    wait_for(controller, qtbot, run, RunState.PAUSED)
    settle(controller, qtbot)
    assert "It can go on from epoch 3." in page.run.page.state.text()
    assert shown_buttons(page) == {"go_on", "change", "repeat", "remove"}
    press(page, qtbot, "go_on")
    wait_for(controller, qtbot, run, RunState.SUCCEEDED)
    settle(controller, qtbot)
    assert len(list_runs(controller.services.workspace)) == 1
    assert len(run_of(controller, run).epochs) == 3
    lines = page.run.page._log.toPlainText().splitlines()
    epochs = [line for line in lines if line.startswith("Epoch ")]
    assert [line.split(":")[0] for line in epochs] == ["Epoch 1", "Epoch 2", "Epoch 3"]
    assert "mean recall" in epochs[0]


def test_stopping_keeps_the_best(controller, qtbot, page, monkeypatch):
    monkeypatch.setenv("TRAINING_ENDS", "wait")
    run = train(page, controller, qtbot)
    qtbot.waitUntil(lambda: len(run_of(controller, run).epochs) == 2, timeout=_PATIENCE)
    qtbot.wait(150)
    press(page, qtbot, "finish")
    wait_for(controller, qtbot, run, RunState.SUCCEEDED)
    settle(controller, qtbot)
    assert len(run_of(controller, run).epochs) == 2


@pytest.mark.parametrize(("ends", "words"), [("fail", "The disk is full."), ("die", "status 3")])
def test_a_failed_run_says_why_and_can_go_on(controller, qtbot, page, monkeypatch, *, ends, words):
    monkeypatch.setenv("TRAINING_ENDS", ends)
    run = train(page, controller, qtbot)
    wait_for(controller, qtbot, run, RunState.FAILED)
    settle(controller, qtbot)
    assert words in page.run.page.state.text()
    assert "It can go on from epoch 3." in page.run.page.state.text()
    assert shown_buttons(page) == {"go_on", "change", "repeat", "remove"}


def test_several_runs_wait_for_one_another(controller, qtbot, page, monkeypatch):
    monkeypatch.setenv("TRAINING_ENDS", "wait")
    first = train(page, controller, qtbot)
    qtbot.waitUntil(lambda: len(run_of(controller, first).epochs) == 2, timeout=_PATIENCE)
    qtbot.mouseClick(page.runs.new, Qt.MouseButton.LeftButton)
    assert page.is_shown(page.setup)
    second = train(page, controller, qtbot)
    qtbot.wait(150)
    assert run_of(controller, second).run.state is RunState.QUEUED
    assert run_of(controller, second).run.name == "Quick mine-2"
    assert "Waiting for its turn" in page.run.page.state.text()
    assert shown_buttons(page) == {"cancel"}
    press(page, qtbot, "cancel")
    wait_for(controller, qtbot, second, RunState.CANCELLED)
    page.runs.choose(first)
    qtbot.wait(50)
    press(page, qtbot, "cancel")
    wait_for(controller, qtbot, first, RunState.CANCELLED)
    settle(controller, qtbot)


def test_a_long_name_fits_into_the_list(controller, qtbot, page):
    page.setup._name.setText("A name that is rather long, longer than the list of runs is wide")
    run = train(page, controller, qtbot)
    wait_for(controller, qtbot, run, RunState.SUCCEEDED)
    settle(controller, qtbot)
    runs = page.runs.list
    assert not runs.horizontalScrollBar().isVisible()
    assert runs.visualItemRect(runs.item(0)).width() <= runs.viewport().width()
    assert "longer than the list" in runs.item(0).toolTip()


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_a_run_is_repeated_compared_and_removed(controller, qtbot, page):
    first = train(page, controller, qtbot)
    wait_for(controller, qtbot, first, RunState.SUCCEEDED)
    settle(controller, qtbot)
    before = runs_of(controller)
    press(page, qtbot, "repeat")
    (second,) = runs_of(controller) - before
    wait_for(controller, qtbot, second, RunState.SUCCEEDED)
    settle(controller, qtbot)
    assert run_of(controller, second).run.parameters["fingerprint"] == "f1"

    page.runs.list.selectAll()
    qtbot.wait(50)
    assert page.is_shown(page.compare)
    table = page.compare.page._table
    rows = {table.item(n, 0).text(): table.item(n, 1).text() for n in range(table.rowCount())}
    assert rows["state"] == "Done"
    assert rows["preset"] == "Quick"
    assert "learning rate" not in rows  # it does not differ
    assert "same photos" in page.compare.page._note.text()

    page.runs.choose(second)
    qtbot.wait(50)
    press(page, qtbot, "remove")
    box = controller.window.findChild(QMessageBox)
    qtbot.mouseClick(box.buttons()[0], Qt.MouseButton.LeftButton)
    settle(controller, qtbot)
    assert [known.run.id for known in list_runs(controller.services.workspace)] == [first]
    assert page.is_shown(page.setup)


def test_a_run_of_another_version_is_compared_as_far_as_it_can_be(controller, qtbot, page):
    runs = []
    for _ in range(2):
        page.show_view(page.setup)
        runs.append(train(page, controller, qtbot))
        wait_for(controller, qtbot, runs[-1], RunState.SUCCEEDED)
        settle(controller, qtbot)
    live = run_of(controller, runs[0])
    recipe = {**live.run.parameters["recipe"], "hovering": 3}  # an option of long ago
    live.run = replace(live.run, parameters={**live.run.parameters, "recipe": recipe})
    page.runs.list.selectAll()
    qtbot.wait(50)
    assert page.is_shown(page.compare)
    table = page.compare.page._table
    rows = {table.item(n, 0).text(): table.item(n, 2).text() for n in range(table.rowCount())}
    assert rows["preset"] == "Quick"
    assert rows["settings"] == "of another version"
    assert len(rows) == table.rowCount()  # no name stands twice
    page.runs.choose(runs[0])
    qtbot.wait(50)
    assert page.run.page._about.text().startswith("Recipe Quick ·")


def test_keys_go_through_the_page_in_the_order_it_is_read(controller, qtbot, page):
    setup = page.setup
    setup._advanced.click()
    setup.drawer.editor("epochs")
    qtbot.wait(100)
    names = []
    page.runs.new.setFocus()
    for _ in range(80):
        widget = controller.window.focusWidget()
        assert not isinstance(widget, QScrollArea)
        names.append(widget.accessibleName() or getattr(widget, "text", str)())
        if names[-1] == "Epochs":
            break
        controller.window.focusNextChild()
    wanted = ["New training", "Advanced…", "Train here", "Account…", "Train on SageMaker…", "Seed"]
    places = [names.index(name) for name in [*wanted, "Architecture", "Epochs"]]
    assert places == sorted(places), names


def test_runs_of_before_are_listed_with_their_figures(controller, qtbot, page):
    run = train(page, controller, qtbot)
    wait_for(controller, qtbot, run, RunState.SUCCEEDED)
    settle(controller, qtbot)
    controller.training.registry._runs.clear()  # as after a new start
    controller.training.refresh()
    settle(controller, qtbot)
    page.runs.choose(run)
    qtbot.wait(50)
    assert len(run_of(controller, run).epochs) == 3
    lines = page.run.page._log.toPlainText().splitlines()
    assert [line.split(":")[0] for line in lines] == ["begun", "Epoch 1", "Epoch 2", "Epoch 3"]
    assert shown_buttons(page) == {"use", "change", "repeat", "remove"}


def test_another_place_stands_beside_this_computer(controller, qtbot, page):
    card = next(c for c in page.setup.findChildren(PlaceCard) if c is not page.setup.here)
    assert card.accessibleName() == "Amazon SageMaker"
    controller.window.resize(1280, 800)
    qtbot.wait(50)
    here = page.setup.here
    assert card.y() == here.y()
    assert card.x() > here.x()
    page.setup._advanced.click()
    qtbot.wait(50)
    assert card.y() > here.y()  # too narrow now to stand side by side
    page.setup._advanced.click()
    controller.window.resize(960, 700)
    qtbot.wait(50)
    assert card.y() > here.y()
    assert card.width() >= card.minimumSizeHint().width()
    assert all(s.horizontalScrollBar().maximum() == 0 for s in page.setup.findChildren(QScrollArea))
    card.allow("Sign in first.")
    assert not card.button.isEnabled()
    assert card.note.isVisible()


def test_colours_follow_on_every_view(controller, qtbot, page):
    run = train(page, controller, qtbot)
    wait_for(controller, qtbot, run, RunState.SUCCEEDED)
    settle(controller, qtbot)
    controller.training._show_runs([run, run])
    for theme in ("dark", "light"):
        controller.settings.save(replace(controller.settings.now, theme=theme))
        assert page.run.page._theme.dark is (theme == "dark")
        assert page.compare.page._theme.dark is (theme == "dark")


@pytest.mark.parametrize("size", SIZES)
def test_the_buttons_that_train_are_in_sight_and_nothing_is_cut(controller, page, qtbot, size):
    setup, card = page.setup, controller.sagemaker.card
    report = {"account": "123456789012", "arn": "arn:aws:iam::1:user/a", "profile": "somebody"}
    card.show_account({**report, "region": "eu-west-1", "findings": []})
    card.offer_earlier([("a model whose name is long " * 4, "s3://bucket/model")])
    setup._photos.addItem("A split whose name is long " * 4, None)
    controller.window.resize(*size)
    for advanced in (False, True):
        setup._advanced.setChecked(advanced)
        qtbot.wait(50)
        assert in_sight(setup.here.button)
        assert in_sight(card.button)
        for area in page.findChildren(QScrollArea):
            if area.isVisible():
                assert area.horizontalScrollBar().maximum() == 0, (advanced, area)
    assert page.runs.isVisible() == (size[0] > 1200)


def test_a_setting_is_found_by_a_word(page, qtbot):
    page.setup._advanced.click()
    drawer = page.setup.drawer
    qtbot.waitUntil(lambda: not drawer._to_make, timeout=_PATIENCE)
    qtbot.keyClicks(drawer.search, "dropout")
    shown = [key for key, row in drawer._rows.items() if row.isVisible()]
    assert "dropout" in shown
    assert len(shown) < 6
    assert "From 0" in drawer._rows["dropout"]._help.text()
    assert sum(heading.isVisible() for heading in drawer._headings.values()) < 4
    drawer.search.clear()
    assert all(row.isVisible() for row in drawer._rows.values())
