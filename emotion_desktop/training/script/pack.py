"""The first half of a training for a rented machine: what it learns from becomes a file, here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emotion_desktop.domain.job import JobContext
from emotion_desktop.engines.bundle import KERAS
from emotion_desktop.training.data.training_data import TrainingData, load_training_data
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.training.script.packed import PackedTraining, write_packed
from emotion_desktop.workspace.paths import Workspace


@dataclass(frozen=True)
class Packed:
    """What is known of a training once its faces are packed.

    Attributes:
        recipe: the request's, with what the split says of balance and colour in it.
        records, counts: faces to learn from with copies, in all and by emotion.
        faces: photos with a face to learn from, by emotion.
        missing: photos without one, by part.
        data, split: for the model's provenance.
        trained_on: hashes of the training photos.
    """

    recipe: dict[str, Any]
    labels: tuple[str, ...]
    records: int
    counts: dict[str, int]
    faces: dict[str, int]
    missing: dict[str, int]
    data: Mapping[str, Any]
    split: Mapping[str, Any]
    trained_on: tuple[bytes, ...]


def pack(
    request: TrainingRequest, workspace: Workspace, target: Path, context: JobContext
) -> Packed:
    """Prepares the faces of the training and validation photos and writes them to a file.

    The sealed test stays where it is.

    Raises:
        AppError: the data are not there or not enough, or the disk is full.
        CancelledError: the user cancelled.
    """
    data = load_training_data(request, workspace, context)
    start = request.start_bundle
    write_packed(
        target,
        PackedTraining(
            data.recipe,
            data.labels,
            request.seed,
            data.training,
            data.validation,
            start=start.read(KERAS) if start else b"",
            start_labels=start.card.labels if start else (),
        ),
        context,
    )
    return Packed(
        recipe=data.recipe.to_dict(),
        labels=data.labels,
        records=len(data.training.faces),
        counts=dict(data.training.counts()),
        faces=dict(data.training.counts(real=True)),
        missing=_missing(data),
        data=data.data,
        split=data.split,
        trained_on=data.trained_on,
    )


def _missing(data: TrainingData) -> dict[str, int]:
    return {
        name: len(part.missing)
        for name, part in (("training", data.training), ("validation", data.validation))
    }
