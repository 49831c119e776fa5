"""The way from a source to its import: look, show, import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from emotion_desktop.domain.job import JobEvent, JobSpec, JobState, StateChanged

if TYPE_CHECKING:
    from emotion_desktop.ui.dataset.import_dialog import ImportDialog
    from emotion_desktop.ui.services import Services


class Importer(QObject):
    """One import dialog at a time."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.dialog: ImportDialog | None = None
        self._source = ""
        self._look = ""
        services.bridge.happened.connect(self._told)

    def open(self, source: str) -> None:
        """Shows what a source holds; one that is shown already gives way."""
        from emotion_desktop.jobs.dataset.importing import ImportRequest
        from emotion_desktop.ui.dataset.import_dialog import ImportDialog

        if self.dialog is not None:
            self.dialog.reject()
        self._source = source
        dialog = ImportDialog(ImportRequest(source).name, self._services.window)
        dialog.look_wanted.connect(self._ask)
        dialog.import_wanted.connect(self._import)
        dialog.finished.connect(self._closed)
        self.dialog = dialog
        dialog.open()
        self._ask()

    @Slot()
    def _ask(self) -> None:
        from emotion_desktop.jobs.dataset.import_preview import look_job

        spec, function = look_job(self._services.workspace.root, self._order())
        self._look = spec.id
        self._services.manager.submit(spec, function)

    @Slot()
    def _import(self) -> None:
        from emotion_desktop.jobs.dataset.importing import import_job

        services = self._services
        services.manager.submit(*import_job(services.workspace.root, self._order()))

    def _order(self) -> Any:
        from emotion_desktop.jobs.dataset.importing import ImportRequest
        from emotion_desktop.ui.dataset.import_dialog import order_of

        assert self.dialog is not None
        return ImportRequest(**order_of(self.dialog, self._source))

    @Slot()
    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    @Slot(object, object)
    def _told(self, spec: JobSpec, event: JobEvent) -> None:
        if spec.id != self._look or self.dialog is None or not isinstance(event, StateChanged):
            return
        if event.state is JobState.SUCCEEDED and event.outcome is not None:
            self.dialog.show_look(event.outcome.result)
        elif event.state is JobState.FAILED and event.outcome is not None:
            self.dialog.show_problem(f"{event.outcome.message} {event.outcome.hint}".strip())
