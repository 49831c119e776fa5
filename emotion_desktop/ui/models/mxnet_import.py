"""Bringing in a model of MXNet: looked into, labels asked for, converted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from emotion_desktop.domain.job import JobEvent, JobSpec, JobState, StateChanged

if TYPE_CHECKING:
    from emotion_desktop.ui.models.labels_dialog import LabelsDialog
    from emotion_desktop.ui.services import Services


class MxnetImport(QObject):
    """Starts the two jobs it takes, with a dialog between them."""

    imported = Signal(str)
    """The name the model got in the store."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._looking: dict[str, Path] = {}
        #: The dialogs that wait for their model.
        self._converting: dict[str, LabelsDialog] = {}
        services.bridge.happened.connect(self._told)

    def bring(self, path: Path) -> None:
        """Begins with a file; what is wrong with it is told in the banner."""
        from emotion_desktop.jobs.models.import_mxnet import describe_mxnet_job

        if path not in self._looking.values():
            spec, function = describe_mxnet_job(path)
            self._looking[spec.id] = path
            self._services.manager.submit(spec, function)

    @Slot(object, object)
    def _told(self, spec: JobSpec, event: JobEvent) -> None:
        if not isinstance(event, StateChanged) or event.outcome is None:
            return
        done, outcome = event.state is JobState.SUCCEEDED, event.outcome
        path = self._looking.pop(spec.id, None)
        if path is not None and done:
            self._ask(path, outcome.result["classes"], outcome.result["size"])
        dialog = self._converting.pop(spec.id, None)
        if dialog is not None and done:
            dialog.accept()
            self.imported.emit(outcome.result)
        elif dialog is not None:
            dialog.show_problem(f"{outcome.message} {outcome.hint}".strip())

    def _ask(self, path: Path, classes: int, size: int | None) -> None:
        from emotion_desktop.ui.models.labels_dialog import LabelsDialog

        dialog = LabelsDialog(path.name, classes, size, self._services.window)
        dialog.chosen.connect(lambda labels, side: self._convert(path, labels, side, dialog))
        dialog.finished.connect(lambda _: self._close(dialog))
        dialog.open()

    def _convert(
        self, path: Path, labels: tuple[str, ...], size: int, dialog: LabelsDialog
    ) -> None:
        from emotion_desktop.jobs.models.import_mxnet import import_mxnet_job

        spec, function = import_mxnet_job(self._services.store, path, labels, size=size)
        self._converting[spec.id] = dialog
        self._services.manager.submit(spec, function)

    def _close(self, dialog: LabelsDialog) -> None:
        """Nobody waits for what is still being converted."""
        for job in [job for job, waiting in self._converting.items() if waiting is dialog]:
            del self._converting[job]
            self._services.manager.cancel(job)
        dialog.deleteLater()
