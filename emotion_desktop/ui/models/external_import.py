"""Bringing in a Keras, SavedModel or ONNX model: looked into, asked about, checked, taken over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from emotion_desktop.domain.files.model_files import external_root
from emotion_desktop.domain.job import JobSpec, JobState
from emotion_desktop.jobs.models.specs import (
    describe_external_job,
    import_external_job,
    try_external_job,
)

if TYPE_CHECKING:
    from emotion_desktop.domain.external_model import ExternalModelOptions
    from emotion_desktop.ui.models.external_dialog import ExternalModelDialog
    from emotion_desktop.ui.services import Services


class ExternalModelImport(QObject):
    """Starts the jobs it takes, with a dialog between them."""

    #: The name the model got in the store.
    imported = Signal(str)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._described: set[Path] = set()
        #: The latest job of each open dialog: a check on photos, or the import.
        self._jobs: dict[ExternalModelDialog, str] = {}

    def start(self, path: Path) -> None:
        """Starts the import of a file or folder; what is wrong with it is shown in the banner."""
        root = external_root(path)
        if root in self._described:
            return
        self._described.add(root)
        self._services.jobs.run(
            describe_external_job(root),
            done=lambda about: self._open_dialog(root, about),
            ended=lambda _: self._described.discard(root),
            owner=self,
        )

    def _open_dialog(self, path: Path, about: dict[str, Any]) -> None:
        from emotion_desktop.domain.external_model import ExternalModel
        from emotion_desktop.ui.models.external_dialog import ExternalModelDialog

        dialog = ExternalModelDialog(path.name, ExternalModel(**about), self._services.window)
        dialog.check_wanted.connect(lambda options: self._check(path, options, dialog))
        dialog.import_wanted.connect(lambda options: self._import(path, options, dialog))
        dialog.finished.connect(lambda _: self._close(dialog))
        dialog.open()

    def _check(
        self, path: Path, options: ExternalModelOptions, dialog: ExternalModelDialog
    ) -> None:
        self._run(try_external_job(path, options), dialog, dialog.show_found)

    def _import(
        self, path: Path, options: ExternalModelOptions, dialog: ExternalModelDialog
    ) -> None:
        def imported(name: str) -> None:
            dialog.accept()
            self.imported.emit(name)

        self._run(import_external_job(path, options), dialog, imported)

    def _run(self, job: JobSpec, dialog: ExternalModelDialog, done: Callable[[Any], None]) -> None:
        def ended(state: JobState) -> None:
            if state is JobState.CANCELLED:
                dialog.show_problem("Cancelled.")

        self._jobs[dialog] = self._services.jobs.run(
            job,
            done=done,
            failed=lambda outcome: dialog.show_problem(f"{outcome.message} {outcome.hint}".strip()),
            ended=ended,
            progress=lambda progress: dialog.show_stage(progress.text),
            owner=dialog,
        )

    def _close(self, dialog: ExternalModelDialog) -> None:
        """Nobody waits for what is still being done."""
        self._services.jobs.drop(self._jobs.pop(dialog, ""))
        dialog.deleteLater()
