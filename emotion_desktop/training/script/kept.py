"""What a training on a rented machine leaves: weights and answers of the epoch that is kept.

One file of arrays and JSON, of the form of a checkpoint: nothing in it can be executed, and no
version of Keras but this computer's own has to make sense of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop.domain.errors import BundleError, DataError
from emotion_desktop.training.fit.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from emotion_desktop.training.fit.validation_metrics import ValidationMetrics

_WEIGHTS: Final = "weights/{}"


@dataclass(frozen=True)
class Kept:
    """The epoch that is kept.

    Attributes:
        epoch, epochs: its number, from 1, and how many were trained.
        weights: of the net, in its order.
        logits: (validation photos, labels), as that machine computed them.
        warning: what ended the training before its time, if something did.
        about: JSON values: what it was trained with.
    """

    epoch: int
    epochs: int
    metrics: ValidationMetrics
    weights: Sequence[npt.NDArray[Any]]
    logits: npt.NDArray[np.float32]
    warning: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)


def write_kept(path: Path, kept: Kept) -> None:
    """Writes the file in place of the former one, whole.

    Raises:
        AppError: the disk is full.
    """
    about = {
        "epoch": kept.epoch,
        "epochs": kept.epochs,
        "metrics": kept.metrics.to_dict(),
        "weights": len(kept.weights),
        "warning": kept.warning,
        "about": dict(kept.about),
    }
    arrays = {_WEIGHTS.format(number): array for number, array in enumerate(kept.weights)}
    write_checkpoint(path, Checkpoint(about, {**arrays, "logits": kept.logits}))


def read_kept(path: Path) -> Kept:
    """Reads what write_kept wrote.

    Raises:
        BundleError: it is not there, damaged, or something else.
    """
    try:
        found = read_checkpoint(path)
        if found is None:
            raise ValueError("there is none")  # noqa: TRY301
        about, arrays = found.about, found.arrays
        logits = arrays["logits"]
        if logits.ndim != 2 or not np.isfinite(logits).all():
            raise ValueError("its answers")  # noqa: TRY301
        return Kept(
            int(about["epoch"]),
            int(about["epochs"]),
            ValidationMetrics.from_dict(about["metrics"]),
            [arrays[_WEIGHTS.format(number)] for number in range(about["weights"])],
            logits.astype(np.float32),
            str(about["warning"]),
            dict(about["about"]),
        )
    except (DataError, KeyError, TypeError, ValueError) as error:
        raise BundleError(
            f"What the training left cannot be read ({error}).", "Go on: it is fetched anew."
        ) from None
