"""What the controllers of the pages share."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from emotion_desktop.domain.errors import AppError
    from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
    from emotion_desktop.jobs.resources import Objects
    from emotion_desktop.jobs.running.manager import JobManager
    from emotion_desktop.ui.idle_queue import IdleQueue
    from emotion_desktop.ui.jobs.bridge import JobBridge
    from emotion_desktop.ui.main_window import MainWindow
    from emotion_desktop.ui.plot_library import PlotLibrary
    from emotion_desktop.ui.settings.current_settings import CurrentSettings
    from emotion_desktop.ui.undo import UndoHistory
    from emotion_desktop.workspace.model_store import ModelStore
    from emotion_desktop.workspace.paths import Workspace

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """The workspace, the jobs, the settings, and the window that shows messages.

    A controller gets one of these; it knows its own page and, through this, nothing of the others.
    """

    workspace: Workspace
    store: ModelStore
    models: LoadedModels
    manager: JobManager
    jobs: JobBridge
    settings: CurrentSettings
    window: MainWindow
    undo: UndoHistory
    idle_queue: IdleQueue
    plots: PlotLibrary
    objects: Objects

    def show_error(self, error: AppError) -> None:
        """Shows what went wrong and what to do."""
        _log.info("told the user: %s", error)
        self.window.banner.show_error(error.message, error.hint)

    def show_written(self, message: str, target: Path, action: str = "Open folder") -> None:
        """Says what was written, and offers to open it, or the folder that a file is in."""
        from emotion_desktop.ui.open_outside import open_outside
        from emotion_desktop.ui.widgets.banner import MessageAction

        place = target.parent if action == "Open folder" and not target.is_dir() else target
        self.window.banner.show_success(
            message, MessageAction(action, lambda: open_outside(place, self.window))
        )

    def model_in_use(self) -> Path | None:
        """The bundle to classify photos with; None, with a message, if it is gone."""
        from emotion_desktop.domain.errors import AppError

        try:
            return self.store.resolve(self.settings.now.model)
        except AppError as error:
            self.show_error(error)
            return None
