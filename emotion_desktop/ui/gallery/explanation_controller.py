"""Starts the jobs that explain an answer, and shows what they find beside the face it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from emotion_desktop.domain.job import Batch, JobEvent, JobSpec, JobState, StateChanged

if TYPE_CHECKING:
    from emotion_desktop.jobs.gallery.explain import Explainers
    from emotion_desktop.ui.gallery.entries import Entry
    from emotion_desktop.ui.services import Services


class ExplanationController(QObject):
    """Behind the part of the detail view that tells why."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._gallery = services.window.gallery
        self._explainers: Explainers | None = None
        self._asked: dict[str, Entry] = {}
        self._gallery.heat_wanted.connect(self._explain)
        self._gallery.neighbours_wanted.connect(self._find_neighbours)
        services.bridge.happened.connect(self._told)

    def stop(self) -> None:
        """Ends the process that was asked."""
        if self._explainers is not None:
            self._explainers.close()

    @Slot(object)
    def _explain(self, entry: Entry) -> None:
        from emotion_desktop.jobs.gallery.explain import Explainers, explain_job

        model = self._services.model_in_use()
        if model is None or entry.face is None:
            return
        if self._explainers is None:
            self._explainers = Explainers()
        self._submit(
            explain_job(self._services.room, self._explainers, model, entry.path, entry.face),
            entry,
        )

    @Slot(object)
    def _find_neighbours(self, entry: Entry) -> None:
        from emotion_desktop.jobs.gallery.neighbours import neighbours_job

        services = self._services
        model = services.model_in_use()
        if model is not None and entry.face is not None:
            self._submit(
                neighbours_job(
                    services.room, model, entry.path, entry.face, services.workspace.catalogue
                ),
                entry,
            )

    def _submit(self, job: Any, entry: Entry) -> None:
        spec, function = job
        self._asked[spec.id] = entry
        self._services.manager.submit(spec, function)

    @Slot(object, object)
    def _told(self, spec: JobSpec, event: JobEvent) -> None:
        entry = self._asked.get(spec.id)
        if entry is None:
            return
        detail = self._gallery.view.detail
        if isinstance(event, Batch) and detail.entry is entry:
            show = detail.why.show_heat if spec.kind == "explain" else detail.why.show_neighbours
            show(event.items[0])
        elif isinstance(event, StateChanged) and event.state.final:
            del self._asked[spec.id]
            if event.state is not JobState.SUCCEEDED and detail.entry is entry:
                detail.why.clear()
