"""Brings in a model made elsewhere: looks into it, tries it on photos, writes its bundle."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop import __version__
from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.dataset.sources.reading_options import ReadingOptions
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import BundleError, DataError, UsageError
from emotion_desktop.domain.external_model import (
    SCALINGS,
    ExternalInput,
    ExternalModel,
    ExternalModelOptions,
    Output,
    best_scaling,
)
from emotion_desktop.domain.job import JobContext, Log, Progress
from emotion_desktop.domain.model import (
    DEFAULT_EXTENTS,
    DEFAULT_SIZE,
    Calibration,
    ModelCard,
    Preprocessing,
    Provenance,
)
from emotion_desktop.engines.bundle import Bundle, write_bundle
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.engines.classifier import Classifier
from emotion_desktop.engines.loading import load_classifier
from emotion_desktop.training.data.face_store import FaceStore
from emotion_desktop.training.data.pictures import prepare_pictures
from emotion_desktop.training.external.label_order import likeliest_order
from emotion_desktop.training.external.opening import External, open_external, varied_faces
from emotion_desktop.training.finish.calibrate import choose_temperature
from emotion_desktop.training.fit.validation_metrics import validation_metrics
from emotion_desktop.workspace.paths import Workspace

#: So many photos show which scaling is meant.
_MOST_PHOTOS: Final = 400
_SMALLEST: Final = 1e-7
#: By so much the sum of eight probabilities may miss 1 that were rounded to 8 bits.
_SUM_OFF: Final = 0.02
#: By so much the converted model's answers may differ, of the largest.
_SAME: Final = 1e-3
_SAME_IN_8_BITS: Final = 0.03
#: So many are needed to fit a temperature on; with fewer, confidence stays the model's own.
_MIN_PHOTOS_TO_FIT: Final = 100
#: By so much mean recall another order of the labels must win before it is spoken of.
_MIN_GAIN: Final = 0.1


def describe_external(source: Path, context: JobContext) -> dict[str, Any]:
    """Looks into a model's files; returns ExternalModel.to_dict.

    Raises:
        BundleError: it is no model that names expressions.
    """
    context.emit(Progress(0, 0, "reading the model"))
    about = open_external(source).about
    if not 2 <= about.classes <= len(EMOTIONS):
        raise BundleError(
            f"The model knows {about.classes} classes, and there are {len(EMOTIONS)} emotions.",
            "It was trained for something else.",
        )
    return about.to_dict()


def try_external(
    source: Path, options: ExternalModelOptions, workspace: Workspace, context: JobContext
) -> dict[str, Any]:
    """Tries a model on labelled photos with every scaling that can be meant.

    Returns:
        ``photos``: how many were tried; ``best``: the scaling; ``found``: mean recall, accuracy
        and the temperature that fits by scaling; ``order``: None, or ``labels``, ``scaling`` and
        ``mean_recall`` where another order of the labels does far better.

    Raises:
        AppError: there are no labelled photos with a face, or the model cannot be run.
    """
    context.emit(Progress(0, 0, "reading the model"))
    return _try(open_external(source), options, workspace, context)


def import_external(
    source: Path,
    options: ExternalModelOptions,
    output: Path,
    workspace: Workspace,
    context: JobContext,
) -> dict[str, Any]:
    """Writes the bundle of a model.

    Where no scaling is given it is found on the labelled photos.

    Returns:
        ``model``: path of the bundle; ``tried``: what try_external returns, or None.

    Raises:
        AppError: the model cannot be taken over, or does not fit what was said of it.
    """
    context.emit(Progress(0, 0, "reading the model"))
    external = open_external(source)
    labels = tuple(options.labels) or tuple(external.about.labels)
    if not labels:
        raise UsageError(
            "A model made elsewhere does not say which emotions its classes are.",
            f"Say so, in its order: --labels {','.join(EMOTIONS)}.",
        )
    if len(labels) != external.about.classes:
        raise UsageError(
            f"The model knows {external.about.classes} classes; {len(labels)} labels were given.",
            "Give a label for each class, in the model's order.",
        )
    options = replace(options, labels=labels)
    tried = _try(external, options, workspace, context) if options.photos else None
    scaling = options.scaling or (tried["best"] if tried else "")
    if not scaling and len(external.about.scalings) == 1:
        scaling = external.about.scalings[0]
    if not scaling:
        raise UsageError(
            "The model does not say how its pixels are scaled.",
            f"Say so ({', '.join(external.about.scalings)}), or give labelled photos to find out.",
        )
    external_input = _external_input(external.about, options, scaling)
    context.emit(Progress(0, 0, "converting"))
    probabilities = gives_probabilities(external, external_input)
    files = external.files(external_input, probabilities)
    card = _card(output.stem, labels, external_input, source, tried)
    context.check_cancelled()
    faces = varied_faces(external_input)
    raw = external.outputs(faces, external_input)
    if probabilities:
        # Of a sigmoid for each class, or in 8 bits, they do not add up to 1.
        raw = raw / np.maximum(raw.sum(axis=1, keepdims=True), _SMALLEST)
    _check_finite(raw)
    with staged_bundle(card, files) as bundle:
        _check_same(load_classifier(bundle), faces, raw, probabilities, external.exact)
    write_bundle(output, card, files)
    return {"model": str(output), "tried": tried}


def _external_input(
    about: ExternalModel, options: ExternalModelOptions, scaling: str
) -> ExternalInput:
    crop = options.crop
    try:
        preprocessing = Preprocessing(
            about.size or options.size or DEFAULT_SIZE,
            about.channels,
            crop,
            options.extent or DEFAULT_EXTENTS.get(crop, 0.0),
        )
        return ExternalInput(preprocessing, scaling, options.reversed_colours)
    except ValueError as error:
        raise UsageError(f"Pictures cannot be prepared like that: {error}.") from None


def _try(
    external: External,
    options: ExternalModelOptions,
    workspace: Workspace,
    context: JobContext,
) -> dict[str, Any]:
    labels = tuple(options.labels)
    if options.photos is None:
        raise UsageError("There are no photos to try it on.", "Choose labelled photos.")
    context.emit(Progress(0, 0, "reading the labels"))
    samples = read_labelled(
        options.photos,
        ReadingOptions.from_dict(options.reading or {}),
        workspace=workspace.root,
    ).samples
    step = max(1, len(samples) // _MOST_PHOTOS)
    samples = samples[::step]
    external_input = _external_input(external.about, options, "0-1")
    cache = FaceStore(workspace.pictures)
    pictures = prepare_pictures(samples, external_input.preprocessing, cache, context)
    there = np.flatnonzero(pictures.rows >= 0)
    truth = [str(samples[i].emotion) for i in there]
    if not set(truth) & set(labels):
        raise DataError(
            "None of these photos shows a face with one of the model's labels.",
            "Choose other labelled photos.",
        )
    faces = pictures.faces[:]
    probabilities = gives_probabilities(external, external_input)
    found, orders = {}, []
    for scaling in external.about.scalings:
        context.check_cancelled()
        context.emit(Progress(0, 0, f"trying pixels scaled to {SCALINGS[scaling]}"))
        said = np.nan_to_num(
            external.outputs(faces, _external_input(external.about, options, scaling))
        )
        found[scaling] = _figures(said, truth, labels, probabilities)
        order = likeliest_order(said, truth, labels)
        orders.append((scaling, order, _figures(said, truth, order, probabilities)["mean_recall"]))
    best = best_scaling(found, external.about.scalings)
    for scaling, figures in found.items():
        mean, accuracy = figures["mean_recall"], figures["accuracy"]
        line = f"Pixels scaled to {SCALINGS[scaling]}:"
        context.emit(Log(f"{line} mean recall {mean:.0%}, accuracy {accuracy:.0%}"))
    scaling, order, mean = max(orders, key=lambda item: item[2])
    better = None
    if mean >= found[best]["mean_recall"] + _MIN_GAIN:
        better = {"labels": list(order), "scaling": scaling, "mean_recall": mean}
        context.emit(Log(f"With the labels {','.join(order)} it would be {mean:.0%}"))
    known = sum(emotion in labels for emotion in truth)
    return {"photos": known, "best": best, "found": found, "order": better}


def _figures(
    said: npt.NDArray[np.float32],
    truth: Sequence[str],
    labels: Sequence[str],
    probabilities: bool,
) -> dict[str, float]:
    """Mean recall and accuracy on the photos whose emotion is among the labels."""
    known = np.array([emotion in labels for emotion in truth], bool)
    targets = np.array([labels.index(e) for e in truth if e in labels], np.int32)
    metrics = validation_metrics(said[known], targets, labels)
    logits = np.log(np.maximum(said, _SMALLEST)) if probabilities else said
    return {
        "mean_recall": metrics.mean_recall,
        "accuracy": metrics.accuracy,
        "temperature": choose_temperature(logits[known].astype(np.float64), targets),
    }


def gives_probabilities(external: External, external_input: ExternalInput) -> bool:
    """Whether a model gives probabilities, or else logits.

    Its last operation says so. Where that is another one than nets end in, what it says of pictures
    of all kinds does: numbers from 0 to 1 that add up to 1, as near as 8 bits come.
    """
    if external.output is not Output.UNKNOWN:
        return external.output is Output.PROBABILITIES
    raw = external.outputs(varied_faces(external_input), external_input)
    return bool((raw >= 0).all() and (np.abs(raw.sum(axis=1) - 1) <= _SUM_OFF).all())


def _card(
    name: str,
    labels: tuple[str, ...],
    external_input: ExternalInput,
    source: Path,
    tried: Mapping[str, Any] | None,
) -> ModelCard:
    checked, temperature = "", 1.0
    if tried is not None:
        found = tried["found"][external_input.scaling]
        checked = (
            f" Checked on {tried['photos']:,} labelled photos: mean recall "
            f"{100 * found['mean_recall']:.0f} %, accuracy {100 * found['accuracy']:.0f} %."
        )
        if tried["photos"] >= _MIN_PHOTOS_TO_FIT:
            temperature = found["temperature"]
            checked += " Its confidence was fitted on them."
    try:
        return ModelCard(
            name=name,
            labels=labels,
            preprocessing=external_input.preprocessing,
            calibration=Calibration(temperature, (0.0,) * len(labels)),
            provenance=Provenance(
                created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
                program=f"Emotion Desktop {__version__}",
                recipe={"name": "elsewhere", "scaling": external_input.scaling},
                data={"source": "unknown"},
                split={},
                versions={},
                notes=f"Imported from {source.name}.{checked}",
            ),
        )
    except ValueError as error:
        raise UsageError(f"The model cannot be described like that: {error}.") from None


@contextmanager
def staged_bundle(card: ModelCard, files: Mapping[str, bytes]) -> Iterator[Bundle]:
    """A bundle that is tried before it goes where it is wanted."""
    with tempfile.TemporaryDirectory() as folder:
        yield write_bundle(Path(folder, "staged.emodel"), card, files)


def _check_finite(said: npt.NDArray[np.float32]) -> None:
    if not np.isfinite(said).all():
        raise BundleError(
            "What the model says are no numbers.", "Its file is damaged: export it again."
        )


def _check_same(
    classifier: Classifier,
    faces: npt.NDArray[np.uint8],
    said: npt.NDArray[np.float32],
    probabilities: bool,
    exact: bool,
) -> None:
    """Only what answers as the original does goes where it is wanted.

    Args:
        said: what the original says of the faces; probabilities add up to 1.
        exact: see External.

    Raises:
        BundleError: it answers otherwise.
    """
    logits = classifier.logits(faces)
    as_it_says = Calibration.none(len(classifier.card.labels))
    found = calibrate(logits, as_it_says) if probabilities else logits
    tolerance = (_SAME if exact else _SAME_IN_8_BITS) * max(1.0, float(np.abs(said).max()))
    if not np.abs(found - said).max() <= tolerance:
        raise BundleError(
            "The converted model does not answer as the original does.", "Nothing was imported."
        )
