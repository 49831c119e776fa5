"""Where things are: the workspace, its settings and log."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.runs.run_folder import RunFolder

APP = "Emotion Desktop"
WORKSPACE_VARIABLE = "EMOTION_DESKTOP_WORKSPACE"


def default_workspace() -> Path:
    """The folder of the variable EMOTION_DESKTOP_WORKSPACE, else the platform's data folder."""
    override = os.environ.get(WORKSPACE_VARIABLE)
    if override:
        return Path(override).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir(APP, appauthor=False))


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace folder and what is where in it. Nothing is made before it is needed."""

    root: Path

    @property
    def catalogue(self) -> Path:
        """The SQLite catalogue."""
        return self.root / "catalogue.sqlite"

    def open_catalogue(self) -> Catalogue:
        """The catalogue, opened; made where there is none yet. Close it, or use it by ``with``.

        Raises:
            AppError: it cannot be opened.
        """
        from emotion_desktop.workspace.catalogue.catalogue import Catalogue

        return Catalogue(self.catalogue)

    @property
    def predictions(self) -> Path:
        """What models have said of photos (SQLite)."""
        return self.root / "readings.sqlite"

    @property
    def paid_answers(self) -> Path:
        """What was sent to a service that is paid, and its answers on their way."""
        return self.root / "paid"

    @property
    def models(self) -> Path:
        """The model store's folder."""
        return self.root / "models"

    @property
    def cache(self) -> Path:
        """What can be made again: it may be deleted while no training runs."""
        return self.root / "cache"

    @property
    def pictures(self) -> Path:
        """Faces prepared for trainings (training.data.face_store)."""
        return self.cache / "pictures"

    def run(self, run: str) -> RunFolder:
        """The folder of a training run."""
        from emotion_desktop.workspace.runs.run_folder import RunFolder

        return RunFolder(self.root / "runs" / run)

    @property
    def cloud_runs(self) -> Path:
        """Folders of the runs in the cloud."""
        return self.root / "sagemaker"

    @property
    def settings(self) -> Path:
        """The user's settings that differ from the defaults."""
        return self.root / "settings.json"

    @property
    def window(self) -> Path:
        """How the window was left (workspace.window_state)."""
        return self.root / "window.json"

    @property
    def log(self) -> Path:
        """The log file; older ones lie beside it with a number."""
        return self.root / "logs" / "emotion-desktop.log"
