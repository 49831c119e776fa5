"""The guide's pictures, taken of the real window: ``python -m tests.screenshots [NAME…]``.

Everything in them is made on the spot in a workspace that is thrown away: the sample photos, a
data set of variations of them, a training on it, and a stand-in for Amazon Web Services. Nothing is
sent anywhere. Pictures are the same size each time.
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from emotion_desktop.app import Controller, make_application
from emotion_desktop.assets import SAMPLES
from emotion_desktop.workspace.paths import Workspace
from tests.benchmarks.window import run_until
from tests.faces import make_data_set

ROOT: Final = Path(__file__).resolve().parents[1]
PICTURES: Final = ROOT / "docs" / "pictures"
#: Of the window; dialogs are as large as they are.
SIZE: Final = (1280, 880)
#: Lossy enough to be small, good enough to read small print.
_QUALITY: Final = 82
_PATIENCE_S: Final = 600


class EnoughError(Exception):
    """All pictures that were wanted are taken."""


class Photographer:
    """Works the window as a user would, and takes its picture.

    Args:
        controller: the window and what stands behind it, shown.
        folder: where pictures go.
        wanted: their names; all if empty.
    """

    def __init__(self, controller: Controller, folder: Path, wanted: Sequence[str]) -> None:
        self.controller = controller
        self.window = controller.window
        self._folder = folder
        self._wanted = set(wanted)
        self._all = not wanted

    def until(self, done: Callable[[], object]) -> None:
        """Waits until something is so.

        Raises:
            TimeoutError: it never was.
        """
        if not run_until(lambda: bool(done()), _PATIENCE_S):
            raise TimeoutError("The window never got there.")

    def settle(self) -> None:
        """Waits until no job runs and nothing more is painted."""
        quiet = 0
        while quiet < 3:  # what one job finds may start the next
            self.until(lambda: not self.controller.manager.unfinished())
            QTest.qWait(400)
            quiet = 0 if self.controller.manager.unfinished() else quiet + 1

    def take(self, name: str, widget: QWidget | None = None) -> None:
        """Takes a picture of the window, or of a dialog, if it is wanted.

        Raises:
            EnoughError: it was the last one.
        """
        if not self._all and name not in self._wanted:
            return
        self.window.banner.hide()
        QTest.qWait(300)
        image = (widget or self.window).grab().toImage()
        save(image, self._folder / f"{name}.webp")
        if name == "gallery":
            save(image, self._folder.parent / "screenshot.png")
        self._wanted.discard(name)
        if not self._all and not self._wanted:
            raise EnoughError

    def click(self, widget: QWidget) -> None:
        """A click with the left button."""
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def button(self, inside: QWidget, text: str) -> QPushButton:
        """The visible button with these words."""
        found = [b for b in inside.findChildren(QPushButton) if b.isVisible() and b.text() == text]
        if not found:
            raise LookupError(f"There is no button “{text}”.")
        return found[0]

    def dialog(self, kind: type[QWidget]) -> QWidget:
        """The visible dialog of a kind, once it is there."""

        def shown() -> list[QWidget]:
            return [d for d in self.window.findChildren(kind) if d.isVisible()]

        self.until(shown)
        return shown()[0]

    def theme(self, name: str) -> None:
        """Light or dark colours."""
        settings = self.controller.settings
        settings.save(replace(settings.now, theme=name))
        QTest.qWait(300)


def save(image: QImage, path: Path) -> None:
    """Writes a picture, small: WebP, or PNG of 256 colours."""
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    raw = bytes(image.constBits())
    made = Image.frombytes(
        "RGB", (image.width(), image.height()), raw, "raw", "RGB", image.bytesPerLine()
    )
    if path.suffix == ".png":
        made.quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            path, optimize=True
        )
    else:
        made.save(path, quality=_QUALITY, method=6)


def example_data(folder: Path) -> Path:
    """A data set of variations of the portraits: 40 people, two emotions, three wrong labels.

    Two of the portraits smile, one does not. Labels are spelled in two ways, as people do.

    Returns:
        Its label file.
    """
    make_data_set(folder, 40, 5, emotions=("neutral",), faceless=1, broken=1)
    table = folder / "data" / "legend.csv"
    with table.open(newline="", encoding="utf-8") as file:
        names = [row["image"] for row in csv.DictReader(file)]
    rows = []
    for number, name in enumerate(names):
        smiles = int(name.split("_")[1]) % 3 != 1
        label = "happiness" if smiles else "neutral"
        if number in (10, 83, 157):
            label = "sadness" if smiles else "happiness"
        rows.append((name, label.upper() if number % 7 == 0 else label))
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("image", "emotion"), *rows])
    return table


def gallery(to: Photographer) -> None:
    """The first start, the sample photos, an explanation, a correction."""
    to.take("welcome")
    to.window.open_paths([SAMPLES])
    to.settle()
    view = to.window.gallery.view
    view.detail.explanation.ask_heat.click()
    to.settle()
    to.take("gallery")
    to.theme("dark")
    to.take("gallery-dark")
    to.theme("light")
    view.grid.setFocus()
    QTest.keyClick(view.grid, Qt.Key.Key_8)
    to.settle()
    view.sections.chosen.emit("surprise")
    to.settle()
    to.take("corrected")
    to.controller.services.undo.stack.undo()
    to.settle()


def settings(to: Photographer) -> None:
    """The settings."""
    from emotion_desktop.ui.settings.dialog import SettingsDialog

    to.window.settings_wanted.emit()
    dialog = to.dialog(SettingsDialog)
    to.take("settings", dialog)
    dialog.close()


def data_set(to: Photographer, table: Path) -> None:
    """A label file is imported, checked, and split."""
    dataset = to.controller.dataset
    to.window.open_paths([table])
    to.until(lambda: dataset.importer.dialog is not None)
    dialog = dataset.importer.dialog
    to.until(lambda: not dialog.busy.isVisible())
    to.take("import", dialog)
    dialog.go.click()
    to.settle()
    page = dataset.page
    page.photos.grid.setCurrentIndex(page.photos.model.index(0, 0))
    to.settle()
    to.take("data-set")
    page.show_view(1)
    to.settle()
    to.take("health")
    page.show_view(2)
    view = page.splitting
    to.until(lambda: view.table.rowCount() > 0)
    view.form.method.setCurrentIndex(3)
    view.form.target.setValue(80)
    view.form.name.setText("first")
    to.settle()
    to.take("split")
    view.form.freeze.click()
    to.until(lambda: "first" in view.rows)
    to.settle()


def training(to: Photographer) -> None:
    """A training is set up, runs, and is looked at."""
    controller = to.controller
    controller.training.show()
    to.settle()
    setup = controller.training.page.setup
    setup.choose_split("first")
    setup.preset_buttons["quick"].click()
    to.settle()
    to.take("train")
    setup._advanced.setChecked(True)
    to.take("recipe")
    setup._advanced.setChecked(False)
    to.click(setup.here.button)
    to.settle()
    to.take("run")


def sagemaker(to: Photographer) -> None:
    """What is shown before anything is sent, and a job on its way."""
    from emotion_desktop.ui.sagemaker.account_dialog import AccountDialog
    from emotion_desktop.ui.sagemaker.confirm_dialog import ConfirmDialog

    controller = to.controller
    controller.training.show()
    controller.training.page.show_view(controller.training.page.setup)
    card = controller.sagemaker.card
    to.click(to.button(card, "Account…"))
    account = to.dialog(AccountDialog)
    to.until(lambda: to.button(account, "Look again").isEnabled())
    to.until(lambda: controller.sagemaker.account.is_ready)
    to.take("sagemaker-account", account)
    account.close()
    to.settle()
    to.click(card.button)
    confirm = to.dialog(ConfirmDialog)
    to.take("sagemaker-confirm", confirm)
    to.click(to.button(confirm, "Send and train"))
    to.until(lambda: any(run.stage.is_over for run in controller.sagemaker.registry))
    to.settle()
    to.take("sagemaker-job")


def compare(to: Photographer) -> None:
    """Two models compared, and doubtful labels."""
    controller = to.controller
    to.window.show_page(controller.compare._lazy_page)
    to.settle()
    setup = controller.compare.page.setup
    for row in range(setup.models.count()):
        item = setup.models.item(row)
        chosen = item.text() in ("Built-in", "Built-in, fast")
        item.setCheckState(Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked)
    setup.sources.setCurrentIndex(setup.sources.count() - 1)
    to.click(setup.compare)
    to.settle()
    to.take("compare")
    setup.label_issues.click()
    to.settle()
    to.take("doubtful")


def models(to: Photographer) -> None:
    """The model store."""
    to.window.models_wanted.emit()
    to.settle()
    to.take("models")


@contextmanager
def _workspace() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@contextmanager
def _shown(controller: Controller) -> Iterator[None]:
    try:
        yield
    finally:
        controller.shut_down()


@contextmanager
def _amazon(home: Path) -> Iterator[dict[str, str]]:
    """A stand-in for AWS with an account that has everything; its role and bucket."""
    from tests.stand_ins.aws.server import StandIn

    server = StandIn()
    server.start()
    os.environ.update(server.environment)
    os.environ["AWS_CONFIG_FILE"] = str(home / "no config")
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = str(home / "no credentials")
    server.client("s3").create_bucket(Bucket="emotion-desktop-example")
    try:
        yield {"aws_role": server.role, "aws_bucket": "emotion-desktop-example"}
    finally:
        server.stop()


def main(names: Sequence[str], folder: Path = PICTURES) -> int:
    """Takes the pictures that are named, or all; returns the exit status.

    Args:
        folder: where they go; README's, which is the gallery's, goes beside it.
    """
    app = make_application()
    with _workspace() as home, _amazon(home) as account:
        data = example_data(home / "photos")
        controller = Controller(app, Workspace(home / "workspace"))
        controller.settings.save(replace(controller.settings.now, theme="light", **account))
        window = controller.window
        window.resize(*SIZE)
        controller.start()
        to = Photographer(controller, folder, names)
        run_until(lambda: False, 4)  # the pages behind the first one are made
        with suppress(EnoughError), _shown(controller):
            gallery(to)
            settings(to)
            data_set(to, data)
            training(to)
            compare(to)
            models(to)
            sagemaker(to)
        app.processEvents()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
