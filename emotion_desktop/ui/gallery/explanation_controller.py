"""Starts the jobs that explain a prediction, and shows what they find beside its face."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from emotion_desktop.domain.job import (
    Batch,
    JobEvent,
    JobFunction,
    JobSpec,
    JobState,
    StateChanged,
)

if TYPE_CHECKING:
    from emotion_desktop.jobs.gallery.explain import ClassifiedFace, Explainers
    from emotion_desktop.ui.gallery.entries import Entry
    from emotion_desktop.ui.gallery.view import GalleryView
    from emotion_desktop.ui.services import Services


class ExplanationController(QObject):
    """Behind the part of the detail view that tells why."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._gallery = services.window.gallery
        self._explainers: Explainers | None = None
        self._asked: dict[str, Entry] = {}
        self._gallery.view_made.connect(self._connect)
        services.bridge.happened.connect(self._told)

    def stop(self) -> None:
        """Ends the process that was asked."""
        if self._explainers is not None:
            self._explainers.close()

    @Slot(object)
    def _connect(self, view: GalleryView) -> None:
        view.detail.why.heat_wanted.connect(self._explain)
        view.detail.why.neighbours_wanted.connect(self._find_neighbours)

    @Slot()
    def _explain(self) -> None:
        from emotion_desktop.jobs.gallery.explain import Explainers, explain_job

        if self._explainers is None:
            self._explainers = Explainers()
        explainers = self._explainers
        self._ask(lambda face: explain_job(self._services.models, explainers, face))

    @Slot()
    def _find_neighbours(self) -> None:
        from emotion_desktop.jobs.gallery.neighbours import neighbours_job

        services = self._services
        self._ask(lambda face: neighbours_job(services.models, face, services.workspace.catalogue))

    def _ask(self, make: Callable[[ClassifiedFace], tuple[JobSpec, JobFunction]]) -> None:
        """Starts a job about the face shown. The model that named it is asked, none other."""
        from emotion_desktop.jobs.gallery.explain import ClassifiedFace

        entry = self._gallery.view.detail.entry
        if entry is None or entry.face is None or entry.card is None:
            return
        spec, function = make(
            ClassifiedFace(entry.path, entry.face, entry.prediction.model, entry.card)
        )
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
        elif isinstance(event, StateChanged) and event.state.is_over:
            del self._asked[spec.id]
            if event.state is not JobState.SUCCEEDED and detail.entry is entry:
                detail.why.clear()
