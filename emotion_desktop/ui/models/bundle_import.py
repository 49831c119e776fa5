"""Bringing in a model of this program: tried in a process of its own, then taken into the store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from emotion_desktop.domain.job import JobEvent, JobSpec, JobState, StateChanged

if TYPE_CHECKING:
    from emotion_desktop.ui.services import Services


class BundleImport(QObject):
    """Starts the job; what is wrong with a file is told in the banner."""

    imported = Signal(str)
    """The name the model got in the store."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._under_way: dict[str, Path] = {}
        services.bridge.happened.connect(self._told)

    def bring(self, path: Path) -> None:
        """Begins with a file."""
        from emotion_desktop.jobs.models.store import import_bundle_job

        if path not in self._under_way.values():
            spec, function = import_bundle_job(self._services.store, path)
            self._under_way[spec.id] = path
            self._services.manager.submit(spec, function)

    @Slot(object, object)
    def _told(self, spec: JobSpec, event: JobEvent) -> None:
        if not isinstance(event, StateChanged) or event.outcome is None:
            return
        ours = self._under_way.pop(spec.id, None) is not None
        if ours and event.state is JobState.SUCCEEDED:
            self.imported.emit(event.outcome.result)
