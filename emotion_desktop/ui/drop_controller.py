"""What becomes of files and folders that are dropped: photos to classify, or labelled ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from emotion_desktop.domain.files.picture_formats import PICTURE_SUFFIXES
from emotion_desktop.jobs.dataset.specs import find_labelled_job

if TYPE_CHECKING:
    from emotion_desktop.ui.services import Services


class DropController(QObject):
    """Asks about labelled folders; all else is photos to classify."""

    #: Paths of photos to classify.
    photos_given = Signal(list)
    #: A labelled folder to import.
    data_given = Signal(object)

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._looking: set[str] = set()
        services.window.paths_given.connect(self.open_paths)

    @Slot(list)
    def open_paths(self, paths: list[Path]) -> None:
        """Opens files as photos; folders are searched for labels, in the background."""
        if all(path.suffix.casefold() in PICTURE_SUFFIXES for path in paths):
            # Names of pictures: nothing is asked of the disk here.
            self.photos_given.emit(paths)
            return
        look = find_labelled_job(paths)
        self._looking.add(look.id)
        self._services.jobs.run(
            look,
            done=lambda labelled: self._offer(paths, labelled),
            failed=lambda _: self._offer(paths, []),
            ended=lambda _: self._looking.discard(look.id),
            owner=self,
        )

    @Slot()
    def forget(self) -> None:
        """Drops the paths whose folders are still being searched."""
        for job in self._looking:
            self._services.jobs.drop(job)
        self._looking.clear()

    def _offer(self, paths: list[Path], labelled: list[str]) -> None:
        """Asks what a labelled folder is for; all else is photos."""
        if not labelled:
            self.photos_given.emit(paths)
            return
        folder = Path(labelled[0])
        self._services.window.ask_which(
            f"The folder {folder.name} says what its photos show.",
            "Import it into the data set to check it, to train on it and to score models; or only "
            "have its photos read.",
            {
                "Import as a data set": lambda: self.data_given.emit(folder),
                "Read the expressions": lambda: self.photos_given.emit(paths),
            },
        )
