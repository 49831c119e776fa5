"""Deciding doubtful labels: a decision is an edit of the data set, and can be undone like any."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emotion_desktop.jobs.dataset.editing import find_photos, relabel
from emotion_desktop.workspace.catalogue.photos import user_labels

if TYPE_CHECKING:
    from emotion_desktop.jobs.running.context import Context


def decide(context: Context, *, photo: str, emotion: str) -> dict[str, Any] | None:
    """Saves the user's decision on a doubtful label, the one it had or another; undoable."""
    with context.workspace.open_catalogue() as catalogue:
        photos = find_photos(catalogue, [Path(photo)])
    return relabel(context, photos=photos, emotion=emotion)


def find_decisions(context: Context, *, photos: Sequence[str]) -> list[list[str]]:
    """Looks up which of the photos the user has labelled, and as what."""
    with context.workspace.open_catalogue() as catalogue:
        labels = user_labels(catalogue)
    return [[photo, labels[Path(photo)]] for photo in photos if Path(photo) in labels]
