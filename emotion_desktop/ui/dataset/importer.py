"""The way from a source to its import: look, show, import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from emotion_desktop.jobs.dataset.specs import ImportRequest, import_job, preview_import_job

if TYPE_CHECKING:
    from emotion_desktop.domain.job import JobState, Outcome
    from emotion_desktop.jobs.dataset.import_preview import ImportPreview
    from emotion_desktop.ui.dataset.import_dialog import ImportDialog
    from emotion_desktop.ui.services import Services


class Importer(QObject):
    """One import dialog at a time."""

    #: An import was started.
    began = Signal()
    #: The result of an import that succeeded; see ``import_job``.
    imported = Signal(object)
    #: An import is over, however it went.
    ended = Signal()

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.dialog: ImportDialog | None = None
        self._source = ""
        self._preview_job = ""

    def open(self, source: str) -> None:
        """Shows what a source holds, in place of one that is shown already."""
        from emotion_desktop.ui.dataset.import_dialog import ImportDialog

        if self.dialog is not None:
            self.dialog.reject()
        self._source = source
        dialog = ImportDialog(ImportRequest(source).name, self._services.window)
        dialog.look_wanted.connect(self._preview_source)
        dialog.import_wanted.connect(self._import)
        dialog.finished.connect(self._closed)
        self.dialog = dialog
        dialog.open()
        self._preview_source()

    @Slot()
    def _preview_source(self) -> None:
        self._preview_job = self._services.jobs.run(
            preview_import_job(self._request()),
            done=self._show,
            failed=self._show_problem,
            instead_of=self._preview_job,
        )

    @Slot()
    def _import(self) -> None:
        self.start(self._request())

    def start(self, request: ImportRequest) -> None:
        """Imports without showing a preview."""
        self._services.jobs.run(import_job(request), done=self._on_imported, ended=self._on_ended)
        self.began.emit()

    def _request(self) -> ImportRequest:
        from emotion_desktop.ui.dataset.import_dialog import request_of

        assert self.dialog is not None
        return ImportRequest(**request_of(self.dialog, self._source))

    @Slot()
    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    def _show(self, preview: ImportPreview) -> None:
        if self.dialog is not None:
            self.dialog.show_look(preview)

    def _show_problem(self, outcome: Outcome) -> None:
        if self.dialog is not None:
            self.dialog.show_problem(f"{outcome.message} {outcome.hint}".strip())

    def _on_imported(self, result: dict[str, Any]) -> None:
        if result["edit"] is not None:
            self._services.undo.add(result["edit"])
        self.imported.emit(result)

    def _on_ended(self, _: JobState) -> None:
        self.ended.emit()
