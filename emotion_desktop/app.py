"""The window's composition root: the only place where its parts are wired together."""

from __future__ import annotations

import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Slot
from PySide6.QtWidgets import QApplication

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import Batch, JobEvent, JobSpec, JobState, Lane, StateChanged
from emotion_desktop.domain.prediction import PhotoResult
from emotion_desktop.jobs.engine_room import EngineRoom
from emotion_desktop.jobs.journal import LazyJournal
from emotion_desktop.jobs.manager import JobManager
from emotion_desktop.ui.job_bridge import JobBridge
from emotion_desktop.ui.main_window import TITLE, MainWindow
from emotion_desktop.ui.theme import apply_theme
from emotion_desktop.ui.words import model_title
from emotion_desktop.workspace.model_store import ModelStore
from emotion_desktop.workspace.paths import SAMPLES, Workspace, default_workspace
from emotion_desktop.workspace.settings import Settings, load_settings, save_settings

if TYPE_CHECKING:
    from types import TracebackType

    from PySide6.QtGui import QImage

    from emotion_desktop.domain.model import Preprocessing
    from emotion_desktop.ui.widgets.job_row import JobRow

_log = logging.getLogger(__name__)

#: By then the window is on screen. Loading takes turns with the window's thread: not before.
_PAINTED_MS: Final = 150


