"""Asks other models about the photos in the gallery, and adds what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from emotion_desktop.domain.prediction import Prediction
from emotion_desktop.domain.rekognition import REFERENCE
from emotion_desktop.jobs.gallery.specs import second_opinion_job
from emotion_desktop.ui.rekognition_gate import RekognitionGate

if TYPE_CHECKING:
    from emotion_desktop.jobs.predicting.model_choice import ModelChoice
    from emotion_desktop.ui.gallery.view import GalleryView
    from emotion_desktop.ui.services import Services


class OpinionsController(QObject):
    """Behind the gallery's second opinions."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._gallery = services.window.gallery
        self._gate = RekognitionGate(services, self)
        self._gallery.view_made.connect(self._connect)

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
        for choice in choose_models(services.workspace, [*names, REFERENCE]):
            sends = choice.reference == REFERENCE
            action = menu.addAction(f"{choice.name}…" if sends else choice.name)
            action.triggered.connect(lambda _=False, choice=choice: self.request_opinion(choice))

    def request_opinion(self, model: ModelChoice) -> None:
        """Asks a model about all photos in the gallery; before anything is sent, the user."""
        if model.reference == REFERENCE:
            photos = self._gallery.view.photos()
            self._gate.request_agreement(lambda: self._classify(model), paths=photos)
        else:
            self._classify(model)

    def _classify(self, model: ModelChoice) -> None:
        services, view = self._services, self._gallery.view
        faces = services.settings.now.faces

        def show(items: tuple[Any, ...]) -> None:
            predictions = [item for item in items if isinstance(item, Prediction)]
            view.add_opinions(model.name, predictions)

        services.jobs.run(
            second_opinion_job(view.photos(), model.name, model.reference, faces),
            batch=show,
            owner=view,
        )
