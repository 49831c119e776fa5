"""Models that MXNet or Amazon SageMaker saved: looked into, converted, compared with MXNet."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emotion_desktop import __version__
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import AppError, BundleError, UsageError
from emotion_desktop.domain.job import Log, Progress

if TYPE_CHECKING:
    from emotion_desktop.engines.bundle import Bundle
    from emotion_desktop.jobs.running.context import Context

#: By so much a probability may differ from MXNet's.
_SAME: Final = 1e-3


def describe(context: Context, *, source: str) -> dict[str, int | None]:
    """Says how many classes a model tells apart, and how large its pictures are."""
    from emotion_desktop.engines.mxnet.files import read_mxnet_files

    context.emit(Progress(0, 0, "reading the model"))
    files = read_mxnet_files(Path(source))
    classes = files.classes()
    if not 2 <= classes <= len(EMOTIONS):
        raise BundleError(
            f"The model knows {classes} classes, and there are {len(EMOTIONS)} emotions.",
            "It was trained for something else.",
        )
    return {"classes": classes, "size": files.shape[1] if files.shape else None}


def convert(
    context: Context, *, source: str, labels: Sequence[str], name: str | None, size: int | None
) -> str:
    """Converts a model and takes it into the store; returns the name it got."""
    from emotion_desktop.domain.model import Calibration, ModelCard, Provenance
    from emotion_desktop.engines.bundle import write_bundle
    from emotion_desktop.engines.mxnet.files import read_mxnet_files
    from emotion_desktop.engines.mxnet.model_files import model_files, preprocessing_for

    path, store = Path(source), context.resources.store
    context.emit(Progress(0, 0, "reading the model"))
    files = read_mxnet_files(path)
    preprocessing = preprocessing_for(files, size)
    chosen = name or store.free_name(path.name.split(".")[0])
    target = store.path_for(chosen)
    context.emit(Progress(0, 0, "converting"))
    provenance = Provenance(
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        program=f"Emotion Desktop {__version__}",
        recipe={"name": "MXNet, elsewhere"},
        data={"source": "unknown"},
        split={},
        versions={},
        notes=f"Imported from {path.name}.",
    )
    try:
        calibration = Calibration.none(len(labels))
        card = ModelCard(chosen, tuple(labels), preprocessing, calibration, provenance)
    except ValueError as error:
        raise UsageError(f"The model cannot be described like that: {error}.") from None
    contents = model_files(files, len(labels), preprocessing)
    context.emit(Progress(0, 0, "comparing it with MXNet"))
    with tempfile.TemporaryDirectory() as folder:
        # Only what has answered once goes into the store.
        compared = _compare(write_bundle(Path(folder, "staged.emodel"), card, contents))
    context.emit(Log(compared))
    context.check_cancelled()
    provenance = replace(provenance, notes=f"{provenance.notes} {compared}")
    write_bundle(target, replace(card, provenance=provenance), contents)
    return chosen


def _compare(bundle: Bundle) -> str:
    """How near the converted model comes to MXNet itself, in words.

    Raises:
        BundleError: it cannot be loaded, or answers otherwise.
    """
    import numpy as np

    from emotion_desktop.domain.external_model import ExternalInput
    from emotion_desktop.engines.calibration import calibrate
    from emotion_desktop.engines.loading import load_classifier
    from emotion_desktop.training.external.opening import varied_faces

    card = bundle.card
    faces = varied_faces(ExternalInput(card.preprocessing, "0-255"))
    found = calibrate(load_classifier(bundle).logits(faces), card.calibration)
    try:
        reference = load_classifier(bundle, "mxnet")
    except BundleError:
        raise
    except AppError:
        return "MXNet is not installed here: it was not compared with what MXNet says."
    gap = float(np.abs(found - calibrate(reference.logits(faces), card.calibration)).max())
    if not gap <= _SAME:
        raise BundleError(
            f"The converted model does not answer as MXNet does: up to {gap:.2f} lie between them.",
            "Nothing was imported.",
        )
    return f"On {len(faces)} test pictures it answers as MXNet does, within {gap:.0e}."
