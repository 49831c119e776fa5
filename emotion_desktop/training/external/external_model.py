"""The jobs that bring in a model that was made elsewhere. They run in the worker process: nothing
in such a file may end the window."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from emotion_desktop import __version__
from emotion_desktop.dataset.sources.labels import read_labelled
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import BundleError, DataError, UsageError
from emotion_desktop.domain.external_model import (
    SCALINGS,
    ExternalInput,
    ExternalModel,
    best_scaling,
)
from emotion_desktop.domain.job import JobContext, JobSpec, Log, Progress
from emotion_desktop.domain.model import (
    DEFAULT_CROP,
    DEFAULT_EXTENTS,
    DEFAULT_SIZE,
    Calibration,
    ModelCard,
    Preprocessing,
    Provenance,
)
from emotion_desktop.domain.model_files import external_root
from emotion_desktop.engines.bundle import write_bundle
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.engines.loading import load_classifier
from emotion_desktop.training.data.face_store import FaceStore
from emotion_desktop.training.data.pictures import prepare_pictures
from emotion_desktop.training.external.label_order import likeliest_order
from emotion_desktop.training.finish.calibrate import choose_temperature
from emotion_desktop.training.fit.validation_metrics import validation_metrics
from emotion_desktop.workspace.paths import Workspace

#: So many photos show which scaling is meant.
_MOST_PHOTOS: Final = 400
#: Probabilities below are taken for this one, so that their logarithm is finite.
_SMALLEST: Final = 1e-7
#: So many are needed to fit a temperature on; with fewer, confidence stays the model's own.
_MIN_PHOTOS_TO_FIT: Final = 100
#: By so much mean recall another order of the labels must win before it is proposed.
_MIN_GAIN: Final = 0.1


class _External(Protocol):
    @property
    def about(self) -> ExternalModel:
        """What its files say."""

    def outputs(
        self, faces: npt.NDArray[np.uint8], external_input: ExternalInput
    ) -> npt.NDArray[np.float32]:
        """Its outputs for faces, logits or probabilities."""

    def files(self, external_input: ExternalInput, probabilities: bool) -> dict[str, bytes]:
        """The files of a bundle."""


def describe_external(spec: JobSpec, context: JobContext) -> dict[str, Any]:
    """Looks into a model's files; a JobFunction. Its result is ExternalModel.to_dict.

    Raises:
        BundleError: it is no model that names expressions.
    """
    context.emit(Progress(0, 0, "reading the model"))
    about = _load(Path(spec.parameters["source"])).about
    if not 2 <= about.classes <= len(EMOTIONS):
        raise BundleError(
            f"The model knows {about.classes} classes, and there are {len(EMOTIONS)} emotions.",
            "It was trained for something else.",
        )
    return about.to_dict()


def try_external(spec: JobSpec, context: JobContext) -> dict[str, Any]:
    """Tries a model on labelled photos with every scaling that can be meant; a JobFunction.

    Returns:
        ``photos``: how many were tried; ``best``: the scaling; ``found``: mean recall, accuracy
        and the temperature that fits by scaling; ``order``: None, or ``labels``, ``scaling`` and
        ``mean_recall`` where another order of the labels does far better.

    Raises:
        AppError: there are no labelled photos with a face, or the model cannot be run.
    """
    context.emit(Progress(0, 0, "reading the model"))
    external = _load(Path(spec.parameters["source"]))
    return _try(external, spec.parameters, context)


def import_external(spec: JobSpec, context: JobContext) -> dict[str, Any]:
    """Writes the bundle of a model; a JobFunction.

    Where ``scaling`` is empty it is found on the labelled ``photos``.

    Returns:
        ``model``: path of the bundle; ``tried``: what try_external returns, or None.

    Raises:
        AppError: the model cannot be converted, or does not fit its description.
    """
    given = spec.parameters
    source, output = Path(given["source"]), Path(given["output"])
    context.emit(Progress(0, 0, "reading the model"))
    external = _load(source)
    labels = tuple(given["labels"])
    if len(labels) != external.about.classes:
        raise UsageError(
            f"The model knows {external.about.classes} classes; {len(labels)} labels were given.",
            "Give a label for each class, in the model's order.",
        )
    tried = _try(external, given, context) if given.get("photos") else None
    scaling = given.get("scaling") or (tried["best"] if tried else "")
    if not scaling:
        raise UsageError(
            "The model does not say how its pixels are scaled.",
            f"Say so ({', '.join(external.about.scalings)}), or give labelled photos to find out.",
        )
    external_input = _external_input(external.about, given, scaling)
    context.emit(Progress(0, 0, "converting"))
    probabilities = _gives_probabilities(external, external_input)
    files = external.files(external_input, probabilities)
    card = _card(output.stem, labels, external_input, source, tried)
    context.check_cancelled()
    faces = _noise(external_input, 5)
    raw = external.outputs(faces, external_input)
    _write_checked(output, card, files, faces, raw)
    return {"model": str(output), "tried": tried}


def _load(source: Path) -> _External:
    if not source.exists():
        raise UsageError(
            f"There is no file or folder {source}.", "Choose a model that is on this computer."
        )
    if source.suffix.casefold() == ".onnx":
        from emotion_desktop.engines.from_onnx import ExternalOnnx

        return ExternalOnnx(source)
    from emotion_desktop.training.external.from_keras import ExternalKeras, ExternalSavedModel

    root = external_root(source)
    return ExternalSavedModel(root) if root.is_dir() else ExternalKeras(root)


def _external_input(about: ExternalModel, given: Mapping[str, Any], scaling: str) -> ExternalInput:
    crop = str(given.get("crop") or DEFAULT_CROP)
    try:
        preprocessing = Preprocessing(
            about.size or int(given.get("size") or DEFAULT_SIZE),
            about.channels,
            crop,
            float(given.get("extent") or DEFAULT_EXTENTS.get(crop, 0.0)),
        )
        return ExternalInput(preprocessing, scaling, bool(given.get("reversed_colours")))
    except ValueError as error:
        raise UsageError(f"Pictures cannot be prepared like that: {error}.") from None


def _try(external: _External, given: Mapping[str, Any], context: JobContext) -> dict[str, Any]:
    labels = tuple(given["labels"])
    context.emit(Progress(0, 0, "reading the labels"))
    samples = [s for s in read_labelled(Path(given["photos"])).samples if s.emotion]
    step = max(1, len(samples) // _MOST_PHOTOS)
    samples = samples[::step]
    external_input = _external_input(external.about, given, "0-1")
    cache = FaceStore(Workspace(Path(given["workspace"])).pictures)
    pictures = prepare_pictures(samples, external_input.preprocessing, cache, context)
    there = np.flatnonzero(pictures.rows >= 0)
    truth = [str(samples[i].emotion) for i in there]
    if not set(truth) & set(labels):
        raise DataError(
            "None of these photos shows a face with one of the model's labels.",
            "Choose other labelled photos.",
        )
    faces = pictures.faces[:]
    found, orders = {}, []
    for scaling in external.about.scalings:
        context.check_cancelled()
        context.emit(Progress(0, 0, f"trying pixels scaled to {SCALINGS[scaling]}"))
        raw = np.nan_to_num(
            external.outputs(faces, _external_input(external.about, given, scaling))
        )
        found[scaling] = _figures(raw, truth, labels)
        order = likeliest_order(raw, truth, labels)
        orders.append((scaling, order, _figures(raw, truth, order)["mean_recall"]))
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
    raw: npt.NDArray[np.float32], truth: Sequence[str], labels: Sequence[str]
) -> dict[str, float]:
    """Mean recall and accuracy on the photos whose emotion is among the labels."""
    known = np.array([emotion in labels for emotion in truth], bool)
    targets = np.array([labels.index(e) for e in truth if e in labels], np.int32)
    metrics = validation_metrics(raw[known], targets, labels)
    logits = np.log(np.maximum(raw, _SMALLEST)) if _are_probabilities(raw) else raw
    return {
        "mean_recall": metrics.mean_recall,
        "accuracy": metrics.accuracy,
        "temperature": choose_temperature(logits[known].astype(np.float64), targets),
    }


def _gives_probabilities(external: _External, external_input: ExternalInput) -> bool:
    """Whether it ends in a softmax: its outputs for noise add up to 1."""
    raw = external.outputs(_noise(external_input, 4), external_input)
    return _are_probabilities(raw)


def _are_probabilities(raw: npt.NDArray[np.float32]) -> bool:
    return bool((raw >= 0).all() and np.allclose(raw.sum(axis=1), 1, atol=1e-3))


def _noise(external_input: ExternalInput, count: int) -> npt.NDArray[np.uint8]:
    need = external_input.preprocessing
    shape = (count, need.size, need.size, need.channels)
    return np.random.default_rng(count).integers(0, 256, shape, np.uint8)


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


def _write_checked(
    output: Path,
    card: ModelCard,
    files: Mapping[str, bytes],
    faces: npt.NDArray[np.uint8],
    raw: npt.NDArray[np.float32],
) -> None:
    """Only what answers as the original does goes where it is wanted.

    Args:
        raw: what the original gives of the faces, logits or probabilities.
    """
    with tempfile.TemporaryDirectory() as folder:
        staged = write_bundle(Path(folder, "staged.emodel"), card, files)
        logits = load_classifier(staged).logits(faces)
    if not np.isfinite(raw).all():
        raise BundleError(
            "The model's outputs are no numbers.", "Its file is damaged: export it again."
        )
    uncalibrated = Calibration.none(len(card.labels))
    found = calibrate(logits, uncalibrated) if _are_probabilities(raw) else logits
    if not np.abs(found - raw).max() <= 1e-3 * max(1.0, float(np.abs(raw).max())):
        raise BundleError(
            "The converted model does not answer as the original does.", "Nothing was imported."
        )
    write_bundle(output, card, files)
