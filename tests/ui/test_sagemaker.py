"""Amazon SageMaker in the window: account, confirmation, watching, leaving, coming back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton

from emotion_desktop.app import Controller
from emotion_desktop.domain.sagemaker import Stage
from emotion_desktop.ui.sagemaker.account_dialog import AccountDialog
from emotion_desktop.ui.sagemaker.clean_dialog import CleanDialog
from emotion_desktop.ui.sagemaker.confirm_dialog import ConfirmDialog
from emotion_desktop.ui.sagemaker.transform_dialog import TransformDialog
from emotion_desktop.ui.settings.dialog import SettingsDialog
from emotion_desktop.ui.widgets.job_row import JobRow
from emotion_desktop.workspace.paths import Workspace
from emotion_desktop.workspace.settings import Settings, save_settings
from tests.stand_ins.aws.server import SECRETS
from tests.unit.jobs.sagemaker_rig import BUCKET, SPLIT, fill, make_faces

_PATIENCE = 40_000
# The offscreen platform's own complaint about dialogs.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", "raise", "grabbing the keyboard")


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return make_faces(tmp_path_factory.mktemp("photos") / "data")


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr("emotion_desktop.jobs.sagemaker.backoff.Backoff.seconds", 0.05)
    monkeypatch.setattr(
        "emotion_desktop.jobs.sagemaker.import_trained._CalibratorAndScorer._parity",
        lambda *_: {"photos": 0},
    )


@pytest.fixture
def open_window(qapp: QApplication, qtbot, aws, tmp_path, photos):
    """Opens the window on a workspace with a split, as often as asked; closes what is left."""
    workspace = Workspace(tmp_path / "workspace")
    fill(workspace, photos)
    aws.client("s3").create_bucket(Bucket=BUCKET)
    made = []

    def open_it(**settings) -> Controller:
        if settings:
            save_settings(workspace.settings, Settings(**settings))
        qapp.setStyle("fusion")
        controller = Controller(qapp, workspace)
        controller.window.show()
        qtbot.waitExposed(controller.window)
        controller.get_ready()
        made.append(controller)
        return controller

    yield open_it
    for controller in made:
        if not controller.window.may_close:
            controller.shut_down()
        controller.window.deleteLater()
        controller.deleteLater()
    qapp.processEvents()


def ready(open_window, qtbot, aws) -> Controller:
    """A window whose account has everything, on the training tab with the split chosen."""
    controller = open_window(aws_role=aws.role, aws_bucket=BUCKET)
    controller.training.show()
    setup = controller.training.page.setup
    qtbot.waitUntil(lambda: setup.split is not None, timeout=_PATIENCE)
    setup.preset_buttons["quick"].click()
    qtbot.waitUntil(lambda: controller.sagemaker.account.is_ready, timeout=_PATIENCE)
    return controller


def dialog_of(controller, qtbot, kind):
    window = controller.window
    qtbot.waitUntil(
        lambda: any(d.isVisible() for d in window.findChildren(kind)), timeout=_PATIENCE
    )
    return next(d for d in window.findChildren(kind) if d.isVisible())


def shown(widget, text):
    return any(b.text() == text and b.isVisible() for b in widget.findChildren(QPushButton))


def press(qtbot, widget, text):
    button = next(b for b in widget.findChildren(QPushButton) if b.text() == text and b.isVisible())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def run_of(controller):
    (run,) = controller.sagemaker.registry
    return run


def test_three_clicks_with_the_cost_confirmed(open_window, qtbot, aws):
    controller = ready(open_window, qtbot, aws)
    card = controller.sagemaker.card
    assert card.account.text().startswith("123456789012 · ")
    assert "arn:aws:" in card.account.toolTip()
    before = len(aws.wire.calls)
    qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    dialog = dialog_of(controller, qtbot, ConfirmDialog)
    text = "\n".join(dialog.texts)
    assert "The faces on" in text
    assert "at most $1.48" in text
    assert "123456789012" in text
    # Nothing went over the wire for the offer.
    assert len(aws.wire.calls) == before
    assert {"PutObject", "UploadPart", "CreateTrainingJob"}.isdisjoint(aws.wire.operations())
    dialog.reject()
    qtbot.wait(200)
    assert {"PutObject", "CreateTrainingJob"}.isdisjoint(aws.wire.operations())
    assert list(controller.sagemaker.registry) == []
    qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    press(qtbot, dialog_of(controller, qtbot, ConfirmDialog), "Send and train")
    qtbot.waitUntil(
        lambda: any(r.stage is Stage.DONE for r in controller.sagemaker.registry),
        timeout=_PATIENCE,
    )
    view = controller.sagemaker.view
    qtbot.waitUntil(view.buttons["use"].isVisible, timeout=_PATIENCE)
    assert "Saved checkpoint" in view.log.toPlainText()
    assert "Done" in view.timeline.accessibleDescription()
    press(qtbot, view, "Use in the gallery")
    assert controller.settings.now.model == run_of(controller).result
    assert controller.window.is_shown(controller.window.gallery)


def test_this_recipe_is_chosen_beside_amazons_algorithm(open_window, qtbot, aws):
    controller = ready(open_window, qtbot, aws)
    card, setup = controller.sagemaker.card, controller.training.page.setup
    qtbot.waitUntil(card.button.isEnabled, timeout=_PATIENCE)
    kinds = {card.kind.itemData(index) for index in range(card.kind.count())}
    assert "ml.c5.2xlarge" not in kinds, "Amazon's algorithm needs a GPU"
    card.count.setValue(2)
    card.algorithm.setCurrentIndex(card.algorithm.findText("This recipe (TensorFlow container)"))
    kinds = {card.kind.itemData(index) for index in range(card.kind.count())}
    assert {"ml.g4dn.xlarge", "ml.c5.2xlarge"} <= kinds
    assert "ml.p2.xlarge" not in kinds
    assert not card.count.isVisible()
    assert card.machines.count == 1
    card.kind.setCurrentIndex(card.kind.findData("ml.c5.2xlarge"))
    assert any("this recipe" in label.text() for label in card.findChildren(QLabel))
    setup.drawer.show_recipe(setup.recipe, replace(setup.recipe, epochs=7), 3)
    aws.quotas.set("ml.c5.2xlarge", 1)
    # AWS is asked about the other machine once nothing more is chosen.
    account = controller.sagemaker.account
    qtbot.waitUntil(lambda: not account._examine_soon.isActive(), timeout=_PATIENCE)
    qtbot.waitUntil(lambda: account.is_ready, timeout=_PATIENCE)
    qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    dialog = dialog_of(controller, qtbot, ConfirmDialog)
    text = "\n".join(dialog.texts)
    assert "This program's code for trainings" in text
    assert "The sealed test photos stay here." in text
    assert "at most $0.82 (1 × $0.408 an hour in us-east-1" in text
    assert any("epochs 7" in label.text() for label in dialog.findChildren(QLabel))
    assert {"PutObject", "CreateTrainingJob"}.isdisjoint(aws.wire.operations())
    agreed = []
    controller.sagemaker.registry.begin = agreed.append
    press(qtbot, dialog, "Send and train")
    request = agreed[0].request
    assert (request["recipe"]["epochs"], request["seed"]) == (7, 3)
    assert request["machines"]["kind"] == "ml.c5.2xlarge"
    assert agreed[0].trains_recipe


def test_the_window_goes_and_comes_while_it_trains(open_window, qtbot, aws):
    aws.training.plan.epoch_pace = 0.3
    first = ready(open_window, qtbot, aws)
    qtbot.mouseClick(first.sagemaker.card.button, Qt.MouseButton.LeftButton)
    press(qtbot, dialog_of(first, qtbot, ConfirmDialog), "Send and train")
    qtbot.waitUntil(lambda: any(r.history for r in first.sagemaker.registry), timeout=_PATIENCE)
    first.window.close()
    qtbot.waitUntil(lambda: first.window.may_close, timeout=_PATIENCE)
    assert aws.wire.count("StopTrainingJob") == 0
    second = open_window()
    qtbot.waitUntil(
        lambda: any(r.stage is Stage.DONE for r in second.sagemaker.registry),
        timeout=_PATIENCE,
    )
    assert aws.wire.count("CreateTrainingJob") == 1
    assert run_of(second).result in second.services.store.names()


def test_stop_cancel_and_forget(open_window, qtbot, aws):
    aws.training.plan.epoch_pace = 30
    controller = ready(open_window, qtbot, aws)
    qtbot.mouseClick(controller.sagemaker.card.button, Qt.MouseButton.LeftButton)
    press(qtbot, dialog_of(controller, qtbot, ConfirmDialog), "Send and train")
    view = controller.sagemaker.view
    qtbot.waitUntil(view.buttons["stop"].isVisible, timeout=_PATIENCE)
    press(qtbot, view, "Cancel…")
    box = dialog_of(controller, qtbot, QMessageBox)
    press(qtbot, box, "Cancel the job")
    qtbot.waitUntil(lambda: run_of(controller).stage is Stage.STOPPED, timeout=_PATIENCE)
    assert aws.wire.count("StopTrainingJob") == 1
    qtbot.waitUntil(view.buttons["forget"].isVisible, timeout=_PATIENCE)
    press(qtbot, view, "Forget…")
    press(qtbot, dialog_of(controller, qtbot, QMessageBox), "Forget it")
    qtbot.waitUntil(lambda: not list(controller.sagemaker.registry), timeout=_PATIENCE)


def test_a_problem_has_its_button_and_is_gone_on_with(open_window, qtbot, aws):
    controller = ready(open_window, qtbot, aws)
    aws.quotas.set("ml.g4dn.xlarge", 0)
    qtbot.mouseClick(controller.sagemaker.card.button, Qt.MouseButton.LeftButton)
    press(qtbot, dialog_of(controller, qtbot, ConfirmDialog), "Send and train")
    view = controller.sagemaker.view
    qtbot.waitUntil(view.problem.isVisible, timeout=_PATIENCE)
    assert "may use no ml.g4dn.xlarge" in view.problem.text()
    qtbot.waitUntil(view.buttons["resume"].isVisible, timeout=_PATIENCE)
    press(qtbot, view, "Choose another machine")
    kinds = controller.sagemaker.card.kind
    assert kinds.view().isVisible()
    kinds.hidePopup()
    controller.sagemaker.show_jobs()
    aws.quotas.reset()
    aws.faults.add(
        "CreateTrainingJob",
        code="AccessDeniedException",
        status=400,
        message="User is not authorized to perform: iam:PassRole on resource: r",
    )
    press(qtbot, view, "Go on")
    qtbot.waitUntil(lambda: shown(view, "Copy the policy"), timeout=_PATIENCE)
    assert shown(view, "Account…"), "another role may be chosen"
    press(qtbot, view, "Copy the policy")
    assert "iam:PassRole" in QGuiApplication.clipboard().text()
    qtbot.waitUntil(view.buttons["resume"].isVisible, timeout=_PATIENCE)
    press(qtbot, view, "Go on")
    assert not controller.window.banner.isVisible(), "what was said of the trouble is over"
    qtbot.waitUntil(lambda: run_of(controller).stage is Stage.DONE, timeout=_PATIENCE)


def test_the_account_is_not_asked_for_before_the_user_wants_it(open_window, qtbot, aws):
    controller = open_window()
    controller.training.show()
    qtbot.waitUntil(lambda: controller.training.page.setup.split is not None, timeout=_PATIENCE)
    qtbot.wait(300)
    assert aws.wire.calls == []
    # The first click leads to the account, which is put together by choosing.
    qtbot.mouseClick(controller.sagemaker.card.button, Qt.MouseButton.LeftButton)
    dialog = dialog_of(controller, qtbot, AccountDialog)
    qtbot.waitUntil(lambda: controller.settings.now.aws_role == aws.role, timeout=_PATIENCE)
    box = dialog.fields["bucket"]
    qtbot.waitUntil(lambda: box.findData(BUCKET) > 0, timeout=_PATIENCE)
    box.setCurrentIndex(box.findData(BUCKET))
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(lambda: controller.sagemaker.account.is_ready, timeout=_PATIENCE)
    assert controller.settings.now.aws_bucket == BUCKET
    dialog.reject()


def test_each_finding_has_its_button(open_window, qtbot, aws):
    controller = open_window(aws_role=aws.role)
    controller.training.show()
    controller.sagemaker.account.show()
    dialog = dialog_of(controller, qtbot, AccountDialog)
    qtbot.waitUntil(
        lambda: shown(dialog, "Make one"),
        timeout=_PATIENCE,
    )
    press(qtbot, dialog, "Make one")
    press(qtbot, dialog_of(controller, qtbot, QMessageBox), "Make it")
    qtbot.waitUntil(
        lambda: controller.settings.now.aws_bucket.startswith("sagemaker-emotion-desktop-"),
        timeout=_PATIENCE,
    )
    aws.faults.add(
        "ListRoles",
        code="AccessDenied",
        status=403,
        times=5,
        message="User: x is not authorized to perform: iam:ListRoles on resource: *",
    )
    qtbot.waitUntil(dialog.again.isEnabled, timeout=_PATIENCE)
    press(qtbot, dialog, "Look again")
    qtbot.waitUntil(
        lambda: shown(dialog, "Copy the policy"),
        timeout=_PATIENCE,
    )
    press(qtbot, dialog, "Copy the policy")
    assert "iam:PassRole" in QGuiApplication.clipboard().text()
    aws.faults.add("GetCallerIdentity", code="ExpiredToken", status=403, times=5)
    qtbot.waitUntil(dialog.again.isEnabled, timeout=_PATIENCE)
    press(qtbot, dialog, "Look again")
    qtbot.waitUntil(
        lambda: shown(dialog, "Sign in again"),
        timeout=_PATIENCE,
    )
    dialog.reject()


def test_each_kind_of_machine_has_its_quota_read_before_a_launch(open_window, qtbot, aws):
    controller = ready(open_window, qtbot, aws)
    card = controller.sagemaker.card
    aws.quotas.set("ml.g5.xlarge", 0)
    card.kind.setCurrentIndex(card.kind.findData("ml.g5.xlarge"))
    qtbot.waitUntil(lambda: "may use no ml.g5.xlarge" in card.account.text(), timeout=_PATIENCE)
    qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    dialog = dialog_of(controller, qtbot, AccountDialog)
    qtbot.waitUntil(lambda: shown(dialog, "Choose another machine"), timeout=_PATIENCE)
    qtbot.wait(50)
    for text in dialog.findChildren(QLabel):
        if text.wordWrap() and text.isVisible():
            assert text.height() >= text.heightForWidth(text.width()), f"cut: {text.text()}"
    press(qtbot, dialog, "Choose another machine")
    assert not dialog.isVisible()
    assert card.kind.view().isVisible()
    card.kind.hidePopup()
    card.kind.setCurrentIndex(card.kind.findData("ml.g4dn.xlarge"))
    qtbot.waitUntil(lambda: card.account.text().endswith("Ready."), timeout=_PATIENCE)
    assert aws.wire.count("PutObject") == 0


def test_without_a_region_one_is_chosen(open_window, qtbot, aws, monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    controller = open_window(aws_role=aws.role)
    controller.training.show()
    controller.sagemaker.account.show()
    dialog = dialog_of(controller, qtbot, AccountDialog)
    qtbot.waitUntil(lambda: shown(dialog, "Choose a region"), timeout=_PATIENCE)
    press(qtbot, dialog, "Choose a region")
    box = dialog.fields["region"]
    assert box.view().isVisible()
    box.hidePopup()
    box.setCurrentIndex(box.findData("eu-west-1"))
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(lambda: "123456789012" in dialog.who.text(), timeout=_PATIENCE)
    assert controller.settings.now.aws_region == "eu-west-1"
    assert "eu-west-1" in controller.sagemaker.card.account.text()
    dialog.reject()


def test_without_credentials_a_profile_is_chosen(open_window, qtbot, aws, monkeypatch, tmp_path):
    for name in SECRETS:
        monkeypatch.delenv(name)
    for name in ("config", "credentials"):
        monkeypatch.setenv(
            "AWS_CONFIG_FILE" if name == "config" else "AWS_SHARED_CREDENTIALS_FILE",
            str(tmp_path / name),
        )
    (tmp_path / "credentials").write_text(
        "[work]\naws_access_key_id=AKIAWORKWORKWORK0000\naws_secret_access_key=x\n"
    )
    controller = open_window(aws_role=aws.role)
    controller.training.show()
    controller.sagemaker.account.show()
    dialog = dialog_of(controller, qtbot, AccountDialog)
    qtbot.waitUntil(lambda: shown(dialog, "Choose a profile"), timeout=_PATIENCE)
    assert "No AWS credentials" in "".join(t.text() for t in dialog.findChildren(QLabel))
    box = dialog.fields["profile"]
    box.setCurrentIndex(box.findData("work"))
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(lambda: "123456789012" in dialog.who.text(), timeout=_PATIENCE)
    assert controller.settings.now.aws_profile == "work"
    dialog.reject()


def test_signing_in_again_is_one_click(open_window, qtbot, aws, monkeypatch, tmp_path):
    """AWS's own program signs in; a fresh session then knows it."""
    for name in SECRETS:
        monkeypatch.delenv(name)
    config = tmp_path / "config"
    config.write_text(
        "[profile work]\nsso_session=s\nsso_account_id=123456789012\nsso_role_name=r\n"
        "region=us-east-1\n[sso-session s]\nsso_start_url=https://example.com/start\n"
        "sso_region=us-east-1\n"
    )
    signed_in = tmp_path / "signed in"
    signed_in.write_text(
        "[profile work]\nregion=us-east-1\naws_access_key_id=AKIAWORKWORKWORK0000\n"
        "aws_secret_access_key=x\n"
    )
    program = tmp_path / "aws"
    program.write_text(f"#!/bin/sh\ncp '{signed_in}' '{config}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    controller = open_window(aws_role=aws.role, aws_profile="work")
    controller.training.show()
    controller.sagemaker.account.show()
    dialog = dialog_of(controller, qtbot, AccountDialog)
    qtbot.waitUntil(lambda: shown(dialog, "Sign in again"), timeout=_PATIENCE)
    assert "123456789012" not in dialog.who.text()
    press(qtbot, dialog, "Sign in again")
    qtbot.waitUntil(lambda: "123456789012" in dialog.who.text(), timeout=_PATIENCE)
    assert not shown(dialog, "Sign in again")
    dialog.reject()


def test_cleaning_up(open_window, qtbot, aws):
    s3 = aws.client("s3")
    s3.put_object(Bucket=BUCKET, Key="emotion-desktop/runs/old/run.json", Body=b"x" * 1000)
    s3.put_object(Bucket=BUCKET, Key="mine.jpg", Body=b"x")
    controller = ready(open_window, qtbot, aws)
    press(qtbot, controller.sagemaker.card, "Clean up…")
    dialog = dialog_of(controller, qtbot, CleanDialog)
    qtbot.waitUntil(lambda: dialog.tree.topLevelItemCount() == 1, timeout=_PATIENCE)
    assert not dialog.delete.isEnabled()
    dialog.tree.topLevelItem(0).setCheckState(0, Qt.CheckState.Checked)
    press(qtbot, dialog, "Delete 1")
    press(qtbot, dialog_of(controller, qtbot, QMessageBox), "Delete")
    qtbot.waitUntil(lambda: dialog.tree.topLevelItemCount() == 0, timeout=_PATIENCE)
    assert [o["Key"] for o in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["mine.jpg"]
    dialog.reject()


def test_without_a_split_nothing_can_be_sent(qapp, controller, qtbot, aws):
    controller.training.show()
    qtbot.waitUntil(lambda: controller.sagemaker.card is not None, timeout=_PATIENCE)
    assert not controller.sagemaker.card.button.isEnabled()
    assert SPLIT not in controller.sagemaker.card.note.text()
    assert "Choose a split first" in controller.sagemaker.card.note.text()


def test_many_photos_are_classified_there(open_window, qtbot, aws, photos):
    controller = ready(open_window, qtbot, aws)
    card = controller.sagemaker.card
    assert not card.classify.isVisible(), "there is no model yet that was trained there"
    qtbot.mouseClick(card.button, Qt.MouseButton.LeftButton)
    press(qtbot, dialog_of(controller, qtbot, ConfirmDialog), "Send and train")
    qtbot.waitUntil(
        lambda: any(r.stage is Stage.DONE for r in controller.sagemaker.registry),
        timeout=_PATIENCE,
    )
    press(qtbot, controller.sagemaker.view, "‹ Train a model")
    qtbot.waitUntil(card.classify.isVisible, timeout=_PATIENCE)
    press(qtbot, card, "Classify there…")
    dialog = dialog_of(controller, qtbot, TransformDialog)
    assert not dialog.proceed.isEnabled()
    dialog.source.setText(str(photos / "images"))
    press(qtbot, dialog, "See the cost…")
    box = dialog_of(controller, qtbot, QMessageBox)
    assert "at most $0.74" in box.informativeText()
    aws.wire.clear()
    qtbot.wait(200)
    assert {"PutObject", "UploadPart", "CreateModel", "CreateTransformJob"}.isdisjoint(
        aws.wire.operations()
    )
    press(qtbot, box, "Send and classify")
    done = lambda: [  # noqa: E731
        r for r in controller.sagemaker.registry if r.kind == "transform" and r.stage is Stage.DONE
    ]
    qtbot.waitUntil(lambda: bool(done()), timeout=_PATIENCE)
    view = controller.sagemaker.view
    assert view.current == done()[0].name, "what was just begun is in front"
    assert not view.log.isVisible(), "a batch transform has no log"
    assert "Classify done" in view.timeline.accessibleDescription()
    press(qtbot, view, "Show in the gallery")
    entries = controller.window.gallery.view.model.entries
    qtbot.waitUntil(
        lambda: len(controller.window.gallery.view.model.entries) == 26, timeout=_PATIENCE
    )
    assert entries is not None
    assert controller.settings.now.model == done()[0].request["model"]


def test_prices_of_ones_own(open_window, qtbot, aws):
    controller = ready(open_window, qtbot, aws)
    dialog = SettingsDialog(controller.settings.now, controller.window)
    dialog.typed["aws_prices"].setText("ml.g4dn.xlarge=0.5")
    controller.settings.save(dialog.settings)
    facts = [text.text() for text in controller.sagemaker.card.findChildren(QLabel)]
    assert any("at most $1.00" in fact for fact in facts)
    dialog.typed["aws_prices"].setText("cheap")
    controller.settings.save(dialog.settings)
    assert "no price of a machine" in controller.window.banner.text
    dialog.deleteLater()


def test_what_costs_money_is_not_cancelled_by_the_way(open_window, qtbot, aws):
    aws.training.plan.epoch_pace = 30
    controller = ready(open_window, qtbot, aws)
    qtbot.mouseClick(controller.sagemaker.card.button, Qt.MouseButton.LeftButton)
    press(qtbot, dialog_of(controller, qtbot, ConfirmDialog), "Send and train")
    qtbot.waitUntil(lambda: bool(list(controller.sagemaker.registry)), timeout=_PATIENCE)

    def rows() -> list[JobRow]:
        return [row for row in controller.window.findChildren(JobRow) if row.isVisible()]

    qtbot.waitUntil(lambda: bool(rows()), timeout=_PATIENCE)
    assert not any(shown(row, "Cancel") for row in rows())
