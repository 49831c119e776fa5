"""Second opinions and the reasons of an answer, in the real window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from emotion_desktop.assets import FAST_MODEL, SAMPLES
from emotion_desktop.aws.rate_limit import RateLimit
from emotion_desktop.dataset.sources.files.fingerprint import digest
from emotion_desktop.domain.rekognition import REFERENCE, TITLE
from emotion_desktop.jobs.predicting.labelled_set import LabelledSource
from emotion_desktop.jobs.predicting.model_choice import ModelChoice
from emotion_desktop.ui.gallery.entries import SortOrder
from emotion_desktop.workspace.predictions.paid_answers import PaidAnswers
from tests.faces import make_data_set

_PATIENCE = 60_000
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise", "grabbing the keyboard")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(RateLimit, "wait", lambda self, stop=lambda: False: not stop())


def idle(controller, qtbot) -> None:
    qtbot.waitUntil(lambda: not controller.manager.unfinished(), timeout=_PATIENCE)
    qtbot.wait(250)


def answer_box(controller, yes: bool) -> QMessageBox:
    (box,) = [w for w in controller.window.findChildren(QMessageBox) if w.isVisible()]
    if yes:
        accept = QMessageBox.ButtonRole.AcceptRole
        next(b for b in box.buttons() if box.buttonRole(b) is accept).click()
    else:
        box.reject()
    return box


@pytest.fixture
def gallery(controller, qtbot):
    controller.window.open_paths([SAMPLES])
    view = controller.window.gallery.view
    # A folder is looked into first, and read by a job that follows.
    qtbot.waitUntil(lambda: len(view.photos()) == 4, timeout=_PATIENCE)
    idle(controller, qtbot)
    return view


def test_another_model_is_asked_and_told_beside_the_first(controller, qtbot, gallery):
    gallery.second.menu().aboutToShow.emit()
    names = [action.text() for action in gallery.second.menu().actions()]
    assert "Built-in" not in names
    assert names[-1] == f"{TITLE}…"
    controller.opinions.request_opinion(ModelChoice("Built-in, fast", str(FAST_MODEL)))
    idle(controller, qtbot)
    assert len(gallery.photos()) == 4
    assert "Built-in, fast: " in gallery.detail._others.text()
    gallery.order.setCurrentIndex(list(SortOrder).index(SortOrder.DISAGREE))
    assert gallery.shown.arrangement.order is SortOrder.DISAGREE
    order = [gallery.model.entries[gallery.grid.order.at(n)] for n in range(3)]
    for section in {entry.section for entry in order}:
        gaps = [gallery.opinions.disagreement(e) for e in order if e.section == section]
        assert gaps == sorted(gaps, reverse=True)
    gallery._clear.click()
    assert not gallery.opinions


@pytest.mark.parametrize("order", list(SortOrder))
def test_tiles_are_sorted_as_the_box_says(controller, qtbot, gallery, order):
    gallery.order.setCurrentIndex(list(SortOrder).index(order))
    shown = [gallery.model.entries[gallery.grid.order.at(n)] for n in range(4)]
    for section in {entry.section for entry in shown}:
        here = [entry for entry in shown if entry.section == section]
        keys = {
            SortOrder.NAME: [entry.name.casefold() for entry in here],
            SortOrder.MOST_SURE: [-entry.face.confidence if entry.face else 0 for entry in here],
            SortOrder.LEAST_SURE: [entry.face.confidence if entry.face else 0 for entry in here],
            SortOrder.DISAGREE: [0 for _ in here],
        }[order]
        assert keys == sorted(keys)


def test_nothing_goes_to_rekognition_before_the_user_agrees(controller, qtbot, aws, gallery):
    rekognition = ModelChoice(TITLE, REFERENCE)
    controller.opinions.request_opinion(rekognition)
    idle(controller, qtbot)
    box = answer_box(controller, yes=False)
    assert "Send 4 photos to Amazon Rekognition?" in box.text()
    assert "$0.00" in box.informativeText()
    idle(controller, qtbot)
    assert aws.wire.calls == []
    assert not gallery.opinions
    controller.opinions.request_opinion(rekognition)
    idle(controller, qtbot)
    answer_box(controller, yes=True)
    idle(controller, qtbot)
    assert len(aws.rekognition.billed) == 4
    assert "its own confidence" in gallery.detail._others.text()
    # All of it is known now: nobody is asked again.
    controller.opinions.request_opinion(rekognition)
    idle(controller, qtbot)
    assert len(aws.rekognition.billed) == 4


def test_what_was_lost_on_its_way_is_sent_again_when_the_user_says_so(
    controller, qtbot, aws, gallery
):
    """The program was killed while a photo was at Rekognition: it may have been charged."""
    workspace = controller.services.workspace
    lost = digest(gallery.photos()[0].read_bytes())
    with workspace.open_catalogue() as catalogue:
        PaidAnswers(catalogue, REFERENCE, workspace.paid_answers).note_request(lost)
    controller.opinions.request_opinion(ModelChoice(TITLE, REFERENCE))
    idle(controller, qtbot)
    box = answer_box(controller, yes=True)
    assert "Send 3 photos" in box.text()
    assert "AWS may charge for them again" in box.informativeText()
    idle(controller, qtbot)
    assert len(aws.rekognition.billed) == 3
    controller.opinions.request_opinion(ModelChoice(TITLE, REFERENCE))
    idle(controller, qtbot)
    (box,) = [w for w in controller.window.findChildren(QMessageBox) if w.isVisible()]
    assert box.text() == "Send 1 photo to Amazon Rekognition again?"
    next(b for b in box.buttons() if b.text() == "Send the lost ones again, too").click()
    idle(controller, qtbot)
    assert len(aws.rekognition.billed) == 4


def test_rekognition_is_compared_once_agreed_to(controller, qtbot, aws, tmp_path):
    data = make_data_set(tmp_path / "data", 2, 1)
    models = [ModelChoice("Built-in, fast", str(FAST_MODEL)), ModelChoice(TITLE, REFERENCE)]
    controller.window.show_page(controller.compare._lazy_page)
    controller.compare.compare(LabelledSource(path=str(data)), models)
    idle(controller, qtbot)
    answer_box(controller, yes=True)
    idle(controller, qtbot)
    page = controller.compare.page
    assert [m.calibrated for m in page.comparison.scores.models] == [True, False]
    assert page.overview.accuracy._bars[1].hatched
    assert "not on contempt" in page.overview.scope.text()


def test_why_shows_where_the_model_looked(controller, qtbot, gallery):
    why = gallery.detail.explanation
    controller.window.resize(1000, 560)  # too low for all of the panel
    assert why.ask_heat.isVisible()
    qtbot.mouseClick(why.ask_heat, Qt.MouseButton.LeftButton)
    idle(controller, qtbot)
    assert not why.heat.pixmap().isNull()
    assert gallery.detail.entry.face.emotion in why.heat_text.text()
    assert why.heat.visibleRegion().boundingRect().height() == why.heat.height(), "out of sight"
    qtbot.mouseClick(why.ask_neighbours, Qt.MouseButton.LeftButton)
    idle(controller, qtbot)
    assert "training photos" in why.neighbours_text.text()
    for label in why.neighbours:
        if label.isVisible():
            assert label.visibleRegion().boundingRect().height() == label.height()
    # Another face: nothing is known of it yet.
    gallery.grid.setFocus()
    qtbot.keyClick(gallery.grid, Qt.Key.Key_End)
    assert why.heat.isHidden()


def test_a_face_that_went_away_is_not_explained_beside_another(controller, qtbot, gallery):
    why = gallery.detail.explanation
    why.ask_heat.click()
    order = gallery.grid.order
    other = next(
        order.at(n)
        for n in range(len(order))
        if gallery.model.entries[order.at(n)] is not gallery.detail.entry
    )
    gallery.grid.setCurrentIndex(gallery.model.index(other, 0))
    idle(controller, qtbot)
    assert why.heat.isHidden()
