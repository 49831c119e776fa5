"""Starts jobs for what the gallery asks, and shows it what they find."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot

from emotion_desktop.assets import SAMPLES
from emotion_desktop.domain.errors import AppError
from emotion_desktop.domain.geometry import Box
from emotion_desktop.domain.job import JobState, Progress
from emotion_desktop.domain.prediction import Prediction
from emotion_desktop.domain.text import counted
from emotion_desktop.jobs.dataset.specs import FaceToCorrect, correct_job
from emotion_desktop.jobs.gallery.specs import (
    PredictionFormat,
    classify_job,
    save_predictions_job,
)
from emotion_desktop.ui.gallery.opened import OpenedPhotos
from emotion_desktop.ui.undo import LocalStep
from emotion_desktop.ui.widgets.banner import MessageAction

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from emotion_desktop.ui.catalogue_reader import CatalogueReader
    from emotion_desktop.ui.gallery.tiles import GalleryContent
    from emotion_desktop.ui.gallery.view import GalleryView
    from emotion_desktop.ui.services import Services
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue


class GalleryController(QObject):
    """Photos in, predictions into the gallery."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._gallery = services.window.gallery
        #: Jobs whose predictions come into the gallery.
        self._classifying: set[str] = set()
        self._reader: CatalogueReader | None = None
        self._reads = False
        self._opened = OpenedPhotos()
        services.window.image_pasted.connect(self._classify_image)
        self._gallery.welcome.example_wanted.connect(self._show_example)
        self._gallery.view_made.connect(self._connect)
        services.undo.changed.connect(self._corrections_changed)

    @Slot(object)
    def _connect(self, view: GalleryView) -> None:
        view.whole_wanted.connect(self._classify_whole)
        view.clear_wanted.connect(self._clear)
        view.correction_wanted.connect(self._correct)
        view.save_wanted.connect(self._save)
        view.remove_wanted.connect(self._remove)
        view.read_again_wanted.connect(self._read_again)
        self._services.settings.changed.connect(self._show_model)
        self._show_model()
        window = self._services.window
        window.find_wanted.connect(self._find)
        window.save_wanted.connect(self._save)
        window.clear_wanted.connect(view.clear_wanted)

    @Slot(list)
    def classify(self, paths: list[Path], faces: str | None = None) -> None:
        """Classifies files and folders into the gallery."""
        self._services.window.show_page(self._gallery)
        self._opened.add(paths, faces or "")
        self._classify(paths, faces)

    def open_again(self, opened: OpenedPhotos) -> None:
        """Classifies what was in the gallery when the program ended: most of it is known still."""
        self._opened = opened
        for faces, paths in opened.by_faces().items():
            self._classify(paths, faces or None)

    @property
    def opened(self) -> OpenedPhotos:
        """The files and folders that the gallery's photos came from."""
        return self._opened

    def _classify(self, paths: list[Path], faces: str | None) -> None:
        services = self._services
        model = services.model_in_use()
        if model is None:
            return
        spec = classify_job(paths, model, faces or services.settings.now.faces)
        news = 0
        progress = Progress(0, 0, "")

        def show(items: tuple[Any, ...]) -> None:
            nonlocal news
            news += self._show_predictions(items, str(model))

        def note(latest: Progress) -> None:
            nonlocal progress
            progress = latest

        def end(state: JobState) -> None:
            self._classifying.discard(spec.id)
            if state is JobState.CANCELLED and progress.done < progress.total:
                self._offer_to_go_on(progress, lambda: self._classify(paths, faces))

        def count(photos: dict[str, int]) -> None:
            self._count(photos, news)

        self._classifying.add(spec.id)
        services.jobs.run(spec, batch=show, progress=note, done=count, ended=end, owner=self)

    def _offer_to_go_on(self, progress: Progress, go_on: Callable[[], object]) -> None:
        """Nobody takes the part that was read for the whole."""
        left = progress.total - progress.done
        self._services.window.banner.show_notice(
            f"{progress.done:,} of {progress.total:,} photos were read, {left:,} were not.",
            action=MessageAction("Go on", go_on),
        )

    @Slot(list)
    def _classify_whole(self, paths: list[Path]) -> None:
        self.classify(paths, "find-or-whole")

    @Slot(list)
    def _read_again(self, paths: list[Path]) -> None:
        """Photos that another model has read are read with the one in use, in their places."""
        self.classify(paths)

    @Slot()
    def _find(self) -> None:
        if self._services.window.is_shown(self._gallery):
            self._gallery.view.start_search()

    @Slot()
    def _show_model(self) -> None:
        self._gallery.view.show_model(self._services.settings.now.model)

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
            self._services.window.banner.show_error(
                "The pasted picture could not be kept.", "Is the disk full?"
            )

    @Slot()
    def _show_example(self) -> None:
        self.classify(sorted(SAMPLES.glob("*.jpg")))

    # -- corrections ---------------------------------------------------------------------------

    @Slot(str)
    def _correct(self, emotion: str) -> None:
        """Saves a correction of the selected faces; photos without a face are skipped."""
        faces = [
            FaceToCorrect(entry.path, entry.face.box, entry.number == 1)
            for entry in self._gallery.view.selected_entries()
            if entry.face is not None
        ]
        if faces:
            self._services.undo.make(correct_job(faces, emotion or None))

    @Slot(object)
    def _corrections_changed(self, edit: dict[str, Any] | None) -> None:
        """Shows a correction that was just made; what was undone or made again is read."""
        if edit is None or self._reads:  # what is being read may be from before this change
            self._read_corrections()
        elif "corrected" in edit:
            view = self._gallery.view
            faces = ((bytes.fromhex(digest), Box(*box)) for digest, *box in edit["corrected"])
            view.show_corrections({**view.corrections, **dict.fromkeys(faces, edit["emotion"])})
            undo = self._services.undo.stack.undo
            self._services.window.banner.show_success(
                f"{edit['title']}.", MessageAction("Undo", undo)
            )

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

        self._reads = True
        self._reader.request("corrections", question)

    @Slot(str, object)
    def _corrections_read(self, _: str, corrections: object) -> None:
        self._reads = False
        if isinstance(corrections, dict):
            self._gallery.view.show_corrections(corrections)

    @Slot(object)
    def _not_read(self, error: AppError) -> None:
        self._reads = False
        self._services.show_error(error)

    def stop(self) -> None:
        """Ends what runs in the background."""
        if self._reader is not None:
            self._reader.stop()

    # -- saving --------------------------------------------------------------------------------

    @Slot(object)
    def _save(self, format: object) -> None:
        """Asks where to, and saves what stands here."""
        assert isinstance(format, PredictionFormat)
        window, view = self._services.window, self._gallery.view
        if format is PredictionFormat.COPIES:
            target = window.ask_for_folder("Copy the photos into a folder")
        else:
            kind = format.value
            target = window.ask_for_new_place(
                "Save the predictions", f"expressions.{kind}", f"{kind.upper()} (*.{kind})"
            )
        if target is not None:
            predictions = self._services.objects.add((view.predictions(), dict(view.corrections)))
            self._services.jobs.run(
                save_predictions_job(predictions, target, format), done=self._show_saved
            )

    def _show_saved(self, result: dict[str, Any]) -> None:
        photos = counted(result["photos"], "photo")
        target = Path(result["target"])
        self._services.show_written(f"Saved in {target}: {photos}.", target)

    # -- predictions ---------------------------------------------------------------------------

    @Slot()
    def _clear(self) -> None:
        """Empties the gallery: a step that can be undone, as no question is asked."""
        # What is on its way is not wanted any more.
        for job in self._classifying:
            self._services.jobs.drop(job)
        self._classifying.clear()
        kept, opened = self._gallery.view.content(), self._opened
        self._empty()
        if not kept.entries:
            return
        undo = self._services.undo
        undo.push_local(
            LocalStep("Clear the gallery", lambda: self._put_back(kept, opened), self._empty)
        )
        self._services.window.banner.show_success(
            "The gallery was emptied. No photo was deleted.",
            MessageAction("Undo", undo.stack.undo),
        )

    def _empty(self) -> None:
        self._opened = OpenedPhotos()
        self._gallery.clear()

    @Slot(list)
    def _remove(self, paths: list[str]) -> None:
        """Takes photos out of the gallery: a step that can be undone, too."""
        view = self._gallery.view
        kept, opened = view.content(), self._opened.copy()

        def remove() -> None:
            self._opened.remove(paths)
            view.remove(paths)
            if not view.model.entries:
                self._gallery.clear()

        remove()
        what = counted(len(paths), "photo")
        undo = self._services.undo
        undo.push_local(
            LocalStep(
                f"Remove {what} from the gallery",
                lambda: self._put_back(kept, opened),
                remove,
            )
        )
        self._services.window.banner.show_success(
            f"{what} removed from the gallery; no file was deleted.",
            MessageAction("Undo", undo.stack.undo),
        )

    def _put_back(self, content: GalleryContent, opened: OpenedPhotos) -> None:
        self._opened = opened.joined(self._opened)
        self._services.window.show_page(self._gallery)
        self._gallery.view.put_back(content)
        self._gallery.setCurrentWidget(self._gallery.view)
        self._read_corrections()  # one may have been made or taken back meanwhile

    def _show_predictions(self, items: tuple[Any, ...], model: str) -> int:
        """Puts predictions into the gallery; returns how many were not there yet."""
        if self._reader is None:
            self._read_corrections()
        removed = self._opened.removed
        predictions = [p for p in items if isinstance(p, Prediction) and p.path not in removed]
        view = self._gallery.view
        news = view.add(predictions, self._services.models.known_card(model))
        self._gallery.setCurrentWidget(view)
        return news

    def _count(self, photos: dict[str, int], new: int) -> None:
        """Says what nobody sees: that there was nothing to see, or nothing new."""
        if any(photos.values()) and not new:
            self._services.window.banner.show_success("These photos are in the gallery already.")
        if not any(photos.values()):
            self._services.window.banner.show_notice(
                "No photos were found there.", "Drop photos, or a folder that holds some."
            )
