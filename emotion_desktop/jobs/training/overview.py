"""What the training page shows before anything is trained: runs, splits, models, photos. Read in
the background by quiet jobs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from emotion_desktop.jobs.training.runs import KnownRun, list_runs

if TYPE_CHECKING:
    from emotion_desktop.domain.split import SplitSummary
    from emotion_desktop.jobs.running.context import Context
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
    #: Photos of each emotion that there is.
    emotions: Mapping[str, int] = field(default_factory=dict)


def read_overview(context: Context) -> Overview:
    """Reads what the training page shows: runs, splits, and models that can be trained further."""
    return _overview(context.workspace, context.resources.store)


def count_labelled(context: Context, *, data: str) -> LabelledFolder:
    """Counts the labelled photos of a folder or label file, and the persons in them."""
    from emotion_desktop.dataset.sources.labels import read_labelled

    samples = read_labelled(Path(data), workspace=context.workspace.root).samples
    persons = len({sample.person for sample in samples})
    emotions = Counter(sample.emotion for sample in samples if sample.emotion is not None)
    return LabelledFolder(Path(data), len(samples), persons, emotions)


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
    from emotion_desktop.workspace.catalogue.photos import labelled_photos
    from emotion_desktop.workspace.catalogue.splits import Splits

    with workspace.open_catalogue() as catalogue:
        splits = tuple(Splits(catalogue).all())
        # They are counted only where there is no split to offer.
        labelled = 0 if splits else len(labelled_photos(catalogue).samples)
    return Overview(tuple(list_runs(workspace)), splits, labelled, models)
