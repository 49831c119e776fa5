"""What a user does in the window, on the real thing."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QMessageBox

from emotion_desktop.assets import SAMPLES
from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import JobState, Lane, Progress
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.training.recipe.presets import RECIPES
from emotion_desktop.ui.gallery.entries import NO_FACE, UNREADABLE
from emotion_desktop.ui.gallery.model import ENTRY_ROLE
from emotion_desktop.ui.settings.dialog import SettingsDialog
from emotion_desktop.ui.widgets.banner import MessageKind
from emotion_desktop.ui.widgets.job_row import JobRow
from emotion_desktop.workspace.catalogue.catalogue import Catalogue
from emotion_desktop.workspace.catalogue.photos import labelled_photos
from emotion_desktop.workspace.settings import load_settings
from tests.faces import make_data_set

_PATIENCE = 30_000


def drop(window, paths: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    drop_data(window, data)


def drop_data(window, data: QMimeData) -> None:
    event = QDropEvent(
        QPointF(200, 200),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(event)


def idle(controller, qtbot) -> None:
    while True:
        qtbot.waitUntil(lambda: not controller.manager.unfinished(), timeout=_PATIENCE)
        qtbot.wait(250)  # what a job has found out may start the next one
        if not controller.manager.unfinished():
            break
    # Sections follow what came in a moment later.
    view = controller.window.gallery.view
    qtbot.waitUntil(lambda: not view._rearrange.isActive(), timeout=_PATIENCE)


def names(controller) -> set[str]:
    return {entry.path.name for entry in controller.window.gallery.view.model.entries}


def test_the_first_start_offers_three_ways_in(controller, qtbot):
    welcome = controller.window.gallery.welcome
    assert controller.window.gallery.currentWidget() is welcome
    assert set(welcome.tiles) == {"photo", "data", "example"}
    assert controller.window.statusBar().isVisible()
    qtbot.mouseClick(welcome.tiles["example"], Qt.MouseButton.LeftButton)
    idle(controller, qtbot)
    assert names(controller) == {path.name for path in SAMPLES.glob("*.jpg")}


def test_dropped_photos_are_sorted_into_sections(controller, qtbot):
    drop(controller.window, [SAMPLES])
    idle(controller, qtbot)
    gallery = controller.window.gallery
    qtbot.waitUntil(
        lambda: sum(gallery.view.shown.arrangement.counts().values()) == 4, timeout=_PATIENCE
    )
    assert gallery.view.shown.arrangement.counts()[NO_FACE] == 1
    portrait = next(e for e in gallery.view.model.entries if e.path.name == "official_portrait.jpg")
    assert portrait.face is not None
    assert portrait.face.emotion == "happiness"
    assert len(portrait.face.probabilities) == 8


def test_selecting_a_tile_shows_its_bars_and_what_the_model_saw(controller, qtbot):
    drop(controller.window, [SAMPLES / "official_portrait.jpg"])
    idle(controller, qtbot)
    detail = controller.window.gallery.view.detail
    assert detail._headline.text() == "Happiness"
    assert "happiness" in detail.bars.accessibleDescription()
    qtbot.waitUntil(lambda: not detail._seen.pixmap().isNull(), timeout=_PATIENCE)
    assert "48 × 48" in detail._seen_text.text()


def test_bad_files_get_their_sentence_and_disturb_nothing(controller, qtbot, tmp_path):
    folder = tmp_path / "it's “odd”\n🙂"
    folder.mkdir()
    (folder / "empty.jpg").touch()
    (folder / "text.jpg").write_text("not a picture")
    data = (SAMPLES / "grace_hopper.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(data[: len(data) // 3])
    (folder / "good.jpg").write_bytes(data)
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    drop(controller.window, [folder])
    idle(controller, qtbot)
    entries = controller.window.gallery.view.model.entries
    bad = {e.path.name: e.prediction.error for e in entries if e.section == UNREADABLE}
    assert set(bad) == {"empty.jpg", "text.jpg", "cut.jpg"}
    assert all(bad.values())
    good = [e for e in entries if e.path.name == "good.jpg"]
    assert len(good) == 1
    assert good[0].prediction.status is PhotoStatus.OK


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_pages_and_help_have_keys(controller, qtbot):
    window = controller.window
    places = [window.tabs.tabBar().tabRect(number) for number in range(5)]
    for number in (5, 1):
        key = getattr(Qt.Key, f"Key_{number}")
        qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
        assert window.tabs.currentIndex() == number - 1
        # The tabs stay where they are, whichever is chosen.
        assert [window.tabs.tabBar().tabRect(number) for number in range(5)] == places
    assert [a.text()[4:] for a in window.menus.view.actions()[:5]] == [
        window.tabs.tabText(number) for number in range(5)
    ]
    window.show_limits()
    box = window.findChild(QMessageBox)
    assert box.isVisible()
    box.close()
    box.setParent(None)


def test_nothing_dropped_says_so(controller):
    drop_data(controller.window, QMimeData())
    assert controller.window.banner.isVisible()
    assert "Nothing" in controller.window.banner.text


def test_an_empty_folder_says_so(controller, qtbot, tmp_path):
    (tmp_path / "empty").mkdir()
    drop(controller.window, [tmp_path / "empty"])
    idle(controller, qtbot)
    assert "No photos" in controller.window.banner.text
    assert controller.window.banner.isVisible()
    drop(controller.window, [SAMPLES / "a_cat.jpg"])
    idle(controller, qtbot)
    assert not controller.window.banner.isVisible()


def test_half_a_bundle_is_refused_in_words(controller, qtbot, tmp_path):
    from emotion_desktop.assets import BUILTIN_MODEL

    data = BUILTIN_MODEL.read_bytes()
    half = tmp_path / "half.emodel"
    half.write_bytes(data[: len(data) // 2])
    drop(controller.window, [half])
    kinds = [record.spec.kind for record in controller.manager.records()]
    assert "import-model" in kinds, "it is checked in the background"
    qtbot.waitUntil(lambda: "model file" in controller.window.banner.text, timeout=_PATIENCE)
    whole = tmp_path / "whole.emodel"
    whole.write_bytes(data)
    drop(controller.window, [whole])
    qtbot.waitUntil(lambda: "imported" in controller.window.banner.text, timeout=_PATIENCE)
    qtbot.waitUntil(controller.models.page.isVisible, timeout=_PATIENCE)


def test_a_model_is_exported_over_a_file_that_was_chosen(controller, qtbot, tmp_path, monkeypatch):
    from emotion_desktop.assets import BUILTIN_MODEL

    target = tmp_path / "out.emodel"
    target.write_bytes(b"before")
    monkeypatch.setattr(controller.window, "ask_for_new_place", lambda *_: target)
    controller.models.show()
    controller.models.page.export_wanted.emit("builtin")
    qtbot.waitUntil(lambda: "was written" in controller.window.banner.text, timeout=_PATIENCE)
    assert target.read_bytes() == BUILTIN_MODEL.read_bytes()


def test_a_model_leaves_as_plain_files(controller, qtbot, tmp_path, monkeypatch):
    target = tmp_path / "builtin-fast-onnx"
    asked = []

    def ask(*words):
        asked.append(words)
        return target

    monkeypatch.setattr(controller.window, "ask_for_new_place", ask)
    controller.models.show()
    page = controller.models.page
    qtbot.waitUntil(lambda: page.list.count() == 2, timeout=_PATIENCE)
    page.choose("builtin-fast")
    (onnx,) = [a for a in page.buttons["plain"].menu().actions() if a.text() == "ONNX…"]
    onnx.trigger()
    assert asked[0][1] == "builtin-fast-onnx"
    qtbot.waitUntil(lambda: "was written" in controller.window.banner.text, timeout=2 * _PATIENCE)
    assert (target / "model.onnx").stat().st_size > 100_000


def test_photos_without_a_face_are_read_whole_on_request(controller, qtbot):
    drop(controller.window, [SAMPLES / "a_cat.jpg"])
    idle(controller, qtbot)
    entry = controller.window.gallery.view.model.entries[0]
    assert entry.section == NO_FACE
    controller.window.gallery.view.grid.action_wanted.emit()
    idle(controller, qtbot)
    (entry,) = controller.window.gallery.view.model.entries
    assert entry.face is not None
    assert entry.face.box.to_list() == [0, 0, *entry.prediction.size]


def test_dropping_a_photo_again_does_not_double_it(controller, qtbot):
    for _ in range(2):
        drop(controller.window, [SAMPLES])
        idle(controller, qtbot)
    assert len(controller.window.gallery.view.model.entries) == 4


def test_a_picture_is_pasted(controller, qtbot):
    image = QImage(str(SAMPLES / "grace_hopper.jpg"))
    QGuiApplication.clipboard().setImage(image)
    controller.window.paste()
    idle(controller, qtbot)
    (entry,) = controller.window.gallery.view.model.entries
    assert entry.face is not None
    QGuiApplication.clipboard().clear()


def test_clearing_brings_the_welcome_back(controller, qtbot):
    drop(controller.window, [SAMPLES])
    idle(controller, qtbot)
    controller.window.gallery.view._clear.click()
    assert controller.window.gallery.currentIndex() == 0
    assert not controller.window.gallery.view.model.entries


def test_clear_is_a_step_of_its_own_that_ctrl_z_takes_back(controller, qtbot):
    drop(controller.window, [SAMPLES / "official_portrait.jpg", SAMPLES / "a_cat.jpg"])
    idle(controller, qtbot)
    window, view = controller.window, controller.window.gallery.view
    row = next(n for n, entry in enumerate(view.model.entries) if entry.face is not None)
    view.grid.setCurrentIndex(view.model.index(row, 0))
    qtbot.keyClick(view.grid, Qt.Key.Key_7)
    qtbot.waitUntil(lambda: view.model.entries[row].correction == "sadness", timeout=_PATIENCE)
    view._clear.click()
    stack = controller.services.undo.stack
    assert stack.undoText() == "Clear the gallery"
    assert window.banner.kind is MessageKind.SUCCESS
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.gallery.currentWidget() is view
    assert names(controller) == {"official_portrait.jpg", "a_cat.jpg"}
    idle(controller, qtbot)
    # The correction of before was not the one taken back.
    assert view.model.entries[row].correction == "sadness"
    with Catalogue(controller.services.workspace.catalogue) as catalogue:
        assert [s.emotion for s in labelled_photos(catalogue).samples] == ["sadness"]
    stack.redo()
    assert window.gallery.currentIndex() == 0
    stack.undo()
    stack.undo()
    qtbot.waitUntil(lambda: view.model.entries[row].correction is None, timeout=_PATIENCE)
    idle(controller, qtbot)


def test_a_data_set_is_scored(controller, qtbot, tmp_path):
    data = make_data_set(tmp_path / "data", persons_per_emotion=2, photos_per_person=1)
    controller.compare.open(data)
    idle(controller, qtbot)
    page = controller.compare.page
    assert page.isVisible()
    assert page.overview.emotions.rowCount() == 8
    assert "16 photos" in page.overview.scope.text()


def test_a_job_shows_progress_and_can_be_cancelled(controller, qtbot, job_of):
    def slow(context):
        for step in range(1000):
            context.emit(Progress(step, 1000, "step"))
            if context.wait(0.02):
                context.check_cancelled()

    spec = job_of(slow, Lane.COMPUTE, "A slow job")
    controller.manager.submit(spec)
    qtbot.waitUntil(lambda: controller.window.jobs.row(spec.id) is not None)
    row = controller.window.jobs.row(spec.id)
    qtbot.waitUntil(lambda: row.text.startswith("Step"), timeout=_PATIENCE)
    assert controller.window.jobs_button.text() == "Jobs (1 running)"
    row._cancel.click()
    qtbot.waitUntil(lambda: row.state is JobState.CANCELLED, timeout=_PATIENCE)
    assert controller.window.jobs_button.text() == "Jobs"


def test_jobs_that_wait_take_a_line_together(controller, qtbot, job_of):
    def slow(context):
        context.emit(Progress(1, 2, "step"))
        while not context.wait(0.02):
            pass
        context.check_cancelled()

    specs = [job_of(slow, Lane.COMPUTE, f"Job {number}") for number in range(5)]
    for spec in specs:
        controller.manager.submit(spec)
    window = controller.window
    qtbot.waitUntil(
        lambda: window.jobs_button.text() == "Jobs (1 running, 4 waiting)", timeout=_PATIENCE
    )

    def shown() -> list[str]:
        return [row.job for row in window.findChildren(JobRow) if row.isVisible()]

    qtbot.waitUntil(lambda: shown() == [specs[0].id], timeout=_PATIENCE)
    tip = window.jobs_button.toolTip
    assert tip() == "Waiting for their turn: Job 1, Job 2, Job 3 and 1 more"
    assert window.jobs.row(specs[1].id)._bar.isHidden()  # nothing of it moves yet
    for spec in specs[2:]:
        controller.manager.cancel(spec.id)
    qtbot.waitUntil(lambda: tip() == "Waiting for its turn: Job 1")
    controller.manager.cancel(specs[0].id)
    qtbot.waitUntil(lambda: "Waiting" not in tip(), timeout=_PATIENCE)
    assert not window.jobs.row(specs[1].id)._bar.isHidden()
    assert window.jobs_button.text() == "Jobs (1 running)"
    controller.manager.cancel(specs[1].id)
    idle(controller, qtbot)


def test_a_failed_job_says_why_and_the_next_one_works(controller, qtbot, job_of):
    def fail(_):
        raise AppError("The disk is full.", "Free some space.")

    controller.manager.submit(job_of(fail, Lane.COMPUTE, "A bad job"))
    idle(controller, qtbot)
    assert controller.window.banner.text == "A bad job: The disk is full. Free some space."
    assert controller.window.banner.kind is MessageKind.ERROR
    drop(controller.window, [SAMPLES / "grace_hopper.jpg"])
    idle(controller, qtbot)
    assert names(controller) == {"grace_hopper.jpg"}


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_killed_worker_fails_its_job_and_the_window_lives_on(controller, qtbot, tmp_path):
    from emotion_desktop.jobs.training.specs import train_job
    from emotion_desktop.training.recipe.request import TrainingRequest

    data = make_data_set(tmp_path / "data", persons_per_emotion=3, photos_per_person=1)
    training = TrainingRequest(RECIPES["quick"], tmp_path / "out.emodel", "killed", data)
    spec = train_job(training)
    controller.manager.submit(spec)
    pids: list[int] = []

    def worker_runs() -> bool:
        listing = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        pids[:] = [int(line.split()[0]) for line in listing.splitlines() if " worker" in line]
        return bool(pids)

    qtbot.waitUntil(worker_runs, timeout=_PATIENCE)
    os.kill(pids[0], signal.SIGKILL)
    idle(controller, qtbot)
    assert controller.manager.record(spec.id).state is JobState.FAILED
    assert "killed" in controller.window.banner.text
    assert not (tmp_path / "out.emodel").exists()
    drop(controller.window, [SAMPLES / "grace_hopper.jpg"])
    idle(controller, qtbot)
    assert names(controller) == {"grace_hopper.jpg"}


def test_settings_are_kept_and_colours_follow(controller, qtbot):
    dialog = SettingsDialog(controller.settings.now, controller.window)
    dialog.choices["theme"].setCurrentIndex(dialog.choices["theme"].findData("dark"))
    controller.settings.save(dialog.settings)
    assert controller.window.gallery.view.grid.theme.dark
    assert load_settings(controller.services.workspace.settings).theme == "dark"
    dialog.choices["theme"].setCurrentIndex(dialog.choices["theme"].findData("light"))
    controller.settings.save(dialog.settings)
    assert not controller.window.gallery.view.grid.theme.dark


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_a_setting_that_cannot_be_read_is_said_in_its_dialog(controller, qtbot):
    controller.window.settings_wanted.emit()
    dialog = controller.window.findChild(SettingsDialog)
    ok = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    dialog.typed["aws_prices"].setText("cheap")
    qtbot.mouseClick(ok, Qt.MouseButton.LeftButton)
    assert dialog.isVisible()
    assert "“cheap” is no price" in dialog.problem.text()
    assert controller.settings.now.aws_prices == ""
    dialog.typed["aws_prices"].setText("ml.g4dn.xlarge=0.5")
    qtbot.mouseClick(ok, Qt.MouseButton.LeftButton)
    assert not dialog.isVisible()
    assert controller.settings.now.aws_prices == "ml.g4dn.xlarge=0.5"


def test_a_model_that_was_removed_is_not_said_to_be_used(controller, qtbot):
    controller.training.model_wanted.emit("Gone")
    assert "“Gone” was removed" in controller.window.banner.text
    assert controller.settings.now.model == "builtin"


# The offscreen platform warns of what it cannot do when a dialog is shown.
@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_what_cannot_be_taken_back_is_not_done_by_enter(controller, qtbot):
    done = []
    for careful in (False, True):
        controller.window.confirm("Really?", "", "Do it", lambda: done.append(1), careful=careful)
        qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
        qtbot.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
    assert len(done) == 1


# The offscreen platform warns of what it cannot do when a dialog is shown.
@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_quitting_asks_before_it_stops_a_training(controller, qtbot, job_of):
    def slow(context):
        while not context.wait(0.05):
            pass
        context.check_cancelled()

    spec = job_of(slow, Lane.COMPUTE, "Train “x”")
    controller.manager.submit(spec)
    controller.window.close()
    assert controller.window.isVisible()
    (box,) = [w for w in controller.window.findChildren(QMessageBox) if w.isVisible()]
    assert "Train “x”" in box.informativeText()
    box.reject()
    assert controller.window.isVisible()
    controller.window.close()
    box = next(w for w in controller.window.findChildren(QMessageBox) if w.isVisible())
    stop = next(b for b in box.buttons() if box.buttonRole(b) is QMessageBox.ButtonRole.AcceptRole)
    stop.click()
    qtbot.waitUntil(lambda: not controller.window.isVisible(), timeout=_PATIENCE)
    assert controller.manager.record(spec.id).state is JobState.CANCELLED


def test_an_uncaught_exception_becomes_a_sentence(controller):
    try:
        raise RuntimeError("secret detail")
    except RuntimeError as error:
        controller.report_bug(type(error), error, error.__traceback__)
    assert "unexpected" in controller.window.banner.text
    assert "Traceback" not in controller.window.banner.text


def test_the_window_answers_like_the_command(controller, qtbot, tmp_path):
    import json

    drop(controller.window, [SAMPLES])
    idle(controller, qtbot)
    shown = {
        entry.path.name: entry.prediction.to_dict()
        for entry in controller.window.gallery.view.model.entries
    }
    out = tmp_path / "out.json"
    command = [sys.executable, "-m", "emotion_desktop", "classify", str(SAMPLES)]
    environment = {**os.environ, "EMOTION_DESKTOP_WORKSPACE": str(tmp_path / "other")}
    subprocess.run([*command, "--json", str(out)], check=True, env=environment)
    for entry in json.loads(out.read_text()):
        mine = shown[Path(entry["path"]).name]
        assert mine["status"] == entry["status"]
        for a, b in zip(mine["faces"], entry["faces"], strict=True):
            assert a["box"] == b["box"]
            assert a["probabilities"] == pytest.approx(b["probabilities"], abs=1e-4)


def test_wheel_and_keys_move_through_the_grid(controller, qtbot):
    drop(controller.window, [SAMPLES])
    idle(controller, qtbot)
    grid = controller.window.gallery.view.grid
    order = [grid.order.at(n) for n in range(len(grid.order))]
    grid.setFocus()
    assert grid.currentIndex().row() == order[0]
    qtbot.keyClick(grid, Qt.Key.Key_End)
    assert grid.currentIndex().row() == order[-1]
    qtbot.keyClick(grid, Qt.Key.Key_Left)
    assert grid.currentIndex().row() == order[-2]
    rect = grid.visualRect(grid.currentIndex())
    assert grid.indexAt(rect.center()) == grid.currentIndex()
    assert not grid.indexAt(QPoint(2, 2)).isValid()


def test_cancelling_keeps_what_was_answered_and_clearing_does_not(controller, qtbot, tmp_path):
    many = tmp_path / "many"
    many.mkdir()
    data = (SAMPLES / "grace_hopper.jpg").read_bytes()
    for number in range(300):
        (many / f"{number:03}.jpg").write_bytes(data)
    gallery = controller.window.gallery
    drop(controller.window, [many])
    qtbot.waitUntil(lambda: len(gallery.view.model.entries) > 0, timeout=_PATIENCE)
    (record,) = [r for r in controller.manager.unfinished() if r.spec.kind == "classify"]
    controller.manager.cancel(record.spec.id)
    idle(controller, qtbot)
    assert 0 < len(gallery.view.model.entries) < 300
    # It is said that the rest is missing, and a click goes on.
    banner = controller.window.banner
    assert "300 photos were read" in banner.text
    assert banner.action.text() == "Go on"
    qtbot.mouseClick(banner.action, Qt.MouseButton.LeftButton)
    idle(controller, qtbot)
    assert len(gallery.view.model.entries) == 300
    drop(controller.window, [many])
    idle(controller, qtbot)
    assert banner.text == "These photos are in the gallery already."
    gallery.view._clear.click()
    drop(controller.window, [many])
    gallery.view._clear.click()
    idle(controller, qtbot)
    assert not gallery.view.model.entries
    assert gallery.currentIndex() == 0


def test_a_correction_is_said_and_taken_back_where_it_is_said(controller, qtbot):
    drop(controller.window, [SAMPLES / "official_portrait.jpg"])
    idle(controller, qtbot)
    view, banner = controller.window.gallery.view, controller.window.banner
    qtbot.keyClick(view.grid, Qt.Key.Key_7)
    qtbot.waitUntil(lambda: view.model.entries[0].correction == "sadness", timeout=_PATIENCE)
    assert banner.text == "1 face is sadness."
    qtbot.mouseClick(banner.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.model.entries[0].correction is None, timeout=_PATIENCE)
    idle(controller, qtbot)


def test_keys_correct_what_the_model_says_and_undo_takes_it_back(controller, qtbot):
    drop(controller.window, [SAMPLES / "official_portrait.jpg", SAMPLES / "a_cat.jpg"])
    idle(controller, qtbot)
    view = controller.window.gallery.view

    def portrait():
        return next(e for e in view.model.entries if e.face is not None)

    assert portrait().section == "happiness"
    view.grid.selectAll()
    qtbot.keyClick(view.grid, Qt.Key.Key_7)
    qtbot.waitUntil(lambda: portrait().correction == "sadness", timeout=_PATIENCE)
    assert portrait().section == "sadness"
    assert "by hand" in view.detail._headline.text()
    assert "The model says: happiness" in view.detail._sure.text()
    view.grid.grab()
    # It is a label of the data set now, of a source of its own.
    with Catalogue(controller.services.workspace.catalogue) as catalogue:
        (sample,) = labelled_photos(catalogue).samples
    assert (sample.path.name, sample.emotion) == ("official_portrait.jpg", "sadness")
    assert sample.source == "Corrected in the gallery"
    # What is read again keeps it.
    view._clear.click()
    drop(controller.window, [SAMPLES / "official_portrait.jpg"])
    qtbot.waitUntil(lambda: len(view.model.entries) == 1, timeout=_PATIENCE)
    assert portrait().correction == "sadness"
    stack = controller.services.undo.stack
    stack.undo()  # Clear
    assert stack.undoText() == "1 face is sadness"
    stack.undo()
    qtbot.waitUntil(lambda: portrait().correction is None, timeout=_PATIENCE)
    with Catalogue(controller.services.workspace.catalogue) as catalogue:
        assert labelled_photos(catalogue).samples == ()
    stack.redo()
    qtbot.waitUntil(lambda: portrait().correction == "sadness", timeout=_PATIENCE)
    qtbot.keyClick(view.grid, Qt.Key.Key_0)
    qtbot.waitUntil(lambda: portrait().correction is None, timeout=_PATIENCE)
    idle(controller, qtbot)


def test_the_mouse_corrects_and_what_stands_there_is_saved(
    controller, qtbot, monkeypatch, tmp_path
):
    window = controller.window
    drop(window, [SAMPLES / "official_portrait.jpg", SAMPLES / "a_cat.jpg"])
    idle(controller, qtbot)
    view = window.gallery.view
    row = next(n for n, entry in enumerate(view.model.entries) if entry.face is not None)
    view.grid.setCurrentIndex(view.model.index(row, 0))
    assert view.detail.correct.isVisible()
    menu = view.detail.correct_menu
    back = menu.actions()[-1]
    assert not back.isEnabled()
    next(action for action in menu.actions() if action.text() == "Sadness\t7").trigger()
    qtbot.waitUntil(lambda: view.model.entries[row].correction == "sadness", timeout=_PATIENCE)
    assert back.isEnabled()
    monkeypatch.setattr(window, "ask_for_new_place", lambda _, name, __: tmp_path / name)
    monkeypatch.setattr(window, "ask_for_folder", lambda _: tmp_path / "sorted")
    for action in view.save.menu().actions():
        action.trigger()
        idle(controller, qtbot)
    (portrait,) = (r for r in csv.DictReader((tmp_path / "expressions.csv").open()) if r["face"])
    assert (portrait["emotion"], portrait["corrected"]) == ("happiness", "sadness")
    assert len(json.loads((tmp_path / "expressions.json").read_text())) == 2
    copies = {str(p.relative_to(tmp_path / "sorted")) for p in (tmp_path / "sorted").glob("*/*")}
    assert copies == {"sadness/official_portrait.jpg", "no face/a_cat.jpg"}
    assert "2 photos" in window.banner.text
    # Cancelled in the dialog, nothing is done.
    monkeypatch.setattr(window, "ask_for_folder", lambda _: None)
    view.save.menu().actions()[-1].trigger()
    assert not controller.manager.unfinished()
    back.trigger()
    qtbot.waitUntil(lambda: view.model.entries[row].correction is None, timeout=_PATIENCE)
    idle(controller, qtbot)


def test_in_the_smallest_window_the_gallery_is_not_cut(controller, qtbot):
    drop(controller.window, [SAMPLES])
    idle(controller, qtbot)
    controller.window.resize(controller.window.minimumSize())
    qtbot.wait(50)
    view = controller.window.gallery.view
    assert view.detail.horizontalScrollBar().maximum() == 0
    for widget in (view.order, view.second, view.save, view._clear):
        assert widget.width() >= widget.minimumSizeHint().width()
        assert controller.window.rect().contains(
            QRect(widget.mapTo(controller.window, QPoint()), widget.size())
        )


def test_the_keys_work_right_after_a_drop(controller, qtbot):
    drop(controller.window, [SAMPLES])
    idle(controller, qtbot)
    view = controller.window.gallery.view
    assert controller.window.focusWidget() is view.grid
    qtbot.mouseClick(view.sections._buttons[NO_FACE], Qt.MouseButton.LeftButton)
    assert view.grid.currentIndex().data(ENTRY_ROLE).section == NO_FACE
    assert controller.window.focusWidget() is view.grid


def test_a_window_closed_right_after_its_start_starts_nothing_more(controller, qtbot, monkeypatch):
    monkeypatch.setattr("emotion_desktop.app._IDLE_MS", 50)
    controller.get_ready()
    controller.shut_down()
    qtbot.wait(300)  # by then what was left for later would have been begun
