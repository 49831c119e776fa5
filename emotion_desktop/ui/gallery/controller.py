"""Starts jobs for what the gallery asks, and shows it what they answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from emotion_desktop.assets import SAMPLES
from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.job import Batch, JobEvent, JobSpec, JobState, StateChanged
from emotion_desktop.domain.prediction import Prediction

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from emotion_desktop.domain.model import ModelCard
    from emotion_desktop.ui.catalogue_reader import CatalogueReader
    from emotion_desktop.ui.gallery.entries import Entry
    from emotion_desktop.ui.services import Services
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue

_KIND = "classify"


class GalleryController(QObject):
    """Photos in, readings into the gallery."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._gallery = services.window.gallery
        self._cleared: set[str] = set()
        self._seen_with: tuple[Path, ModelCard] | None = None
        window = services.window
        window.image_pasted.connect(self._classify_image)
        self._gallery.welcome.example_wanted.connect(self._show_example)
        self._gallery.whole_wanted.connect(self._classify_whole)
        self._gallery.clear_wanted.connect(self._clear)
        self._gallery.correction_wanted.connect(self._correct)
        self._gallery.save_wanted.connect(self._save)
        self._reader: CatalogueReader | None = None
        services.undo.changed.connect(self._read_corrections)
        services.bridge.happened.connect(self._told)

    @Slot(list)
    def classify(self, paths: list[Path], faces: str | None = None) -> None:
        """Classifies files and folders into the gallery."""
        from emotion_desktop.jobs.gallery.classify import classify_job

        services = self._services
        model = services.model_in_use()
        if model is None:
            return
        services.window.show_page(self._gallery)
        services.manager.submit(
            *classify_job(services.room, paths, model, faces or services.settings.now.faces)
        )

    @Slot(list)
    def _classify_whole(self, paths: list[Path]) -> None:
        self.classify(paths, "find-or-whole")

    @Slot(object)
    def _classify_image(self, image: QImage) -> None:
        folder = self._services.workspace.root / "pasted"
        number = 1
        while (path := folder / f"pasted {number}.png").exists():
            number += 1
        try:
            folder.mkdir(parents=True, exist_ok=True)
            saved = image.save(str(path))
        except OSError:
            saved = False
        if saved:
            self.classify([path])
        else:
            self._services.window.banner.say(
                "The pasted picture could not be kept.", "Is the disk full?"
            )

    @Slot()
    def _show_example(self) -> None:
        self.classify(sorted(SAMPLES.glob("*.jpg")))

    # -- corrections ---------------------------------------------------------------------------

    @Slot(list, str)
    def _correct(self, entries: list[Entry], emotion: str) -> None:
        """Keeps what a person sees in faces."""
        from emotion_desktop.jobs.dataset.specs import FaceToCorrect, correct_job

        faces = [
            FaceToCorrect(entry.path, entry.face.box, entry.number == 1)
            for entry in entries
            if entry.face is not None
        ]
        self._services.undo.make(correct_job(faces, emotion or None))

    @Slot()
    def _read_corrections(self) -> None:
        """Asks the catalogue for all corrections: there are never many."""
        if self._reader is None:
            from emotion_desktop.ui.catalogue_reader import CatalogueReader

            self._reader = CatalogueReader(self._services.workspace.catalogue, self)
            self._reader.answered.connect(self._corrections_read)
            self._reader.failed.connect(self._not_read)

        def question(catalogue: Catalogue) -> object:
            from emotion_desktop.workspace.catalogue.edits import all_corrections

            return all_corrections(catalogue)

        self._reader.ask("corrections", question)

    @Slot(str, object)
    def _corrections_read(self, _: str, corrections: object) -> None:
        if isinstance(corrections, dict):
            self._gallery.view.show_corrections(corrections)

    @Slot(object)
    def _not_read(self, error: AppError) -> None:
        self._services.say(error)

    def stop(self) -> None:
        """Ends what runs in the background."""
        if self._reader is not None:
            self._reader.stop()

    # -- saving --------------------------------------------------------------------------------

    @Slot(object)
    def _save(self, form: object) -> None:
        """Asks where to, and saves what stands here."""
        from emotion_desktop.jobs.gallery.saving import Form, save_job

        assert isinstance(form, Form)
        window, view = self._services.window, self._gallery.view
        if form is Form.COPIES:
            target = window.ask_for_folder("Copy the photos into a folder")
        else:
            target = window.ask_for_new_place("Save the answers", f"expressions.{form.value}")
        if target is not None:
            self._services.manager.submit(*save_job(view.results(), view.corrections, target, form))

    def _told_of_saving(self, event: JobEvent) -> None:
        if isinstance(event, StateChanged) and event.state is JobState.SUCCEEDED:
            from emotion_desktop.domain.text import counted

            assert event.outcome is not None
            result = event.outcome.result
            photos = counted(result["photos"], "photo")
            self._services.window.banner.say(f"Saved in {result['target']}: {photos}.")

    # -- readings ------------------------------------------------------------------------------

    @Slot()
    def _clear(self) -> None:
        manager = self._services.manager
        for record in manager.unfinished():
            if record.spec.kind == _KIND:
                self._cleared.add(record.spec.id)
                manager.cancel(record.spec.id)
        self._gallery.clear()

    @Slot(object, object)
    def _told(self, spec: JobSpec, event: JobEvent) -> None:
        from emotion_desktop.jobs.gallery.saving import SAVING

        if spec.kind == SAVING:
            self._told_of_saving(event)
        if spec.kind != _KIND:
            return
        # What was on its way when the gallery was cleared is not wanted any more.
        if isinstance(event, Batch) and spec.id not in self._cleared:
            if self._reader is None:
                self._read_corrections()
            results = [item for item in event.items if isinstance(item, Prediction)]
            self._gallery.add(results, self._card(Path(spec.parameters["model"])))
        elif (
            isinstance(event, StateChanged)
            and event.state is JobState.SUCCEEDED
            and event.outcome is not None
            and not any(event.outcome.result.values())
        ):
            self._services.window.banner.say(
                "No photos were found there.", "Drop photos, or a folder that holds some."
            )

    def _card(self, model: Path) -> ModelCard:
        """How a model looks at faces: the detail view shows what it saw."""
        from emotion_desktop.engines.bundle import read_bundle

        if self._seen_with is None or self._seen_with[0] != model:
            self._seen_with = (model, read_bundle(model).card)
        return self._seen_with[1]
