"""Bringing in a Keras, SavedModel or ONNX model: looked into, asked about, checked, taken over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.files.model_files import external_name, external_root
from emotion_desktop.domain.job import JobEvent, JobSpec, JobState, Progress, StateChanged

if TYPE_CHECKING:
    from emotion_desktop.jobs.models.import_external import Described
    from emotion_desktop.ui.models.external_dialog import ExternalModelDialog
    from emotion_desktop.ui.services import Services


class ExternalModelImport(QObject):
    """Starts the jobs it takes, with a dialog between them."""

    imported = Signal(str)
    """The name the model got in the store."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._looking: dict[str, Path] = {}
        #: The dialogs that wait for a job: a check on photos, or the import.
        self._trying: dict[str, ExternalModelDialog] = {}
        self._importing: dict[str, ExternalModelDialog] = {}
        services.bridge.happened.connect(self._told)

    def bring(self, path: Path) -> None:
        """Begins with a file or folder; what is wrong with it is told in the banner."""
        from emotion_desktop.jobs.models.import_external import describe_job

        root = external_root(path)
        if root not in self._looking.values():
            spec, function = describe_job(root)
            self._looking[spec.id] = root
            self._services.manager.submit(spec, function)

    @Slot(object, object)
    def _told(self, spec: JobSpec, event: JobEvent) -> None:
        dialog = self._trying.get(spec.id) or self._importing.get(spec.id)
        if isinstance(event, Progress) and dialog is not None:
            dialog.show_stage(event.text)
        if not isinstance(event, StateChanged) or event.outcome is None:
            return
        done, outcome = event.state is JobState.SUCCEEDED, event.outcome
        path = self._looking.pop(spec.id, None)
        if path is not None and done:
            self._ask(path, outcome.result)
        if dialog is not None and not done:
            dialog.show_problem(f"{outcome.message} {outcome.hint}".strip())
        elif spec.id in self._trying:
            self._trying[spec.id].show_found(outcome.result)
        elif spec.id in self._importing:
            self._importing.pop(spec.id).accept()
            self.imported.emit(Path(outcome.result["model"]).stem)
        self._trying.pop(spec.id, None)
        self._importing.pop(spec.id, None)

    def _ask(self, path: Path, about: dict[str, object]) -> None:
        from emotion_desktop.domain.external_model import ExternalModel
        from emotion_desktop.ui.models.external_dialog import ExternalModelDialog

        model = ExternalModel(**about)  # type: ignore[arg-type]
        dialog = ExternalModelDialog(path.name, model, self._services.window)
        dialog.check_wanted.connect(lambda described: self._try(path, described, dialog))
        dialog.import_wanted.connect(lambda described: self._import(path, described, dialog))
        dialog.finished.connect(lambda _: self._close(dialog))
        dialog.open()

    def _try(self, path: Path, described: Described, dialog: ExternalModelDialog) -> None:
        from emotion_desktop.jobs.models.import_external import try_job

        spec, function = try_job(self._services.workspace, path, described)
        self._trying[spec.id] = dialog
        self._services.manager.submit(spec, function)

    def _import(self, path: Path, described: Described, dialog: ExternalModelDialog) -> None:
        from emotion_desktop.jobs.models.import_external import import_job

        services = self._services
        try:
            output = services.store.path_for(services.store.free_name(external_name(path)))
        except AppError as error:
            dialog.show_problem(f"{error.message} {error.hint}".strip())
            return
        spec, function = import_job(services.workspace, path, described, output)
        self._importing[spec.id] = dialog
        services.manager.submit(spec, function)

    def _close(self, dialog: ExternalModelDialog) -> None:
        """Nobody waits for what is still being done."""
        for waiting in (self._trying, self._importing):
            for job in [job for job, who in waiting.items() if who is dialog]:
                del waiting[job]
                self._services.manager.cancel(job)
        dialog.deleteLater()
