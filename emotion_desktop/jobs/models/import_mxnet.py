"""The verb “models import” for what MXNet or Amazon SageMaker saved: labels are asked for, the rest
is found in the files."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

from emotion_desktop import __version__
from emotion_desktop.domain.emotions import EMOTIONS, parse_emotion
from emotion_desktop.domain.errors import BundleError, UsageError
from emotion_desktop.domain.job import JobContext, JobFunction, JobSpec, Lane, Progress
from emotion_desktop.workspace.model_store import ModelStore


def describe_mxnet_job(source: Path) -> tuple[JobSpec, JobFunction]:
    """The job that looks into a model's files; its result is ``classes``, how many it tells apart,
    and ``size``, the side of its pictures in pixels, or None where it does not say."""

    def run(_: JobSpec, __: JobContext) -> dict[str, int | None]:
        from emotion_desktop.engines.mxnet.files import read_mxnet_files

        files = read_mxnet_files(source)
        classes = files.classes()
        if not 2 <= classes <= len(EMOTIONS):
            raise BundleError(
                f"The model knows {classes} classes, and there are {len(EMOTIONS)} emotions.",
                "It was trained for something else.",
            )
        return {"classes": classes, "size": files.shape[1] if files.shape else None}

    return JobSpec("describe-model", f"Look into {source.name}", Lane.CATALOGUE), run


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
    spec = JobSpec(
        "import-model",
        f"Import {source.name}",
        Lane.CATALOGUE,
        {"source": str(source), "labels": list(labels), "name": name, "size": size},
    )
    return spec, partial(_import, store)


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


def _import(store: ModelStore, spec: JobSpec, context: JobContext) -> str:
    from emotion_desktop.domain.model import Calibration, ModelCard, Provenance
    from emotion_desktop.engines.bundle import write_bundle
    from emotion_desktop.engines.loading import load_classifier
    from emotion_desktop.engines.mxnet.files import read_mxnet_files
    from emotion_desktop.engines.mxnet.model_files import model_files, preprocessing_for

    source = Path(spec.parameters["source"])
    context.emit(Progress(0, 0, "reading the model"))
    files = read_mxnet_files(source)
    preprocessing = preprocessing_for(files, spec.parameters["size"])
    name = spec.parameters["name"] or store.free_name(source.name.split(".")[0])
    target = store.path_for(name)
    context.emit(Progress(0, 0, "converting"))
    provenance = Provenance(
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        program=f"Emotion Desktop {__version__}",
        recipe={"name": "MXNet, elsewhere"},
        data={"source": "unknown"},
        split={},
        versions={},
        notes=f"Imported from {source.name}.",
    )
    labels = tuple(spec.parameters["labels"])
    try:
        card = ModelCard(
            name=name,
            labels=labels,
            preprocessing=preprocessing,
            calibration=Calibration.none(len(labels)),
            provenance=provenance,
        )
    except ValueError as error:
        raise UsageError(f"The model cannot be described like that: {error}.") from None
    contents = model_files(files, len(labels), preprocessing)
    with tempfile.TemporaryDirectory() as folder:
        # Only what has answered once goes into the store.
        load_classifier(write_bundle(Path(folder, "staged.emodel"), card, contents))
    context.check_cancelled()
    write_bundle(target, card, contents)
    return name
