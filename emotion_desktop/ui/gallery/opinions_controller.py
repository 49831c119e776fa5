"""Asks other models about the photos in the gallery, and adds what they say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from emotion_desktop.domain.job import Batch, JobEvent, JobSpec
from emotion_desktop.domain.prediction import Prediction
from emotion_desktop.domain.rekognition import REFERENCE
from emotion_desktop.ui.rekognition_gate import RekognitionGate

if TYPE_CHECKING:
    from emotion_desktop.jobs.predicting.model_choice import ModelChoice
    from emotion_desktop.ui.gallery.view import GalleryView
    from emotion_desktop.ui.services import Services

_KIND = "opinion"


class OpinionsController(QObject):
    """Behind the gallery's second opinions."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._gallery = services.window.gallery
        self._gate = RekognitionGate(services, self)
        self._asked: dict[str, str] = {}
        self._gallery.view_made.connect(self._connect)
        services.bridge.happened.connect(self._told)

    @Slot(object)
    def _connect(self, view: GalleryView) -> None:
        view.second.menu().aboutToShow.connect(self._fill_menu)

    @Slot()
    def _fill_menu(self) -> None:
        """Offers every model but the one in use."""
        from emotion_desktop.jobs.predicting.model_choice import choose_models

        services = self._services
        names = [n for n in services.store.names() if n != services.settings.now.model]
        menu = self._gallery.view.second.menu()
        menu.clear()
        for choice in choose_models(services.store, [*names, REFERENCE]):
            sends = choice.reference == REFERENCE
            action = menu.addAction(f"{choice.name}…" if sends else choice.name)
            action.triggered.connect(lambda _=False, choice=choice: self.ask(choice))

    def ask(self, model: ModelChoice) -> None:
        """Asks a model about all photos in the gallery; before anything is sent, the user."""
        if model.reference == REFERENCE:
            photos = self._gallery.view.photos()
            self._gate.ask(lambda: self._classify(model), paths=photos)
        else:
            self._classify(model)

    def _classify(self, model: ModelChoice) -> None:
        from emotion_desktop.jobs.gallery.classify import classify_job

        services = self._services
        spec, function = classify_job(
            services.models,
            self._gallery.view.photos(),
            model.reference,
            services.settings.now.faces,
        )
        spec = replace(spec, kind=_KIND, title=f"Ask {model.name} for a second opinion")
        self._asked[spec.id] = model.name
        services.manager.submit(spec, function)

    @Slot(object, object)
    def _told(self, spec: JobSpec, event: JobEvent) -> None:
        if spec.kind == _KIND and isinstance(event, Batch):
            predictions = [item for item in event.items if isinstance(item, Prediction)]
            self._gallery.view.add_opinions(self._asked[spec.id], predictions)
