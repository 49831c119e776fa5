"""Bringing in a model of MXNet: looked into, labels asked for, converted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from emotion_desktop.domain.job import JobState
from emotion_desktop.jobs.models.specs import describe_mxnet_job, import_mxnet_job

if TYPE_CHECKING:
    from emotion_desktop.ui.models.labels_dialog import LabelsDialog
    from emotion_desktop.ui.services import Services


class MxnetImport(QObject):
    """Starts the two jobs it takes, with a dialog between them."""

    #: The name the model got in the store.
    imported = Signal(str)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._described: set[Path] = set()
        #: The import of each open dialog.
        self._jobs: dict[LabelsDialog, str] = {}

    def start(self, path: Path) -> None:
        """Starts the import of a file; what is wrong with it is shown in the banner."""
        if path in self._described:
            return
        self._described.add(path)
        self._services.jobs.run(
            describe_mxnet_job(path),
            done=lambda about: self._open_dialog(path, about["classes"], about["size"]),
            ended=lambda _: self._described.discard(path),
            owner=self,
        )

    def _open_dialog(self, path: Path, classes: int, size: int | None) -> None:
        from emotion_desktop.ui.models.labels_dialog import LabelsDialog

        dialog = LabelsDialog(path.name, classes, size, self._services.window)
        dialog.chosen.connect(lambda labels, side: self._import(path, labels, side, dialog))
        dialog.finished.connect(lambda _: self._close(dialog))
        dialog.open()

    def _import(self, path: Path, labels: tuple[str, ...], size: int, dialog: LabelsDialog) -> None:
        def imported(name: str) -> None:
            dialog.accept()
            self.imported.emit(name)

        def ended(state: JobState) -> None:
            if state is JobState.CANCELLED:
                dialog.show_problem("Cancelled.")

        self._jobs[dialog] = self._services.jobs.run(
            import_mxnet_job(path, labels, size=size),
            done=imported,
            failed=lambda outcome: dialog.show_problem(f"{outcome.message} {outcome.hint}".strip()),
            ended=ended,
            owner=dialog,
        )

    def _close(self, dialog: LabelsDialog) -> None:
        """Nobody waits for what is still being converted."""
        self._services.jobs.drop(self._jobs.pop(dialog, ""))
        dialog.deleteLater()
