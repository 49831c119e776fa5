"""The data set's page, as a user works with it."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtWidgets import QMessageBox, QPushButton

from emotion_desktop.domain.balance import Method
from emotion_desktop.domain.job import JobState
from emotion_desktop.jobs.dataset.specs import ExportRequest, ImportRequest, export_job
from emotion_desktop.ui.dataset.describe import exported_sentence
from emotion_desktop.ui.dataset.health_view import DoneFrame
from emotion_desktop.ui.dataset.model import PHOTO_ROLE
from emotion_desktop.workspace.catalogue.counts import PhotoCounts
from emotion_desktop.workspace.catalogue.sources import Source
from tests.record_files import read_records
from tests.ui.geometry import SIZES, in_sight
from tests.unit.dataset.pictures import put_pictures

_PATIENCE = 90_000
# The offscreen platform warns of what it cannot do when a dialog is shown.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "set"
    put_pictures(*(folder / "fear" / f"Ann_{n}.png" for n in range(5)))
    put_pictures(*(folder / "happy" / f"Ben_{n}.png" for n in range(3)))
    shutil.copyfile(folder / "happy" / "Ben_0.png", folder / "happy" / "Cleo_1.png")
    put_pictures(folder / "loose.png")
    return folder


def idle(controller, qtbot) -> None:
    qtbot.waitUntil(lambda: not controller.manager.unfinished(), timeout=_PATIENCE)
    qtbot.wait(400)


def look(controller, qtbot):
    """The import dialog, once it shows the source."""
    importer = controller.dataset.importer
    qtbot.waitUntil(lambda: importer.dialog is not None)
    qtbot.waitUntil(lambda: not importer.dialog.busy.isVisible(), timeout=_PATIENCE)
    return importer.dialog


def button_of(inside, text: str) -> QPushButton:
    """The visible button with these words."""
    return next(b for b in inside.findChildren(QPushButton) if b.isVisible() and b.text() == text)


def press(window, text: str) -> None:
    """Presses a button of the question that is asked."""
    box = next(w for w in window.findChildren(QMessageBox) if w.isVisible())
    next(b for b in box.buttons() if b.text() == text).click()


@pytest.fixture
def page(controller, qtbot, data):
    """The page with the data set imported and checked."""
    controller.dataset.import_source(data)
    look(controller, qtbot).go.click()
    idle(controller, qtbot)
    idle(controller, qtbot)
    return controller.dataset.page


def counts(page) -> dict[str, int]:
    return {name: sum(parts.values()) for name, parts in page.histogram._counts.items()}


def fixed(page) -> int | None:
    """How many photos the card of same files counts."""
    frame = page.health.frames.get("same_bytes")
    return None if frame is None else frame.card["count"]


def shows(page, qtbot, **expected: int) -> None:
    """Waits until the counts are these."""
    qtbot.waitUntil(lambda: counts(page) == expected, timeout=_PATIENCE)


def select(page, qtbot, *rows: int) -> None:
    selection = page.photos.grid.selectionModel()
    selection.clearSelection()
    for row in rows:
        index = page.photos.model.index(row, 0)
        page.photos.grid.setCurrentIndex(index)
        selection.select(index, QItemSelectionModel.SelectionFlag.Select)
    for row in rows[:-1]:
        selection.select(page.photos.model.index(row, 0), QItemSelectionModel.SelectionFlag.Select)
    qtbot.wait(50)


def names(page, qtbot) -> list[str]:
    model = page.photos.model
    qtbot.waitUntil(
        lambda: all(model.index(n, 0).data(PHOTO_ROLE) is not None for n in range(model.rowCount()))
    )
    return [model.index(n, 0).data() for n in range(model.rowCount())]


def test_without_photos_the_page_invites_to_bring_some_in(controller, qtbot):
    page = controller.dataset.page
    controller.window.show_page(controller.dataset._lazy_page)
    qtbot.wait(200)
    assert page.currentWidget() is page.empty
    # Looking makes no workspace.
    assert not controller.services.workspace.catalogue.exists()


def test_where_labels_are_taken_from_is_the_users_choice(controller, qtbot, tmp_path):
    folder = tmp_path / "both"
    put_pictures(*(folder / e / f"Ann_{n}.png" for e in ("happy", "sad") for n in (0, 1)))
    (folder / "labels.csv").write_text("image,emotion\nhappy/Ann_0.png,fear\n")
    controller.dataset.importer.open(str(folder))
    dialog = look(controller, qtbot)
    assert "labels.csv is not read" in dialog.notes.text()
    assert dialog.decided == {"happy": "happiness", "sad": "sadness"}
    assert "Persons are read from the photos' names." in dialog.people.text()
    dialog.labels_from.setCurrentIndex(1)
    dialog.labels_from.activated.emit(1)
    qtbot.waitUntil(lambda: "fear" in dialog.decided, timeout=_PATIENCE)
    assert not dialog.labels_from.isHidden()
    dialog.go.click()
    shows(controller.dataset.page, qtbot, fear=1, unlabelled=1)


def test_a_table_is_shown_before_it_is_imported(controller, qtbot, data):
    rows = "".join(f"fear/Ann_{n}.png,{'HAPPY' if n else 'fear'}\n" for n in range(5))
    (data / "labels.csv").write_text(f"image,emotion\n{rows}none.png,sad\n")
    controller.window.open_paths([data / "labels.csv"])
    dialog = look(controller, qtbot)
    assert dialog.summary.text() == "5 photos in labels.csv."
    assert dialog.decided == {"HAPPY": "happiness", "fear": "fear"}
    assert not dialog.pattern.isVisible()
    assert "Ann_0.png is Ann" in dialog.people.text()
    assert "1 row cannot be used" in dialog.bad_button.text()
    dialog.bad_button.click()
    assert "line 7: its photo is not there" in dialog.bad.toPlainText()
    assert not [r for r in controller.manager.records() if r.spec.kind == "import"]
    dialog.go.click()
    idle(controller, qtbot)
    idle(controller, qtbot)
    kinds = {r.spec.kind: r.state for r in controller.manager.records()}
    assert kinds["import"] is kinds["audit"] is JobState.SUCCEEDED
    assert "2 spellings" in controller.window.banner.text
    shows(controller.dataset.page, qtbot, happiness=4, fear=1)


def test_columns_are_clicked_where_they_are_not_known(controller, qtbot, data):
    rows = "".join(f"{n},x,fear/Ann_{n}.png,{3 if n else 5}\n" for n in range(5))
    (data / "codes.csv").write_text(f"nr,who,what,code\n{rows}")
    controller.window.open_paths([data / "codes.csv"])
    dialog = look(controller, qtbot)
    assert "Which columns" in dialog.summary.text()
    assert not dialog.go.isEnabled()
    assert not dialog.spellings.isVisible()
    dialog.columns.choose(2, "photo")
    dialog.columns.choose(3, "label")
    qtbot.waitUntil(dialog.go.isEnabled, timeout=_PATIENCE)
    assert "FER2013" in dialog.notes.text()
    assert dialog.decided == {"3": "happiness", "5": "surprise"}
    dialog._meanings["5"].setCurrentIndex(dialog._meanings["5"].findData(None))
    dialog.columns.choose(1, "person")
    qtbot.waitUntil(dialog.go.isEnabled, timeout=_PATIENCE)
    dialog.rule.setCurrentIndex(dialog.rule.findData("column"))
    dialog.rule.activated.emit(dialog.rule.currentIndex())
    qtbot.waitUntil(dialog.go.isEnabled, timeout=_PATIENCE)
    assert dialog.people.text().startswith("1 person")
    dialog.go.click()
    shows(controller.dataset.page, qtbot, happiness=4, unknown=1)
    idle(controller, qtbot)


def test_what_many_spellings_mean_is_decided_however_many_there_are(controller, qtbot, data):
    rows = "".join(f"fear/Ann_{n % 5}.png,{'sad' if n < 40 else 'odd'}{n}\n" for n in range(80))
    (data / "labels.csv").write_text(f"image,emotion\n{rows}fear/Ann_0.png,HAPPY\n")
    controller.window.open_paths([data / "labels.csv"])
    dialog = look(controller, qtbot)
    assert len(dialog.decided) == 81  # whether their boxes are there or not
    qtbot.waitUntil(lambda: len(dialog._meanings) == 81, timeout=_PATIENCE)
    box = dialog._meanings["odd77"]
    box.setCurrentIndex(box.findData("fear"))
    dialog.rule.setCurrentIndex(dialog.rule.findData("each"))
    dialog.rule.activated.emit(dialog.rule.currentIndex())
    qtbot.waitUntil(dialog.go.isEnabled, timeout=_PATIENCE)
    assert dialog.decided["odd77"] == "fear"  # another look forgets nothing
    assert dialog.decided["HAPPY"] == "happiness"
    assert dialog.decided["odd78"] is None
    dialog.reject()


def test_persons_are_told_apart_by_a_pattern(controller, qtbot, data):
    controller.dataset.import_source(data)
    dialog = look(controller, qtbot)
    assert dialog.people.text().startswith("4 persons")
    dialog.rule.setCurrentIndex(dialog.rule.findData("pattern"))
    dialog.rule.activated.emit(dialog.rule.currentIndex())
    dialog.pattern.clear()
    qtbot.keyClicks(dialog.pattern, "{person}/*")
    qtbot.waitUntil(lambda: dialog.people.text().startswith("3 persons"), timeout=_PATIENCE)
    dialog.pattern.clear()
    qtbot.keyClicks(dialog.pattern, "nobody")  # tried without Enter
    qtbot.waitUntil(lambda: "does not say once" in dialog.summary.text(), timeout=_PATIENCE)
    assert not dialog.go.isEnabled()
    dialog.pattern.clear()
    qtbot.keyClicks(dialog.pattern, "{person}_{number}")
    qtbot.waitUntil(dialog.go.isEnabled, timeout=_PATIENCE)
    assert dialog.people.text().startswith("4 persons")
    dialog.reject()


@pytest.mark.parametrize("name", ["fer", "fer.v1"])
def test_a_labelled_folder_is_asked_about_and_other_folders_are_not(controller, qtbot, data, name):
    data = data.rename(data.with_name(name))
    controller.window.open_paths([data])
    qtbot.waitUntil(
        lambda: any(w.isVisible() for w in controller.window.findChildren(QMessageBox)),
        timeout=_PATIENCE,
    )
    press(controller.window, "Import as a data set")
    look(controller, qtbot).reject()
    controller.window.open_paths([data / "fear"])
    qtbot.waitUntil(
        lambda: len(controller.window.gallery.view.model.entries) == 5, timeout=_PATIENCE
    )


def test_what_is_no_data_set_is_refused_in_words(controller, qtbot, tmp_path):
    bad = tmp_path / "labels.csv"
    bad.write_bytes(b"\x89PNG\0\0")
    controller.window.open_paths([bad])
    dialog = look(controller, qtbot)
    assert "not a text file" in dialog.summary.text()
    assert not dialog.go.isEnabled()
    dialog.reject()


def test_photos_stand_in_sections_and_are_filtered(page, qtbot):
    shows(page, qtbot, fear=5, happiness=4, unlabelled=1)
    assert len(names(page, qtbot)) == 10
    page.choose_section("happiness")
    qtbot.waitUntil(lambda: page.photos.model.rowCount() == 4)
    page.choose_section("")
    qtbot.waitUntil(lambda: page.photos.model.rowCount() == 10)
    page.photos.person.setText("ann")
    qtbot.waitUntil(lambda: page.photos.model.rowCount() == 5)
    assert all(name.startswith("Ann") for name in names(page, qtbot))


def test_keys_label_the_selection_and_undo_takes_it_back(controller, page, qtbot):
    select(page, qtbot, 0, 1)
    qtbot.waitUntil(lambda: "2 selected" in page.photos.panel._hint.text())
    qtbot.keyClick(page.photos.grid, Qt.Key.Key_1)
    idle(controller, qtbot)
    shows(page, qtbot, anger=2, fear=3, happiness=4, unlabelled=1)
    stack = controller.services.undo.stack
    assert stack.undoText() == "Label 2 photos as anger"
    first = page.photos.model.index(0, 0)
    # Photos are read when they are asked for, a page at a time.
    qtbot.waitUntil(lambda: first.data(PHOTO_ROLE) is not None)
    assert first.data(PHOTO_ROLE).by_hand
    stack.undo()
    idle(controller, qtbot)
    shows(page, qtbot, fear=5, happiness=4, unlabelled=1)
    stack.redo()
    idle(controller, qtbot)
    shows(page, qtbot, anger=2, fear=3, happiness=4, unlabelled=1)
    assert stack.count() == 2  # the import is a step, too


def test_delete_leaves_out_and_takes_in_again(controller, page, qtbot):
    select(page, qtbot, 0)
    qtbot.keyClick(page.photos.grid, Qt.Key.Key_Delete)
    idle(controller, qtbot)
    shows(page, qtbot, fear=4, happiness=4, unlabelled=1, excluded=1)
    page.choose_section("excluded")
    qtbot.waitUntil(lambda: page.photos.model.rowCount() == 1)
    names(page, qtbot)
    select(page, qtbot, 0)
    qtbot.waitUntil(lambda: page.photos.panel.exclude.text() == "Take in again")
    page.photos.panel.exclude.click()
    idle(controller, qtbot)
    shows(page, qtbot, fear=5, happiness=4, unlabelled=1)


def test_a_health_card_shows_its_photos_and_is_mended(controller, page, qtbot):
    qtbot.waitUntil(lambda: "same_bytes" in page.health.frames)
    frame = page.health.frames["same_bytes"]
    frame.photos_wanted.emit("same_bytes", "Same files")
    qtbot.waitUntil(lambda: page.photos.model.rowCount() == 2)
    assert sorted(names(page, qtbot)) == ["Ben_0.png", "Cleo_1.png"]
    assert page.photos.card.isVisible()
    page.photos.card.click()
    qtbot.waitUntil(lambda: page.photos.model.rowCount() == 10)
    frame.fix_wanted.emit("same_bytes", "keep_one", "")
    idle(controller, qtbot)
    qtbot.waitUntil(lambda: fixed(page) == 0)
    controller.services.undo.stack.undo()
    idle(controller, qtbot)
    qtbot.waitUntil(lambda: fixed(page) == 2)


@pytest.mark.parametrize("size", SIZES)
def test_keys_are_for_the_photos_after_a_card_or_an_emotion_was_clicked(
    controller, page, qtbot, size
):
    controller.window.resize(*size)
    qtbot.mouseClick(page.tabs.button(1), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "same_bytes" in page.health.frames)
    frame = page.health.frames["same_bytes"]
    show = next(b for b in frame.findChildren(QPushButton) if b.text() == "Show 2 photos")
    qtbot.mouseClick(show, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(page.photos.selected()) == 1)
    assert controller.window.focusWidget() is page.photos.grid
    qtbot.keyClick(controller.window.focusWidget(), Qt.Key.Key_3)
    assert page.photos.person.text() == ""
    idle(controller, qtbot)
    shows(page, qtbot, disgust=1, fear=5, happiness=3, unlabelled=1)
    qtbot.mouseClick(page.photos.card, Qt.MouseButton.LeftButton)
    # The fifth row of the counts is happiness.
    point = QPoint(page.histogram.width() // 2, 4 * 38 + 10)
    qtbot.mouseClick(page.histogram, Qt.MouseButton.LeftButton, pos=point)
    qtbot.waitUntil(lambda: page.photos.model.rowCount() == 3)
    qtbot.waitUntil(lambda: len(page.photos.selected()) == 1)
    qtbot.keyClick(controller.window.focusWidget(), Qt.Key.Key_8)
    idle(controller, qtbot)
    shows(page, qtbot, disgust=1, fear=5, happiness=2, surprise=1, unlabelled=1)


def test_labelling_by_keys_goes_on_to_the_next_photo_whatever_is_shown(controller, page, qtbot):
    grid, model = page.photos.grid, page.photos.model
    page.choose_section("fear")
    qtbot.waitUntil(lambda: model.rowCount() == 5)
    for left in (4, 3):
        qtbot.keyClick(grid, Qt.Key.Key_1)
        idle(controller, qtbot)
        qtbot.waitUntil(lambda left=left: model.rowCount() == left)
        assert grid.currentIndex().row() == 0
        assert len(page.photos.selected()) == 1
    page.choose_section("")
    qtbot.waitUntil(lambda: model.rowCount() == 10)
    before = names(page, qtbot)
    select(page, qtbot, before.index("Ann_4.png"))
    qtbot.keyClick(grid, Qt.Key.Key_7)
    idle(controller, qtbot)
    shows(page, qtbot, anger=2, fear=2, happiness=4, sadness=1, unlabelled=1)
    # The last of its section: the one before it is next.
    assert names(page, qtbot)[grid.currentIndex().row()] == "Ann_3.png"
    assert len(page.photos.selected()) == 1


def test_a_filter_that_nothing_passes_says_so(page, qtbot):
    page.photos.person.setText("nobody")
    qtbot.waitUntil(lambda: page.photos.model.rowCount() == 0)
    assert page.photos._nothing.isVisible()
    assert "nobody" in page.photos._nothing.text()
    page.photos.person.clear()
    qtbot.waitUntil(lambda: page.photos.model.rowCount() == 10)
    assert not page.photos._nothing.isVisible()


def test_a_card_that_was_mended_says_so_in_its_place_with_a_way_back(controller, page, qtbot):
    qtbot.mouseClick(page.tabs.button(1), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: fixed(page) == 2, timeout=_PATIENCE)
    health = page.health
    qtbot.waitUntil(health.frames["same_bytes"].isVisible, timeout=_PATIENCE)
    place = health._list.indexOf(health.frames["same_bytes"])
    fix = health.frames["same_bytes"].card["fixes"][0]
    press_in = button_of(health.frames["same_bytes"], fix["label"])
    qtbot.mouseClick(press_in, Qt.MouseButton.LeftButton)
    idle(controller, qtbot)
    qtbot.waitUntil(lambda: fixed(page) == 0, timeout=_PATIENCE)
    (done,) = health.findChildren(DoneFrame)
    assert health._list.indexOf(done) == place
    assert done.isVisible()
    qtbot.mouseClick(button_of(done, "Undo"), Qt.MouseButton.LeftButton)
    idle(controller, qtbot)
    qtbot.waitUntil(lambda: fixed(page) == 2, timeout=_PATIENCE)
    # A label alone makes no photo one that was not looked at.
    select(page, qtbot, 0)
    page.photos.exclude_wanted.emit(page.photos.selected(), True)
    idle(controller, qtbot)
    assert "not looked at" not in health._state.text()


def test_files_are_found_and_the_emotion_shown_is_named(page, qtbot):
    page.photos.person.setText("cleo_1")
    qtbot.waitUntil(lambda: page.photos.model.rowCount() == 1)
    page.photos.person.setText("ann_3.PNG")
    qtbot.waitUntil(lambda: names(page, qtbot) == ["Ann_3.png"])
    page.photos.person.clear()
    page.choose_section("happiness")
    qtbot.waitUntil(lambda: page.photos.model.rowCount() == 4)
    assert page.photos.section.text() == "Happiness  ×"
    qtbot.mouseClick(page.photos.section, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.photos.model.rowCount() == 10)
    assert not page.photos.section.isVisible()


def test_an_export_says_where_it_is_and_what_stayed_behind():
    result = {"photos": 9, "copies": 0, "skipped": []}
    told = exported_sentence(result, "/out", 10)
    assert told.startswith("9 photos written to /out. 1 photo stayed behind that has no label")
    assert "behind" not in exported_sentence(result, "/out", 0)


def test_selecting_a_photo_shows_where_its_label_comes_from(page, qtbot):
    select(page, qtbot, 0)
    panel = page.photos.panel
    qtbot.waitUntil(lambda: panel.headline.text() == "Fear")
    assert "Person: Ann" in panel.facts.text()
    assert panel.origin.text() == "set: “fear”"
    qtbot.waitUntil(lambda: panel.photo._pixmap is not None, timeout=_PATIENCE)


def test_the_model_keeps_what_qt_expects(page, qtmodeltester):
    qtmodeltester.check(page.photos.model)


def test_a_source_whose_photos_are_gone_is_not_counted(page):
    full = Source(1, "table", "a", "a", {}, True, 0.0, 9)
    gone = replace(full, number=2, location="b", title="b", photos=0)
    page.show_counts(PhotoCounts(9, 3, {}, 0, 0, (), ()), [full, gone])
    assert page.summary.text() == "9 photos of 3 people"
    assert not page.photos.source.isVisible()


def test_colours_follow_and_nothing_is_lost(controller, page, qtbot):
    from dataclasses import replace

    controller.settings.save(replace(controller.settings.now, theme="dark"))
    qtbot.wait(100)
    assert page.photos.grid.theme.dark
    qtbot.waitUntil(lambda: "same_bytes" in page.health.frames)
    page.show_view(1)
    page.grab()
    controller.settings.save(replace(controller.settings.now, theme="light"))


@pytest.fixture
def people(controller, page, qtbot, tmp_path):
    """The page with enough people to split."""
    more = tmp_path / "more"
    files = [f"{name}_{n}.png" for name in ("Dan", "Eve", "Fay", "Gus") for n in (1, 2)]
    put_pictures(*(more / "fear" / name for name in files), more / "happy" / "Hal_1.png")
    controller.dataset.importer.start(ImportRequest(str(more)))
    shows(page, qtbot, fear=13, happiness=5, unlabelled=1)
    idle(controller, qtbot)
    return page


def test_a_split_is_drafted_frozen_and_shown(controller, people, qtbot):
    page = people
    page.show_view(2)
    view = page.splitting
    qtbot.waitUntil(lambda: view.table.rowCount() > 0, timeout=_PATIENCE)
    assert "No photo held back" in view.leaks.text()
    view.form.by_person.setChecked(False)
    view.form.copies.setChecked(False)
    assert view.form.warning.isVisible()
    qtbot.waitUntil(lambda: "show a person who" in view.leaks.text(), timeout=_PATIENCE)
    view.form.by_person.setChecked(True)
    view.form.copies.setChecked(True)
    view.form.method.setCurrentIndex(3)
    view.form.target.setValue(20)
    qtbot.waitUntil(view.copies.isVisible, timeout=_PATIENCE)
    assert "copies" in view.copies.accessibleDescription()
    assert view.form.name.placeholderText() == "By person"  # what it is called otherwise
    view.form.name.setText("first")
    view.form.freeze.click()
    qtbot.waitUntil(lambda: "first" in view.rows, timeout=_PATIENCE)
    idle(controller, qtbot)
    assert "“first” is frozen" in controller.window.banner.text
    assert page.split.isVisible()
    page.split.setCurrentIndex(1)
    qtbot.waitUntil(lambda: "training" in page.histogram._counts["fear"], timeout=_PATIENCE)
    page.show_view(0)
    page.photos.part.setCurrentIndex(page.photos.part.findData("none"))
    qtbot.waitUntil(lambda: page.photos.model.rowCount() == 1)
    view.remove_wanted.emit("first")
    press(controller.window, "Remove")
    qtbot.waitUntil(lambda: not view.rows, timeout=_PATIENCE)


def test_the_ways_to_balance_stand_side_by_side_and_are_chosen_there(people, qtbot):
    people.show_view(2)
    view = people.splitting
    assert not view.ways.isVisible()  # nothing empty is shown
    qtbot.waitUntil(lambda: view.ways.rowCount() == 2, timeout=_PATIENCE)
    view.form.target.setValue(50)
    view.ways.horizontalHeader().sectionClicked.emit(4)
    assert view.form.now is Method.SYNTHESIS
    qtbot.waitUntil(lambda: "50 (+" in view.ways.item(0, 4).text(), timeout=_PATIENCE)
    assert view.ways.item(0, 4).font().bold()
    assert not view.ways.item(0, 1).font().bold()
    assert "✓" in view.ways.horizontalHeaderItem(4).text()
    assert "×" in view.ways.item(0, 2).text()
    qtbot.waitUntil(view.copies.isVisible, timeout=_PATIENCE)
    before = view.copies._examples
    view.form.strength.setValue(100)
    assert view.form.strength_text.text() == "Strength 100 %"
    qtbot.waitUntil(lambda: view.copies._examples != before, timeout=_PATIENCE)


def test_a_split_is_exported_with_its_copies_in_the_form_that_is_chosen(
    controller, people, qtbot, tmp_path, monkeypatch
):
    form = people.splitting.form
    form.choose_method(Method.SYNTHESIS)
    form.target.setValue(20)
    people.splitting.freeze_wanted.emit("first")
    qtbot.waitUntil(lambda: len(people.frozen) == 1, timeout=_PATIENCE)
    people.export_wanted.emit()
    dialog = controller.dataset.export_dialog
    assert not dialog.go.isEnabled()
    assert not dialog.copies.isEnabled()  # of no split
    dialog.format.setCurrentIndex(dialog.format.findData("csv"))
    dialog.place.setText("s3://bucket/x")
    assert "A table alone" in dialog.note.text()
    assert not dialog.go.isEnabled()
    dialog.format.setCurrentIndex(dialog.format.findData("recordio"))
    assert "leave this computer" in dialog.note.text()
    dialog.split.setCurrentIndex(1)
    dialog.copies.click()
    monkeypatch.setattr(controller.window, "ask_for_new_place", lambda *_: tmp_path / "out")
    dialog.place_wanted.emit()
    dialog.go.click()
    idle(controller, qtbot)
    records = read_records(tmp_path / "out" / "training.rec")
    assert len(list(records)) == 40
    assert "copies written" in controller.window.banner.text


@pytest.mark.parametrize("size", SIZES)
def test_the_programs_own_export_dropped_back_is_known_and_an_import_undone(
    controller, page, qtbot, tmp_path, size
):
    controller.window.resize(*size)
    job = export_job(ExportRequest(str(tmp_path / "out"), "folders"))
    controller.services.jobs.run(job)
    idle(controller, qtbot)
    controller.window.open_paths([tmp_path / "out"])
    qtbot.waitUntil(
        lambda: any(w.isVisible() for w in controller.window.findChildren(QMessageBox)),
        timeout=_PATIENCE,
    )
    press(controller.window, "Import as a data set")
    dialog = look(controller, qtbot)
    # One of the ten has no label, and is not in it.
    assert dialog.skip_known.text().startswith("All of them are in the data set already")
    assert not dialog.go.isEnabled()
    qtbot.mouseClick(dialog.skip_known, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    shows(page, qtbot, fear=10, happiness=8, unlabelled=1)
    idle(controller, qtbot)
    controller.window.activateWindow()
    qtbot.waitUntil(controller.window.isActiveWindow)
    undo = controller.services.undo.stack
    assert undo.undoText() == "Import out"
    qtbot.keyClick(page.photos.grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    shows(page, qtbot, fear=5, happiness=4, unlabelled=1)
    idle(controller, qtbot)
    undo.redo()
    shows(page, qtbot, fear=10, happiness=8, unlabelled=1)
    idle(controller, qtbot)
    qtbot.mouseClick(button_of(page, "Sources…"), Qt.MouseButton.LeftButton)
    sources = controller.dataset.sources_dialog
    qtbot.waitUntil(lambda: len(sources._cards) == 2, timeout=_PATIENCE)
    remove = button_of(sources._cards[1], "Remove…")
    assert in_sight(remove)
    qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
    press(controller.window, "Remove")
    shows(page, qtbot, fear=5, happiness=4, unlabelled=1)
    qtbot.waitUntil(lambda: len(sources._cards) == 1, timeout=_PATIENCE)
    qtbot.waitUntil(lambda: undo.undoText() == "Import set", timeout=_PATIENCE)
    sources.reject()
    idle(controller, qtbot)


def test_photos_whose_folder_was_moved_are_found_again(controller, page, qtbot, data, monkeypatch):
    place = data.rename(data.with_name("moved"))
    page.show_view(1)
    page.health.audit_wanted.emit()
    idle(controller, qtbot)

    def missing() -> int | None:
        frame = page.health.frames.get("missing")
        return None if frame is None else frame.card["count"]

    qtbot.waitUntil(lambda: missing() == 10, timeout=_PATIENCE)
    monkeypatch.setattr(controller.window, "ask_for_folder", lambda _: place)
    page.health.frames["missing"].fix_wanted.emit("missing", "move", "")
    idle(controller, qtbot)
    qtbot.waitUntil(lambda: missing() == 0, timeout=_PATIENCE)
    page.show_view(0)
    names(page, qtbot)
    photo = page.photos.model.index(0, 0).data(PHOTO_ROLE)
    assert photo.path.is_relative_to(place)


def test_changes_of_an_earlier_run_can_be_undone(controller, page, qtbot):
    select(page, qtbot, 0)
    qtbot.keyClick(page.photos.grid, Qt.Key.Key_8)
    shows(page, qtbot, fear=4, happiness=4, surprise=1, unlabelled=1)
    idle(controller, qtbot)
    undo = controller.services.undo
    # As the program finds it when it is started again.
    undo.show_history([])
    assert not undo.stack.canUndo()
    undo.read_history()
    qtbot.waitUntil(undo.stack.canUndo, timeout=_PATIENCE)
    assert undo.stack.undoText() == "Label 1 photo as surprise"
    undo.stack.undo()
    shows(page, qtbot, fear=5, happiness=4, unlabelled=1)
    undo.read_history()
    qtbot.waitUntil(undo.stack.canRedo, timeout=_PATIENCE)
    assert undo.stack.undoText() == "Import set"
    undo.stack.redo()
    shows(page, qtbot, fear=4, happiness=4, surprise=1, unlabelled=1)
    idle(controller, qtbot)


def test_the_rule_for_votes_is_the_users_choice(controller, qtbot, tmp_path):
    folder = tmp_path / "voted"
    put_pictures(*(folder / f"{name}.png" for name in "abc"))
    (folder / "label.csv").write_text(
        "image,fear,anger,sadness\na.png,6,4,0\nb.png,5,5,0\nc.png,4,3,3\n"
    )
    controller.dataset.import_source(folder)
    dialog = look(controller, qtbot)
    assert dialog.votes.isVisible()
    titles = [dialog.votes.rule.itemText(n) for n in range(dialog.votes.rule.count())]
    assert [title.rpartition(": ")[2] for title in titles] == ["2 photos", "1 photo", "3 photos"]
    assert dialog.votes.counts.text() == "fear 2. Set aside: tied votes 1."
    dialog.votes.rule.setCurrentIndex(2)
    dialog.votes.rule.activated.emit(2)
    look(controller, qtbot)
    assert dialog.votes.counts.text() == "anger 1, fear 2. Set aside: none."
    dialog.go.click()
    idle(controller, qtbot)
    shows(controller.dataset.page, qtbot, fear=2, anger=1)