class Controller(QObject):
    """Starts jobs for what the window asks, and shows the window what they tell."""

    def __init__(self, app: QApplication, workspace: Workspace) -> None:
        super().__init__()
        self._app = app
        self._workspace = workspace
        self._store = ModelStore(workspace.models)
        self._settings = load_settings(workspace.settings)
        self.window = MainWindow(apply_theme(app, self._settings.theme))
        self._room = EngineRoom()
        self._journal = LazyJournal(workspace.catalogue)
        self.manager = JobManager(self._journal)
        self._bridge = JobBridge(self.manager, self)
        self._rows: dict[str, JobRow] = {}
        self._cleared: set[str] = set()
        self._seen_with: tuple[Path, Preprocessing] | None = None
        self._connect()
        self._show_model_name()

    def _connect(self) -> None:
        window = self.window
        window.paths_given.connect(self.classify)
        window.image_pasted.connect(self._classify_image)
        window.data_given.connect(self.evaluate)
        window.model_given.connect(self.import_model)
        window.example_wanted.connect(self._show_example)
        window.settings_wanted.connect(self._change_settings)
        window.log_wanted.connect(self._open_log)
        window.closing.connect(self._close)
        window.gallery.whole_wanted.connect(self._classify_whole)
        window.gallery.clear_wanted.connect(self._clear)
        window.jobs.cancel_wanted.connect(self.manager.cancel)
        window.tabs.currentChanged.connect(self._tab_changed)
        window.model_use_wanted.connect(self._use_model)
        window.model_export_wanted.connect(self._export_model)
        window.model_remove_wanted.connect(self._remove_model)
        self._bridge.happened.connect(self._job_told)
        # Queued: applying a theme sets the scheme itself.
        self._app.styleHints().colorSchemeChanged.connect(
            self._scheme_changed, Qt.ConnectionType.QueuedConnection
        )

    @Slot()
    def get_ready(self) -> None:
        """What can wait until the window is shown."""
        from emotion_desktop.workspace.log import start_log

        start_log(self._workspace.log)
        _ = self.window.gallery.view
        self.warm_up()

    @Slot()
    def warm_up(self) -> None:
        """Loads in the background what the first photo needs."""
        from emotion_desktop.jobs.warm_up import warm_up_job

        try:
            model = self._store.resolve(self._settings.model)
        except AppError:
            self._use_model("builtin")
            return
        self.manager.submit(*warm_up_job(self._room, model))

    # -- verbs ---------------------------------------------------------------------------------

    @Slot(list)
    def classify(self, paths: list[Path], faces: str | None = None) -> None:
        """Classifies files and folders into the gallery."""
        from emotion_desktop.jobs.classify import classify_job

        model = self._model_in_use()
        if model is None:
            return
        self.window.show_gallery()
        self.manager.submit(
            *classify_job(self._room, paths, model, faces or self._settings.faces)
        )

    def _model_in_use(self) -> Path | None:
        """The bundle to read photos with; if it is gone the user is told, and there is none."""
        try:
            return self._store.resolve(self._settings.model)
        except AppError as error:
            self._say(error)
            return None

    @Slot(list)
    def _classify_whole(self, paths: list[Path]) -> None:
        self.classify(paths, "find-or-whole")

    @Slot(object)
    def _classify_image(self, image: QImage) -> None:
        folder = self._workspace.root / "pasted"
        number = 1
        while (path := folder / f"pasted {number}.png").exists():
            number += 1
        try:
            folder.mkdir(parents=True, exist_ok=True)
            saved = image.save(str(path))
        except OSError:
            saved = False
        if saved:
            self.classify([path])
        else:
            self.window.banner.say("The pasted picture could not be kept.", "Is the disk full?")

    @Slot()
    def _show_example(self) -> None:
        self.classify(sorted(SAMPLES.glob("*.jpg")))

    @Slot(object)
    def evaluate(self, data: Path) -> None:
        """Scores the model in use on a labelled data set."""
        from emotion_desktop.jobs.evaluate import evaluate_job

        model = self._model_in_use()
        if model is None:
            return
        self.window.show_scores()
        self.manager.submit(*evaluate_job(self._room, model, data, self._settings.faces))

    @Slot(object)
    def import_model(self, path: Path) -> None:
        """Takes a bundle into the store and shows it."""
        from emotion_desktop.jobs.models import import_model

        try:
            name = import_model(self._store, path)
        except AppError as error:
            self._say(error)
            return
        self.window.banner.say(f"The model “{name}” was imported.")
        self.window.show_models()
        self._show_models()

    @Slot(str)
    def _export_model(self, reference: str) -> None:
        from PySide6.QtWidgets import QFileDialog

        from emotion_desktop.jobs.models import export_model

        name, _ = QFileDialog.getSaveFileName(
            self.window, "Export the model", f"{reference}.emodel", "Models (*.emodel)"
        )
        if not name:
            return
        target = Path(name)
        try:
            # The file dialog has asked already whether a file may be replaced.
            target.unlink(missing_ok=True)
            export_model(self._store, reference, target)
        except OSError:
            self.window.banner.say(f"{target.name} cannot be replaced.", "Choose another name.")
        except AppError as error:
            self._say(error)

    @Slot(str)
    def _remove_model(self, reference: str) -> None:
        from PySide6.QtWidgets import QMessageBox

        box = self.window.ask(
            f"Remove the model “{reference}”?",
            "Its file is deleted from the store. Export it first if you may want it again.",
            "Remove",
        )
        box.buttonClicked.connect(
            lambda button: (
                self._really_remove(reference)
                if box.buttonRole(button) is QMessageBox.ButtonRole.AcceptRole
                else None
            )
        )
        box.open()

    def _really_remove(self, reference: str) -> None:
        try:
            self._store.remove(reference)
        except AppError as error:
            self._say(error)
        if self._settings.model == reference:
            self._use_model("builtin")
        self._show_models()

    @Slot(str)
    def _use_model(self, reference: str) -> None:
        self._keep_settings(replace(self._settings, model=reference))
        self._show_model_name()
        if self.window.models_are_shown:
            self._show_models()
        self.warm_up()

    @Slot()
    def _clear(self) -> None:
        for record in self.manager.unfinished():
            if record.spec.kind == "classify":
                self._cleared.add(record.spec.id)
                self.manager.cancel(record.spec.id)
        self.window.gallery.clear()

    # -- what jobs tell ------------------------------------------------------------------------

    @Slot(object, object)
    def _job_told(self, spec: JobSpec, event: JobEvent) -> None:
        if spec.kind == "warm-up":
            return
        self.window.jobs.tell(spec, event)
        self._show_activity(spec, event)
        if isinstance(event, Batch) and spec.kind == "classify":
            results = [item for item in event.items if isinstance(item, PhotoResult)]
            # What was on its way when the gallery was cleared is not wanted any more.
            if spec.id not in self._cleared:
                need = self._preprocessing(Path(spec.parameters["model"]))
                self.window.gallery.add(results, need)
        elif isinstance(event, StateChanged) and event.state.final:
            self._job_ended(spec, event)

    def _job_ended(self, spec: JobSpec, event: StateChanged) -> None:
        outcome = event.outcome
        if outcome is None:
            return
        if event.state is JobState.FAILED:
            self.window.banner.say(outcome.message, outcome.hint)
        elif event.state is JobState.SUCCEEDED and spec.kind == "classify":
            if not any(outcome.result.values()):
                self.window.banner.say(
                    "No photos were found there.", "Drop photos, or a folder that holds some."
                )
        elif event.state is JobState.SUCCEEDED and spec.kind == "evaluate":
            from emotion_desktop.domain.scores import Scores

            self.window.scores.show_scores(
                Path(spec.parameters["data"]).name,
                self.window.model_button.text().removeprefix("Model: "),
                Scores.from_dict(outcome.result),
            )

    def _show_activity(self, spec: JobSpec, event: JobEvent) -> None:
        """A job that runs is in sight below the pages, with its Cancel."""
        from emotion_desktop.ui.widgets.job_row import JobRow

        row = self._rows.get(spec.id)
        if row is None:
            if isinstance(event, StateChanged) and event.state.final:
                return
            row = self._rows[spec.id] = JobRow(spec)
            row.cancel_wanted.connect(self.manager.cancel)
            self.window.activity.addWidget(row)
        row.tell(event)
        if row.state.final:
            del self._rows[spec.id]
            self.window.activity.removeWidget(row)
            row.hide()
            row.deleteLater()
        running = self.window.jobs.running()
        self.window.jobs_button.setText(f"Jobs ({running} running)" if running else "Jobs")

    def _preprocessing(self, model: Path) -> Preprocessing:
        """How a model looks at faces: the detail view shows what it saw."""
        from emotion_desktop.engines.bundle import read_bundle

        if self._seen_with is None or self._seen_with[0] != model:
            self._seen_with = (model, read_bundle(model).card.preprocessing)
        return self._seen_with[1]

    # -- models, settings, colours -------------------------------------------------------------

    @Slot(int)
    def _tab_changed(self, _: int) -> None:
        if self.window.models_are_shown:
            self._show_models()

    def _show_models(self) -> None:
        from emotion_desktop.jobs.models import list_models

        self.window.models.show_models(list_models(self._store), self._settings.model)

    def _show_model_name(self) -> None:
        self.window.model_button.setText(f"Model: {model_title(self._settings.model)}")

    @Slot()
    def _change_settings(self) -> None:
        from emotion_desktop.ui.settings_dialog import SettingsDialog

        dialog = SettingsDialog(self._settings, self.window)
        dialog.accepted.connect(lambda: self._keep_settings(dialog.settings))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _keep_settings(self, settings: Settings) -> None:
        self._settings = settings
        self._scheme_changed()
        try:
            save_settings(self._workspace.settings, settings)
        except AppError as error:
            self._say(error)

    @Slot()
    def _scheme_changed(self) -> None:
        """The desktop's scheme or the user's choice changed."""
        self.window.gallery.set_theme(apply_theme(self._app, self._settings.theme))

    @Slot()
    def _open_log(self) -> None:
        log = self._workspace.log
        if log.exists():
            from PySide6.QtGui import QDesktopServices

            QDesktopServices.openUrl(QUrl.fromLocalFile(str(log)))
        else:
            self.window.banner.say("The log is still empty.")

    def _say(self, error: AppError) -> None:
        _log.info("told the user: %s", error)
        self.window.banner.say(error.message, error.hint)

    def report_bug(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """An exception nobody caught: logged in full, told in a sentence."""
        _log.error("uncaught", exc_info=(kind, error, trace))
        self.window.banner.say(
            f"Something unexpected went wrong ({kind.__name__}).", "The log (Help menu) says more."
        )

    # -- the end -------------------------------------------------------------------------------

    @Slot()
    def _close(self) -> None:
        from PySide6.QtWidgets import QMessageBox

        long_ones = [r for r in self.manager.unfinished() if r.spec.lane is Lane.COMPUTE]
        if not long_ones:
            self.shut_down()
            return
        box = self.window.ask(
            "Stop the work that is running?",
            "\n".join(record.spec.title for record in long_ones),
            "Stop and quit",
        )
        box.buttonClicked.connect(
            lambda button: (
                self.shut_down()
                if box.buttonRole(button) is QMessageBox.ButtonRole.AcceptRole
                else None
            )
        )
        box.open()

    def shut_down(self) -> None:
        """Closes the window, then ends all background work: nobody looks at a frozen window."""
        self.window.may_close = True
        self.window.close()
        self._bridge.close()
        self.manager.shutdown()
        self._journal.close()
        self.window.gallery.stop()
        self._app.quit()


def main(arguments: list[str]) -> int:
    """Opens the window; returns the exit status.

    Args:
        arguments: files and folders to classify at once.
    """
    app = QApplication([sys.argv[0]])
    app.setApplicationName(TITLE)
    app.setDesktopFileName("emotion-desktop")
    app.setStyle("fusion")
    workspace = Workspace(default_workspace())
    controller = Controller(app, workspace)
    sys.excepthook = controller.report_bug
    controller.window.show()
    paths = [Path(argument) for argument in arguments]
    QTimer.singleShot(0 if paths else _PAINTED_MS, controller, controller.get_ready)
    if paths:
        QTimer.singleShot(0, controller, lambda: controller.window.give(paths))
    return app.exec()
