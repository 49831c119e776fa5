"""Scores the model in use on labelled photos, and shows the scores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from emotion_desktop.domain.job import JobEvent, JobSpec, JobState, StateChanged
from emotion_desktop.ui.widgets.deferred import Deferred
from emotion_desktop.ui.words import model_title

if TYPE_CHECKING:
    from emotion_desktop.ui.scores.page import ScoresPage
    from emotion_desktop.ui.services import Services

_KIND = "evaluate"


class ScoresController(QObject):
    """Behind the page of a data set's scores."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._place = Deferred(self._make_page)
        services.window.add_page(self._place, "Scores")
        services.bridge.happened.connect(self._told)

    @property
    def page(self) -> ScoresPage:
        """The page, made when it is first asked for."""
        return self._place.page

    @Slot(object)
    def evaluate(self, data: Path) -> None:
        """Scores the model in use on a labelled data set."""
        from emotion_desktop.jobs.evaluate import evaluate_job
        from emotion_desktop.jobs.labelled_set import LabelledSource
        from emotion_desktop.jobs.model_choice import ModelChoice

        services = self._services
        model = services.model_in_use()
        if model is None:
            return
        services.window.show_page(self._place)
        settings = services.settings.now
        chosen = ModelChoice(model_title(settings.model), str(model))
        services.manager.submit(
            *evaluate_job(
                services.room,
                [chosen],
                LabelledSource(path=str(data)),
                settings.faces,
                catalogue=services.workspace.catalogue,
            )
        )

    def _make_page(self) -> ScoresPage:
        from emotion_desktop.ui.scores.page import ScoresPage

        page = ScoresPage()
        page.open_wanted.connect(self._choose)
        return page

    @Slot()
    def _choose(self) -> None:
        """Asks which labelled photos to score the model on."""
        from PySide6.QtWidgets import QMenu

        window = self._services.window
        menu = QMenu(self.page)
        title = "Score the model on"
        folder = menu.addAction("A folder (one folder per emotion)…")
        folder.triggered.connect(lambda: self._evaluate_chosen(window.ask_for_folder(title)))
        table = menu.addAction("A label file (CSV)…")
        table.triggered.connect(lambda: self._evaluate_chosen(window.ask_for_label_file(title)))
        menu.popup(window.cursor().pos())

    def _evaluate_chosen(self, data: Path | None) -> None:
        if data is not None:
            self.evaluate(data)

    @Slot(object, object)
    def _told(self, spec: JobSpec, event: JobEvent) -> None:
        if (
            spec.kind == _KIND
            and isinstance(event, StateChanged)
            and event.state is JobState.SUCCEEDED
            and event.outcome is not None
        ):
            from emotion_desktop.domain.scores import Scores

            ((model, scores),) = event.outcome.result["scores"].items()
            self.page.show_scores(
                Path(spec.parameters["data"]["path"]).name, model, Scores.from_dict(scores)
            )
