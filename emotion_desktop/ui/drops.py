"""What becomes of files and folders that are dropped: photos to read, or labelled ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from emotion_desktop.domain.job import JobEvent, JobSpec, JobState, StateChanged

if TYPE_CHECKING:
    from emotion_desktop.ui.services import Services


class Drops(QObject):
    """Asks about labelled folders; all else is photos to read."""

    photos_given = Signal(list)
    """Paths to read the expressions of."""
    data_given = Signal(object)
    """A labelled folder to import."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._waiting: dict[str, list[Path]] = {}
        services.window.paths_given.connect(self.take)
        services.bridge.happened.connect(self._told)

    @Slot(list)
    def take(self, paths: list[Path]) -> None:
        """Takes what was given. Files are photos; folders are looked into, in the background."""
        if all(path.suffix for path in paths):
            # Names of files: nothing is asked of the disk here.
            self.photos_given.emit(paths)
            return
        from emotion_desktop.jobs.dataset.import_preview import labelled_job

        spec, function = labelled_job(paths)
        self._waiting[spec.id] = paths
        self._services.manager.submit(spec, function)

    @Slot()
    def forget(self) -> None:
        """What was given is not wanted any more."""
        self._waiting.clear()

    @Slot(object, object)
    def _told(self, spec: JobSpec, event: JobEvent) -> None:
        if spec.id not in self._waiting or not isinstance(event, StateChanged):
            return
        if not event.state.final:
            return
        paths = self._waiting.pop(spec.id)
        labelled: list[str] = []
        if event.state is JobState.SUCCEEDED and event.outcome is not None:
            labelled = event.outcome.result
        if not labelled:
            self.photos_given.emit(paths)
            return
        folder = Path(labelled[0])
        self._services.window.ask_which(
            f"The folder {folder.name} says what its photos show.",
            "Import it into the data set to check it, to train on it and to score models; or only "
            "have its photos read.",
            {
                "Import as a data set": lambda: self.data_given.emit(folder),
                "Read the expressions": lambda: self.photos_given.emit(paths),
            },
        )
