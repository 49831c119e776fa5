"""Comparing models in the window: what is shown is what was computed, and every count opens."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.splitting.freeze import freeze
from emotion_desktop.domain.model import Calibration
from emotion_desktop.domain.split import SplitRequest
from emotion_desktop.engines.bundle import KERAS, write_bundle
from emotion_desktop.engines.table import LITERT
from emotion_desktop.jobs.predicting.labelled_set import LabelledSource
from emotion_desktop.ui.compare.photos import PhotosDialog
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from tests.faces import make_data_set
from tests.ui.geometry import SIZES, in_sight, overlapping
from tests.unit.workspace.rows import add_photo, add_source

_PATIENCE = 60_000
# The offscreen platform warns of what it cannot do when a dialog is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return make_data_set(tmp_path_factory.mktemp("data"), 2, 2, faceless=1)


@pytest.fixture
def biased(controller, builtin):
    """A second model in the store that likes sadness."""
    bias = np.array(builtin.card.calibration.bias)
    bias[builtin.card.labels.index("sadness")] += 8
    card = replace(builtin.card, name="Biased", calibration=Calibration(1.0, tuple(bias)))
    path = controller.services.store.path_for("Biased")
    write_bundle(path, card, {KERAS: b"x", LITERT: builtin.read(LITERT)})
    return path


def idle(controller, qtbot) -> None:
    qtbot.waitUntil(lambda: not controller.manager.unfinished(), timeout=_PATIENCE)
    qtbot.wait(250)


def tick(setup, *names) -> None:
    for row in range(setup.models.count()):
        item = setup.models.item(row)
        on = item.text() in names
        item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)


@pytest.fixture
def compared(controller, qtbot, data, biased):
    """The page with both models compared."""
    controller.compare.open(data)
    idle(controller, qtbot)
    setup = controller.compare.page.setup
    tick(setup, "Built-in", "Biased")
    qtbot.mouseClick(setup.compare, Qt.MouseButton.LeftButton)
    idle(controller, qtbot)
    return controller.compare.page


def test_every_figure_shown_is_the_comparisons(compared):
    scores = compared.comparison.scores
    assert [model.name for model in scores.models] == ["Built-in", "Biased"]
    overview = compared.overview
    for model in scores.models:
        figure = f"{model.scores.accuracy * 100:.1f} %"
        assert figure in overview.accuracy.accessibleDescription()
        balanced = f"{model.scores.mean_recall * 100:.1f} %"
        assert balanced in overview.balanced.accessibleDescription()
    assert "always the commonest" in overview.accuracy.accessibleDescription()
    for row, emotion in enumerate(scores.emotions):
        assert overview.emotions.item(row, 0).text().startswith(emotion)
        first = scores.models[0].scores.per_emotion[row]
        assert overview.emotions.item(row, 1).text() == str(first.count)
    assert "on these photos" in overview.verdicts.text()
    assert overview.headline.text()


def test_cells_open_their_photos(compared, qtbot):
    mistakes, comparison = compared.mistakes, compared.comparison
    counts = comparison.matrix(None, 0)
    row, column = np.argwhere(counts[:-1] > 0)[0]
    assert mistakes.matrix.table.item(row, column).text() == str(counts[row, column])
    mistakes.matrix.table.cellClicked.emit(row, column)
    dialog = compared.findChild(PhotosDialog)
    assert dialog.model.rowCount() == counts[row, column]
    dialog.list.setCurrentIndex(dialog.model.index(0, 0))
    assert f"Label: {comparison.scores.emotions[row]}" in dialog.details.text()
    assert "Biased:" in dialog.details.text()
    dialog.close()
    qtbot.waitUntil(lambda: not compared.findChildren(PhotosDialog))
    empty = np.argwhere(counts[:-1] == 0)[0]
    mistakes.matrix.table.cellClicked.emit(*empty)
    assert not compared.findChildren(PhotosDialog)


def test_answers_of_two_models_against_each_other(compared, qtbot):
    mistakes, comparison = compared.mistakes, compared.comparison
    mistakes.rows.setCurrentIndex(1)
    mistakes.columns.setCurrentIndex(1)
    counts = comparison.matrix(0, 1)
    shown = [
        [mistakes.matrix.table.item(r, c).text() for c in range(counts.shape[1])]
        for r in range(mistakes.matrix.table.rowCount())
    ]
    assert shown == [[str(n) if n else "·" for n in row] for row in counts.tolist()][: len(shown)]
    mistakes.agreement.cellClicked.emit(0, 1)
    (dialog,) = compared.findChildren(PhotosDialog)
    assert dialog.model.rowCount() == len(comparison.differing(0, 1)) > 0
    dialog.close()
    qtbot.waitUntil(lambda: not compared.findChildren(PhotosDialog))
    mistakes.all_wrong.click()
    (dialog,) = compared.findChildren(PhotosDialog)
    assert dialog.model.rowCount() == comparison.scores.all_wrong
    dialog.close()


def test_a_report_is_exported(compared, controller, qtbot, tmp_path, monkeypatch):
    for name in ("a.html", "b.json"):
        monkeypatch.setattr(
            controller.window, "ask_for_new_place", lambda *_, path=tmp_path / name: path
        )
        compared.setup.export.click()
        idle(controller, qtbot)
    assert (tmp_path / "a.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert json.loads((tmp_path / "b.json").read_text())["photos"] == 33
    assert "b.json" in controller.window.banner.text


def test_colours_follow_and_the_page_survives_it(compared, controller):
    settings = controller.settings
    for theme in ("dark", "light"):
        settings.save(replace(settings.now, theme=theme))
        assert compared._theme.dark == (theme == "dark")
        compared.grab()


def test_without_models_or_photos_it_says_what_is_missing(controller, qtbot):
    controller.window.show_page(controller.compare._lazy_page)
    setup = controller.compare.page.setup
    qtbot.waitUntil(lambda: setup.models.count() > 0)
    assert not setup.compare.isEnabled()
    assert not setup.sources.isEnabled()
    assert setup.sources.placeholderText()
    assert "Open labelled photos" in setup._hint.text()
    setup.show_sources([LabelledSource(path="/w"), LabelledSource(path="/x")])
    assert setup.source == LabelledSource(path="/w")
    assert setup.sources.isEnabled()
    setup.choose_source(LabelledSource(path="/x"))
    tick(setup)
    assert "at least one model" in setup._hint.text()
    assert not setup.compare.isEnabled()


@pytest.fixture
def imported(controller, tmp_path):
    """A workspace of photos of three faces, a split of them, and one wrong label."""
    folder = make_data_set(tmp_path / "set", 40, 1, emotions=("anger",))
    names = ("anger", "happiness", "surprise")
    with Catalogue(controller.services.workspace.catalogue) as catalogue:
        source = add_source(catalogue, "photos")
        for number, sample in enumerate(read_labelled(folder).samples):
            emotion = names[(number + 1) % 3] if number != 7 else names[number % 3]
            add_photo(
                catalogue,
                source,
                str(sample.path),
                sample.person,
                emotion,
                digest=number.to_bytes(8, "big"),
            )
        freeze(catalogue, "S", SplitRequest((0.5, 0.2, 0.3), 0))
    return folder


def given(controller) -> dict[str, str]:
    with (
        Catalogue(controller.services.workspace.catalogue) as catalogue,
        catalogue.reading() as connection,
    ):
        rows = connection.execute("SELECT name, given FROM photos WHERE given IS NOT NULL")
        return {row["name"]: row["given"] for row in rows}


def test_doubtful_labels_are_decided_by_one_key_and_undone(controller, qtbot, imported):
    controller.window.show_page(controller.compare._lazy_page)
    page = controller.compare.page
    idle(controller, qtbot)
    titles = [page.setup.sources.itemText(n) for n in range(page.setup.sources.count())]
    assert titles == [
        "S, sealed test",
        "S, validation part",
        "S, training part",
        "Labelled photos of the workspace",
    ]
    page.setup.sources.setCurrentIndex(3)
    tick(page.setup)
    page.setup.label_issues.click()
    idle(controller, qtbot)
    label_issues = page.label_issues
    assert page.results.currentWidget() is label_issues
    first = label_issues.current
    assert first.suggestion != first.sample.emotion
    name = first.sample.path.name
    assert not label_issues.undo.isEnabled()
    qtbot.keyClick(label_issues, Qt.Key.Key_Return)
    idle(controller, qtbot)
    assert label_issues.undo.isEnabled()
    assert given(controller) == {name: first.suggestion}
    assert "✓" in label_issues.list.item(0).text()
    second = label_issues.current
    assert second is not first
    qtbot.keyClick(label_issues, Qt.Key.Key_K)
    idle(controller, qtbot)
    assert given(controller)[second.sample.path.name] == second.sample.emotion
    qtbot.keyClick(label_issues, Qt.Key.Key_7)
    idle(controller, qtbot)
    assert "sadness" in given(controller).values()
    for _ in range(3):
        qtbot.keyClick(label_issues, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        idle(controller, qtbot)
    assert given(controller) == {}
    assert not label_issues.undo.isEnabled()
    assert "✓" not in label_issues.list.item(0).text()


def test_labels_of_a_folder_can_be_looked_at_but_not_decided(controller, qtbot, imported):
    table = imported / "labels.csv"
    rows = [
        f"images/{p.name},{('anger', 'fear')[n % 2]}"
        for n, p in enumerate(sorted((imported / "images").iterdir()))
    ]
    table.write_text("image,emotion\n" + "\n".join(rows))
    controller.compare.find_label_issues(LabelledSource(path=str(table)), [])
    idle(controller, qtbot)
    label_issues = controller.compare.page.label_issues
    assert label_issues.list.count() == 40
    assert not label_issues.correct.isVisible()
    qtbot.keyClick(label_issues, Qt.Key.Key_Return)
    idle(controller, qtbot)
    assert given(controller) == {}
    assert "Import the photos" in label_issues.summary.text()


@pytest.fixture
def doubts(controller, qtbot, imported):
    """The doubtful labels of the workspace, in the window that has the focus."""
    controller.window.show_page(controller.compare._lazy_page)
    page = controller.compare.page
    idle(controller, qtbot)
    page.setup.sources.setCurrentIndex(3)
    tick(page.setup)
    page.setup.label_issues.click()
    idle(controller, qtbot)
    return page.label_issues


def test_the_list_of_doubtful_labels_does_not_eat_the_keys_that_decide(controller, qtbot, doubts):
    assert doubts.list.hasFocus()
    first = doubts.current
    qtbot.keyClick(doubts.list, Qt.Key.Key_K)
    idle(controller, qtbot)
    assert given(controller) == {first.sample.path.name: first.sample.emotion}
    second = doubts.current
    assert second is not first
    qtbot.keyClick(doubts.list, Qt.Key.Key_1)
    idle(controller, qtbot)
    assert given(controller)[second.sample.path.name] == "anger"
    third = doubts.current
    qtbot.keyClick(doubts.list, Qt.Key.Key_Return)
    idle(controller, qtbot)
    assert given(controller)[third.sample.path.name] == third.suggestion
    row = doubts.list.currentRow()
    qtbot.keyClick(doubts.list, Qt.Key.Key_Up)
    assert doubts.list.currentRow() == row - 1


def test_the_photo_of_a_doubtful_label_leaves_room_for_the_question(controller, qtbot, doubts):
    for size in SIZES:
        controller.window.resize(*size)
        qtbot.wait(50)
        shown = (doubts.photo, doubts.question, doubts.details, doubts.keys)
        buttons = (doubts.correct, doubts.keep, doubts.undo)
        assert not overlapping((*shown, *buttons, doubts.list)), size
        for widget in (*shown, *buttons):
            assert in_sight(widget), (size, widget)


def test_a_click_on_a_models_name_ticks_it(controller, qtbot, biased):
    controller.window.show_page(controller.compare._lazy_page)
    setup = controller.compare.page.setup
    qtbot.waitUntil(lambda: setup.models.count() > 1)
    tick(setup, "Built-in")
    names = [setup.models.item(row).text() for row in range(setup.models.count())]
    item = setup.models.item(names.index("Biased"))
    point = setup.models.visualItemRect(item).center()
    for ticked in (["Built-in", "Biased"], ["Built-in"]):
        qtbot.mouseClick(setup.models.viewport(), Qt.MouseButton.LeftButton, pos=point)
        assert [model.name for model in setup.chosen_models] == ticked
    setup.models.setFocus()
    setup.models.setCurrentItem(item)
    qtbot.keyClick(setup.models, Qt.Key.Key_Space)
    assert [model.name for model in setup.chosen_models] == ["Built-in", "Biased"]


def test_photos_behind_a_figure_are_labelled_by_keys(controller, qtbot, imported):
    controller.window.show_page(controller.compare._lazy_page)
    page = controller.compare.page
    idle(controller, qtbot)
    page.setup.sources.setCurrentIndex(3)
    tick(page.setup, "Built-in")
    page.setup.compare.click()
    idle(controller, qtbot)
    page._show_photos("Some", [0, 1, 2], 0)
    (dialog,) = page.findChildren(PhotosDialog)
    dialog.list.setCurrentIndex(dialog.model.index(0, 0))
    qtbot.keyClick(dialog.list, Qt.Key.Key_3)
    idle(controller, qtbot)
    name = page.comparison.samples[0].path.name
    assert given(controller) == {name: "disgust"}
    assert dialog.list.currentIndex().row() == 1
    dialog.list.setCurrentIndex(dialog.model.index(0, 0))
    assert "→ disgust, by you" in dialog.details.text()
    dialog.close()
