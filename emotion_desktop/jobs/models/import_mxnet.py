"""The verb “models import” for what MXNet or Amazon SageMaker saved: labels are asked for, the rest
is found in the files."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emotion_desktop import __version__
from emotion_desktop.domain.emotions import EMOTIONS, parse_emotion
from emotion_desktop.domain.errors import AppError, BundleError, UsageError
from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane, Log, Progress
from emotion_desktop.jobs.models.guarded import run_guarded
from emotion_desktop.workspace.model_store import ModelStore

if TYPE_CHECKING:
    from emotion_desktop.engines.bundle import Bundle

#: By so much a probability may differ from MXNet's.
_SAME: Final = 1e-3


def describe_mxnet_job(source: Path) -> tuple[JobSpec, JobFunction]:
    """The job that looks into a model's files; its result is ``classes``, how many it tells apart,
    and ``size``, the side of its pictures in pixels, or None where it does not say."""

    parameters = {"source": str(source.absolute())}
    title = f"Look into {source.name}"
    return JobSpec("describe-mxnet", title, Lane.CATALOGUE, parameters), run_guarded


def describe_mxnet(spec: JobSpec, context: JobContext) -> dict[str, int | None]:
    """What describe_mxnet_job tells; in the worker process."""
    from emotion_desktop.engines.mxnet.files import read_mxnet_files

    context.emit(Progress(0, 0, "reading the model"))
    files = read_mxnet_files(Path(spec.parameters["source"]))
    classes = files.classes()
    if not 2 <= classes <= len(EMOTIONS):
        raise BundleError(
            f"The model knows {classes} classes, and there are {len(EMOTIONS)} emotions.",
            "It was trained for something else.",
        )
    return {"classes": classes, "size": files.shape[1] if files.shape else None}


def import_mxnet_job(
    store: ModelStore,
    source: Path,
    labels: Sequence[str],
    *,
    name: str | None = None,
    size: int | None = None,
) -> tuple[JobSpec, JobFunction]:
    """The job that converts a model and takes it into the store; its result is the name it got.

    Args:
        source: an archive (model.tar.gz), or NAME-symbol.json or NAME-NNNN.params.
        labels: the emotions of its classes, in their order.
        size: side of its pictures in pixels, for a model that does not say.
    """
    parameters = {
        "source": str(source.absolute()),
        "store": str(store.folder.absolute()),
        "labels": list(labels),
        "name": name,
        "size": size,
    }
    title = f"Import {source.name}"
    return JobSpec("import-mxnet", title, Lane.CATALOGUE, parameters), run_guarded


def parse_labels(text: str) -> tuple[str, ...]:
    """Reads ``anger,contempt,…``; other spellings of the emotions will do.

    Raises:
        UsageError: a word is no emotion, or one stands twice.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    labels = [parse_emotion(word) for word in words]
    unknown = [word for word, label in zip(words, labels, strict=True) if label is None]
    if unknown or len(set(labels)) < len(labels) or len(labels) < 2:
        what = f"“{unknown[0]}” is none of the emotions" if unknown else "A label stands twice"
        what = "At least two labels are needed" if len(labels) < 2 else what
        raise UsageError(
            f"{what}.", f"Write them in the order of the model's classes: {','.join(EMOTIONS)}."
        )
    return tuple(label for label in labels if label is not None)


def import_mxnet(spec: JobSpec, context: JobContext) -> str:
    """What import_mxnet_job does; in the worker process."""
    from emotion_desktop.domain.model import Calibration, ModelCard, Provenance
    from emotion_desktop.engines.bundle import write_bundle
    from emotion_desktop.engines.mxnet.files import read_mxnet_files
    from emotion_desktop.engines.mxnet.model_files import model_files, preprocessing_for

    source, store = Path(spec.parameters["source"]), ModelStore(Path(spec.parameters["store"]))
    context.emit(Progress(0, 0, "reading the model"))
    files = read_mxnet_files(source)
    preprocessing = preprocessing_for(files, spec.parameters["size"])
    name = spec.parameters["name"] or store.free_name(source.name.split(".")[0])
    target = store.path_for(name)
    context.emit(Progress(0, 0, "converting"))
    labels = tuple(spec.parameters["labels"])
    provenance = Provenance(
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        program=f"Emotion Desktop {__version__}",
        recipe={"name": "MXNet, elsewhere"},
        data={"source": "unknown"},
        split={},
        versions={},
        notes=f"Imported from {source.name}.",
    )
    try:
        card = ModelCard(name, labels, preprocessing, Calibration.none(len(labels)), provenance)
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
    return name


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
