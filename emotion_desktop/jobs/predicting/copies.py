"""Which photos are those that models were trained on, or copies of such."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.jobs.predicting.digests import known_digests

if TYPE_CHECKING:
    from emotion_desktop.dataset.copies import TrainingPhotos
    from emotion_desktop.imaging.faces import FaceFinder
    from emotion_desktop.jobs.predicting.loaded_models import LoadedModels
    from emotion_desktop.workspace.predictions.cache import PredictionCache


def copies_of_training_photos(
    photos: Sequence[Path],
    digests: dict[Path, bytes],
    known: TrainingPhotos,
    loaded: LoadedModels,
    context: JobContext,
) -> list[bool]:
    """Whether each photo is a copy of one that was trained on; one that cannot be read is none.

    Args:
        digests: of the photos, as far as they are known; others are added.

    Raises:
        CancelledError: the user cancelled.
    """
    context.emit(Progress(0, 0, "looking for photos that were trained on"))
    unknown = [path for path in photos if path not in digests]
    digests |= known_digests(unknown, loaded.cache, lambda: context.cancelled)
    context.check_cancelled()
    there = {path: digests[path] for path in photos if path in digests}
    codes = codes_for(known, there, loaded.finder(), loaded.cache, context)
    return known.among([digests.get(path) for path in photos], codes)


def codes_for(
    known: TrainingPhotos,
    digests: Mapping[Path, bytes],
    finder: FaceFinder,
    cache: PredictionCache,
    context: JobContext,
) -> dict[bytes, bytes]:
    """The codes by digest of those photos that are not known by their digests already.

    Raises:
        CancelledError: the user cancelled.
    """
    from emotion_desktop.dataset.copies import copy_codes

    if not known.codes:
        return {}
    rest = {path: digest for path, digest in digests.items() if digest not in known.digests}

    def tell(done: int, total: int) -> None:
        context.emit(Progress(done, total, f"looking for copies, {done:,} of {total:,}"))

    found = copy_codes(rest, finder, cache, stop=lambda: context.cancelled, tell=tell)
    context.check_cancelled()
    return found
