"""Starts the jobs that explain a prediction, and shows what they find beside its face."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from emotion_desktop.domain.job import JobSpec, JobState
from emotion_desktop.jobs.gallery.specs import ClassifiedFace, explain_job, neighbours_job

if TYPE_CHECKING:
    from emotion_desktop.ui.gallery.view import GalleryView
    from emotion_desktop.ui.services import Services


class ExplanationController(QObject):
    """Behind the part of the detail view that explains a prediction."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._gallery = services.window.gallery
        self._gallery.view_made.connect(self._connect)

    @Slot(object)
    def _connect(self, view: GalleryView) -> None:
        view.detail.explanation.heat_wanted.connect(self._explain)
        view.detail.explanation.neighbours_wanted.connect(self._find_neighbours)

    @Slot()
    def _explain(self) -> None:
        self._run(explain_job, self._gallery.view.detail.explanation.show_heat)

    @Slot()
    def _find_neighbours(self) -> None:
        self._run(neighbours_job, self._gallery.view.detail.explanation.show_neighbours)

    def _run(self, describe: Callable[[str, Path], JobSpec], show: Callable[[Any], object]) -> None:
        """Starts a job about the face shown, with the model that made its prediction.

        What it finds is shown if that face still is.
        """
        detail = self._gallery.view.detail
        entry = detail.entry
        if entry is None or entry.face is None or entry.card is None:
            return
        face = ClassifiedFace(entry.path, entry.face, entry.prediction.model, entry.card)

        def found(result: Any) -> None:
            if detail.entry is entry:
                show(result)

        def ended(state: JobState) -> None:
            if state is not JobState.SUCCEEDED and detail.entry is entry:
                detail.explanation.clear()

        key = self._services.objects.add(face)
        self._services.jobs.run(describe(key, entry.path), done=found, ended=ended, owner=detail)
