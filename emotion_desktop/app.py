"""The window's composition root: the only place where its parts are wired together."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from emotion_desktop.domain.errors import SEE_LOG, AppError
from emotion_desktop.domain.job import Lane
from emotion_desktop.jobs.resources import Resources
from emotion_desktop.jobs.running.journal import LazyJournal
from emotion_desktop.jobs.running.manager import JobManager
from emotion_desktop.ui.compare.controller import CompareController
from emotion_desktop.ui.dataset.controller import DatasetController
from emotion_desktop.ui.drop_controller import DropController
from emotion_desktop.ui.gallery.controller import GalleryController
from emotion_desktop.ui.gallery.explanation_controller import ExplanationController
from emotion_desktop.ui.gallery.opinions_controller import OpinionsController
from emotion_desktop.ui.idle_queue import IdleQueue, imports
from emotion_desktop.ui.jobs.bridge import JobBridge
from emotion_desktop.ui.jobs.controller import JobsController
from emotion_desktop.ui.main_window import TITLE, MainWindow
from emotion_desktop.ui.models.controller import ModelsController
from emotion_desktop.ui.plot_library import PlotLibrary
from emotion_desktop.ui.sagemaker.controller import SageMakerController
from emotion_desktop.ui.services import Services
from emotion_desktop.ui.settings.current_settings import CurrentSettings
from emotion_desktop.ui.theme import apply_theme
from emotion_desktop.ui.training.controller import TrainingController
from emotion_desktop.ui.undo import UndoHistory
from emotion_desktop.ui.window_memory import WindowMemory
from emotion_desktop.workspace.paths import Workspace, default_workspace

if TYPE_CHECKING:
    from types import TracebackType

_log = logging.getLogger(__name__)

#: By then the window is on screen. Loading takes turns with the window's thread: not before.
_PAINTED_MS: Final = 150
#: Who wants an answer to a photo at once has it by then; other pages are got ready after it.
_IDLE_MS: Final = 2500
#: How long a thread computes before another one may, seconds.
_SWITCH_S: Final = 0.0005
#: What the gallery's view is made of.
_GALLERY: Final = (
    "ui.gallery.entries",
    "ui.gallery.detail",
    "ui.widgets.section_grid",
    "ui.gallery.view",
)


class Controller(QObject):
    """Makes the window and what stands behind it, and ends it all."""

    #: The window is about to close for good.
    ending = Signal()

    def __init__(self, app: QApplication, workspace: Workspace) -> None:
        super().__init__()
        self._app = app
        self.settings = CurrentSettings(workspace.settings, self)
        self._theme = apply_theme(app, self.settings.now.theme)
        self.window = MainWindow(self._theme)
        self._journal = LazyJournal(workspace.catalogue)
        self._resources = Resources(workspace)
        self.manager = JobManager(self._resources, self._journal)
        self._job_bridge = JobBridge(self.manager, self)
        self._idle_queue = IdleQueue(self)
        self.services = Services(
            workspace=workspace,
            store=self._resources.store,
            models=self._resources.models,
            manager=self.manager,
            jobs=self._job_bridge,
            settings=self.settings,
            window=self.window,
            undo=UndoHistory(self._job_bridge, self),
            idle_queue=self._idle_queue,
            plots=PlotLibrary(self._idle_queue, self._job_bridge, self),
            objects=self._resources.objects,
        )
        self.window.use_undo(self.services.undo.stack)
        self.jobs = JobsController(self.services, self)
        self.gallery = GalleryController(self.services, self)
        self.opinions = OpinionsController(self.services, self)
        self.why = ExplanationController(self.services, self)
        self.dataset = DatasetController(self.services, self)
        self.drops = DropController(self.services, self)
        self.drops.photos_given.connect(self.gallery.classify)
        self.drops.data_given.connect(self.dataset.import_source)
        self.window.gallery.view_made.connect(
            lambda view: view.clear_wanted.connect(self.drops.forget)
        )
        self.compare = CompareController(self.services, self._theme, self)
        self.training = TrainingController(self.services, self._theme, self)
        self.sagemaker = SageMakerController(self.services, self._theme, self)
        self.training.page_made.connect(self.sagemaker.furnish)
        self.sagemaker.model_wanted.connect(self._use_model)
        self.models = ModelsController(self.services, self)
        self.models.compare_wanted.connect(self.compare.offer)
        self.models.renamed.connect(self.training.registry.rename_model)
        self.memory = WindowMemory(workspace.window, self.window, self.gallery, self)
        self._takes_up = False
        self.training.model_wanted.connect(self._use_model)
        # A timer that ends with the window: nothing may be started once it closes.
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self.training.get_ready)
        self._idle.timeout.connect(self.dataset.get_ready)
        self._idle.timeout.connect(self._mend_launcher)
        self.window.settings_wanted.connect(self._change_settings)
        self.window.theme_wanted.connect(
            lambda theme: self._keep_settings(replace(self.settings.now, theme=theme))
        )
        self.window.about_wanted.connect(self._show_about)
        self.window.log_wanted.connect(self._open_log)
        self.window.closing.connect(self._close)
        self.settings.changed.connect(self._scheme_changed)
        # Queued: applying a theme sets the scheme itself.
        app.styleHints().colorSchemeChanged.connect(
            self._scheme_changed, Qt.ConnectionType.QueuedConnection
        )

    def start(self, paths: Sequence[Path] = ()) -> None:
        """Shows the window as it was left, and classifies what it was started with: only if that
        is nothing, the photos of before come back."""
        self.memory.take_up()
        self.window.show()
        self._takes_up = not paths
        QTimer.singleShot(0 if paths else _PAINTED_MS, self, self.get_ready)
        if paths:
            QTimer.singleShot(0, self, lambda: self.window.open_paths(list(paths)))

    @Slot()
    def get_ready(self) -> None:
        """What can wait until the window is shown, one thing after another."""
        self._idle_queue.add(
            self._start_log,
            *imports(_GALLERY),
            lambda: self.window.gallery.view,
            # Loading takes turns with the window's thread: the view is made sooner without.
            self.models.warm_up,
            self.services.undo.read_history,
            self.sagemaker.load_runs,
            self._take_up,
            # What is loaded by now stays: looking through it for garbage stalls the window.
            gc.freeze,
            lambda: self._idle.start(_IDLE_MS),
        )

    @Slot(list)
    def take_over(self, paths: list[Path]) -> None:
        """Opens what another start was given, and brings the window to the front."""
        window = self.window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
        if paths:
            window.open_paths(paths)

    def _take_up(self) -> None:
        if self._takes_up:
            self.memory.take_up_content()

    @Slot()
    def _mend_launcher(self) -> None:
        """A checkout that was moved is in the menu under its old place."""
        from emotion_desktop.launcher.launcher import mend_launcher

        try:
            if mend_launcher():
                _log.info("the menu entry starts the program where it is now")
        except AppError as error:
            _log.warning("the menu entry was not mended: %s", error)

    def _start_log(self) -> None:
        from emotion_desktop.workspace.log import start_log

        start_log(self.services.workspace.log)

    @Slot(str)
    def _use_model(self, reference: str) -> None:
        """Reads photos with a model that was trained, and shows where."""
        try:
            self.services.store.resolve(reference)
        except AppError:
            self.window.banner.show_error(
                f"The model “{Path(reference).stem}” was removed.",
                "Repeat the training exactly to get it again.",
            )
            return
        self.models.use(reference)
        self.window.show_page(self.window.gallery)
        self.window.banner.show_success(
            f"New photos are read with “{Path(reference).stem}” from now on."
        )

    # -- settings, colours, log ----------------------------------------------------------------

    @Slot()
    def _change_settings(self) -> None:
        from emotion_desktop.ui.settings.dialog import SettingsDialog

        dialog = SettingsDialog(self.settings.now, self.window)
        dialog.settings_chosen.connect(self._keep_settings)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(object)
    def _keep_settings(self, settings: object) -> None:
        from emotion_desktop.workspace.settings import Settings

        assert isinstance(settings, Settings)
        try:
            self.settings.save(settings)
        except AppError as error:
            self.services.show_error(error)

    @Slot()
    def _scheme_changed(self) -> None:
        """The desktop's scheme or the user's choice changed."""
        self._theme = apply_theme(self._app, self.settings.now.theme)
        self.window.set_theme(self._theme)
        self.dataset.set_theme()
        self.training.set_theme(self._theme)
        self.sagemaker.set_theme(self._theme)
        self.compare.set_theme(self._theme)
        self.models.set_theme()

    @Slot()
    def _show_about(self) -> None:
        from emotion_desktop import __version__
        from emotion_desktop.ui.help_dialogs import about_dialog

        about_dialog(self.window, __version__, self.services.workspace.root).open()

    @Slot()
    def _open_log(self) -> None:
        log = self.services.workspace.log
        if log.exists():
            from emotion_desktop.ui.open_outside import open_outside

            open_outside(log, self.window)
        else:
            self.window.banner.show_notice("The log is still empty.")

    def report_bug(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """An exception nobody caught: logged in full, told in a sentence."""
        _log.error("uncaught", exc_info=(kind, error, trace))
        self.window.banner.show_error(
            f"Something unexpected went wrong ({kind.__name__}).", SEE_LOG
        )

    # -- the end -------------------------------------------------------------------------------

    @Slot()
    def _close(self) -> None:
        long_ones = [r for r in self.manager.unfinished() if r.spec.lane is Lane.COMPUTE]
        if not long_ones:
            self.shut_down()
            return
        titles = "\n".join(record.spec.title for record in long_ones)
        self.window.confirm(
            "Stop the work that is running?",
            f"{titles}\n\nA training is paused and can go on later.",
            "Stop and quit",
            self.shut_down,
        )

    @Slot()
    def shut_down(self) -> None:
        """Closes the window, then ends all background work: nobody looks at a frozen window."""
        self.ending.emit()
        self._idle.stop()
        self._idle_queue.stop()
        self.memory.save()
        self.window.may_close = True
        self.window.close()
        self.models.stop()
        self._job_bridge.close()
        self.manager.shutdown()
        self._resources.close()
        self._journal.close()
        self.window.gallery.stop()
        self.dataset.stop()
        self.gallery.stop()
        self.compare.stop()
        self._app.quit()


def main(arguments: list[str]) -> int:
    """Opens the window, or brings that of this workspace to the front; returns the exit status.

    Args:
        arguments: files and folders to open at once.
    """
    from emotion_desktop.ui.end_signals import EndSignals
    from emotion_desktop.ui.single_instance import SingleInstance

    app = make_application()
    workspace = Workspace(default_workspace())
    paths = [Path(argument) for argument in arguments]
    instance = SingleInstance(workspace.root)
    if instance.hand_over(paths):
        return 0
    end = EndSignals(app)
    controller = Controller(app, workspace)
    instance.paths_received.connect(controller.take_over)
    app.files_opened.connect(controller.take_over)
    # While the work is brought to an end, another start opens a window of its own.
    controller.ending.connect(instance.close)
    # Nobody is there to answer a question: trainings are paused.
    end.heard.connect(controller.shut_down)
    sys.excepthook = controller.report_bug
    controller.start(paths)
    return app.exec()


class Application(QApplication):
    """Qt's application, which says what files it is to open: macOS hands them over as events."""

    #: One path each time, as a list.
    files_opened = Signal(list)

    def event(self, event: QEvent) -> bool:
        """Hears of files; all else goes on to Qt."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self.files_opened.emit([Path(event.file())])
            return True
        return super().event(event)


def make_application() -> Application:
    """Qt's application, and what the interpreter is to be like for a window."""
    # Between calls of Qt the window's thread waits for its turn behind threads that compute or
    # import: with Python's 5 ms each time, painting a page next to one of those takes seconds.
    sys.setswitchinterval(_SWITCH_S)
    if sys.platform == "win32":
        _name_the_taskbar_button()
    app = Application([sys.argv[0]])
    app.setApplicationName(TITLE)
    app.setDesktopFileName("emotion-desktop")
    app.setStyle("fusion")
    return app


def _name_the_taskbar_button() -> None:
    """Gives the window a button and an icon of its own: it would share those of Python."""
    import ctypes

    shell: Any = getattr(ctypes, "windll").shell32  # noqa: B009 - there on Windows alone
    shell.SetCurrentProcessExplicitAppUserModelID("EmotionDesktop.Window")
