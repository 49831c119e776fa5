"""Bringing in a model of MXNet: looked into, labels asked for, converted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from emotion_desktop.domain.job import JobEvent, JobSpec, JobState, StateChanged

if TYPE_CHECKING:
    from emotion_desktop.ui.services import Services


class MxnetImport(QObject):
    """Starts the two jobs it takes, with a dialog between them."""

    imported = Signal(str)
    """The name the model got in the store."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._looking: dict[str, Path] = {}
        self._converting: set[str] = set()
        services.bridge.happened.connect(self._told)

    def bring(self, path: Path) -> None:
        """Begins with a file; what is wrong with it is told in the banner."""
        from emotion_desktop.jobs.import_mxnet import describe_mxnet_job

        if path not in self._looking.values():
            spec, function = describe_mxnet_job(path)
            self._looking[spec.id] = path
            self._services.manager.submit(spec, function)

    @Slot(object, object)
    def _told(self, spec: JobSpec, event: JobEvent) -> None:
        if not isinstance(event, StateChanged) or not event.state.final:
            return
        done = event.state is JobState.SUCCEEDED and event.outcome is not None
        path = self._looking.pop(spec.id, None)
        if path is not None and done:
            assert event.outcome is not None
            self._ask(path, event.outcome.result["classes"], event.outcome.result["size"])
        if spec.id in self._converting:
            self._converting.discard(spec.id)
            if done:
                assert event.outcome is not None
                self.imported.emit(event.outcome.result)

    def _ask(self, path: Path, classes: int, size: int | None) -> None:
        from emotion_desktop.ui.models.labels_dialog import LabelsDialog

        dialog = LabelsDialog(path.name, classes, size, self._services.window)
        dialog.chosen.connect(lambda labels, side: self._convert(path, labels, side))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _convert(self, path: Path, labels: tuple[str, ...], size: int) -> None:
        from emotion_desktop.jobs.import_mxnet import import_mxnet_job

        spec, function = import_mxnet_job(self._services.store, path, labels, size=size)
        self._converting.add(spec.id)
        self._services.manager.submit(spec, function)
