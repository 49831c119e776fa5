"""What the training page shows before anything is trained: runs, splits, models, photos. Read in
the background; the jobs are quiet, and what they read comes as a Batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emotion_desktop.domain.job import Batch, JobContext, JobFunction, JobSpec, Lane
from emotion_desktop.jobs.training.runs import KnownRun, list_runs

if TYPE_CHECKING:
    from pathlib import Path

    from emotion_desktop.domain.split import SplitSummary
    from emotion_desktop.workspace.model_store import ModelStore
    from emotion_desktop.workspace.paths import Workspace


@dataclass(frozen=True, slots=True)
class Overview:
    """What there is.

    Attributes:
        splits: frozen ones, the newest first.
        labelled: photos of the workspace with a label.
        models: references of those that can be trained further.
    """

    runs: tuple[KnownRun, ...]
    splits: tuple[SplitSummary, ...]
    labelled: int
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelledFolder:
    """What was found where the user pointed at labelled photos."""

    data: Path
    photos: int
    persons: int


def overview_job(workspace: Workspace, store: ModelStore) -> tuple[JobSpec, JobFunction]:
    """The job that reads an Overview."""

    def run(_: JobSpec, context: JobContext) -> None:
        context.emit(Batch((_overview(workspace, store),)))

    return JobSpec("training-overview", "Look at runs and splits", Lane.CATALOGUE, quiet=True), run


def labelled_folder_job(data: Path) -> tuple[JobSpec, JobFunction]:
    """The job that counts labelled photos; it fails with a sentence where there are none."""

    def run(_: JobSpec, context: JobContext) -> None:
        from emotion_desktop.dataset.sources.labels import read_labelled

        samples = read_labelled(data).samples
        persons = len({sample.person for sample in samples})
        context.emit(Batch((LabelledFolder(data, len(samples), persons),)))

    return JobSpec("labelled-folder", f"Look into {data.name}", Lane.CATALOGUE, quiet=True), run


def _can_be_trained_further(store: ModelStore, name: str) -> bool:
    from emotion_desktop.domain.errors import AppError
    from emotion_desktop.engines.bundle import KERAS, read_bundle

    try:
        return KERAS in read_bundle(store.resolve(name)).files
    except AppError:  # damaged, or removed meanwhile
        return False


def _overview(workspace: Workspace, store: ModelStore) -> Overview:
    models = tuple(name for name in store.names() if _can_be_trained_further(store, name))
    if not workspace.catalogue.exists():
        return Overview((), (), 0, models)
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.catalogue.photos import labelled_photos
    from emotion_desktop.workspace.catalogue.splits import Splits

    with Catalogue(workspace.catalogue) as catalogue:
        splits = tuple(Splits(catalogue).all())
        # They are counted only where there is no split to offer.
        labelled = 0 if splits else len(labelled_photos(catalogue).samples)
    return Overview(tuple(list_runs(workspace)), splits, labelled, models)
