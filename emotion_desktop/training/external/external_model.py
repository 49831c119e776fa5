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
from emotion_desktop.domain.external_model import SCALINGS, ExternalModel, InputForm, best_scaling
from emotion_desktop.domain.job import JobContext, JobSpec, Log, Progress
from emotion_desktop.domain.model import (
    USUAL_CROP,
    USUAL_EXTENTS,
    USUAL_SIZE,
    Calibration,
    ModelCard,
    Preprocessing,
    Provenance,
)
from emotion_desktop.domain.model_files import foreign_root
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
_SMALLEST: Final = 1e-7
#: So many are needed to fit a temperature on; with fewer, confidence stays the model's own.
_ENOUGH: Final = 100
#: By so much mean recall another order of the labels must win before it is spoken of.
_FAR_BETTER: Final = 0.1


class _External(Protocol):
    @property
    def about(self) -> ExternalModel:
        """What its files say."""

    def outputs(self, faces: npt.NDArray[np.uint8], form: InputForm) -> npt.NDArray[np.float32]:
        """What it says of faces."""

    def files(self, form: InputForm, probabilities: bool) -> dict[str, bytes]:
        """The files of a bundle."""


def describe_foreign(spec: JobSpec, context: JobContext) -> dict[str, Any]:
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


def try_foreign(spec: JobSpec, context: JobContext) -> dict[str, Any]:
    """Tries a model on labelled photos with every scaling that can be meant; a JobFunction.

    Returns:
        ``photos``: how many were tried; ``best``: the scaling; ``found``: mean recall, accuracy
        and the temperature that fits by scaling; ``order``: None, or ``labels``, ``scaling`` and
        ``mean_recall`` where another order of the labels does far better.

    Raises:
        AppError: there are no labelled photos with a face, or the model cannot be run.
    """
    context.emit(Progress(0, 0, "reading the model"))
    foreign = _load(Path(spec.parameters["source"]))
    return _try(foreign, spec.parameters, context)


def import_foreign(spec: JobSpec, context: JobContext) -> dict[str, Any]:
    """Writes the bundle of a model; a JobFunction.

    Where ``scaling`` is empty it is found on the labelled ``photos``.

    Returns:
        ``model``: path of the bundle; ``tried``: what try_foreign returns, or None.

    Raises:
        AppError: the model cannot be taken over, or does not fit what was said of it.
    """
    given = spec.parameters
    source, output = Path(given["source"]), Path(given["output"])
    context.emit(Progress(0, 0, "reading the model"))
    foreign = _load(source)
    labels = tuple(given["labels"])
    if len(labels) != foreign.about.classes:
        raise UsageError(
            f"The model knows {foreign.about.classes} classes; {len(labels)} labels were given.",
            "Give a label for each class, in the model's order.",
        )
    tried = _try(foreign, given, context) if given.get("photos") else None
    scaling = given.get("scaling") or (tried["best"] if tried else "")
    if not scaling:
        raise UsageError(
            "The model does not say how its pixels are scaled.",
            f"Say so ({', '.join(foreign.about.scalings)}), or give labelled photos to find out.",
        )
    form = _form(foreign.about, given, scaling)
    context.emit(Progress(0, 0, "converting"))
    probabilities = _gives_probabilities(foreign, form)
    files = foreign.files(form, probabilities)
    card = _card(output.stem, labels, form, source, tried)
    context.check_cancelled()
    faces = _noise(form, 5)
    said = foreign.outputs(faces, form)
    _write_checked(output, card, files, faces, said)
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

    root = foreign_root(source)
    return ExternalSavedModel(root) if root.is_dir() else ExternalKeras(root)


def _form(about: ExternalModel, given: Mapping[str, Any], scaling: str) -> InputForm:
    crop = str(given.get("crop") or USUAL_CROP)
    try:
        preprocessing = Preprocessing(
            about.size or int(given.get("size") or USUAL_SIZE),
            about.channels,
            crop,
            float(given.get("extent") or USUAL_EXTENTS.get(crop, 0.0)),
        )
        return InputForm(preprocessing, scaling, bool(given.get("reversed_colours")))
    except ValueError as error:
        raise UsageError(f"Pictures cannot be prepared like that: {error}.") from None


def _try(foreign: _External, given: Mapping[str, Any], context: JobContext) -> dict[str, Any]:
    labels = tuple(given["labels"])
    context.emit(Progress(0, 0, "reading the labels"))
    samples = [s for s in read_labelled(Path(given["photos"])).samples if s.emotion]
    step = max(1, len(samples) // _MOST_PHOTOS)
    samples = samples[::step]
    form = _form(foreign.about, given, "0-1")
    cache = FaceStore(Workspace(Path(given["workspace"])).pictures)
    pictures = prepare_pictures(samples, form.preprocessing, cache, context)
    there = np.flatnonzero(pictures.rows >= 0)
    truth = [str(samples[i].emotion) for i in there]
    if not set(truth) & set(labels):
        raise DataError(
            "None of these photos shows a face with one of the model's labels.",
            "Choose other labelled photos.",
        )
    faces = pictures.faces[:]
    found, orders = {}, []
    for scaling in foreign.about.scalings:
        context.check_cancelled()
        context.emit(Progress(0, 0, f"trying pixels scaled to {SCALINGS[scaling]}"))
        said = np.nan_to_num(foreign.outputs(faces, _form(foreign.about, given, scaling)))
        found[scaling] = _figures(said, truth, labels)
        order = likeliest_order(said, truth, labels)
        orders.append((scaling, order, _figures(said, truth, order)["mean_recall"]))
    best = best_scaling(found, foreign.about.scalings)
    for scaling, figures in found.items():
        mean, accuracy = figures["mean_recall"], figures["accuracy"]
        line = f"Pixels scaled to {SCALINGS[scaling]}:"
        context.emit(Log(f"{line} mean recall {mean:.0%}, accuracy {accuracy:.0%}"))
    scaling, order, mean = max(orders, key=lambda item: item[2])
    better = None
    if mean >= found[best]["mean_recall"] + _FAR_BETTER:
        better = {"labels": list(order), "scaling": scaling, "mean_recall": mean}
        context.emit(Log(f"With the labels {','.join(order)} it would be {mean:.0%}"))
    known = sum(emotion in labels for emotion in truth)
    return {"photos": known, "best": best, "found": found, "order": better}


def _figures(
    said: npt.NDArray[np.float32], truth: Sequence[str], labels: Sequence[str]
) -> dict[str, float]:
    """Mean recall and accuracy on the photos whose emotion is among the labels."""
    known = np.array([emotion in labels for emotion in truth], bool)
    targets = np.array([labels.index(e) for e in truth if e in labels], np.int32)
    judged = validation_metrics(said[known], targets, labels)
    logits = np.log(np.maximum(said, _SMALLEST)) if _are_shares(said) else said
    return {
        "mean_recall": judged.mean_recall,
        "accuracy": judged.accuracy,
        "temperature": choose_temperature(logits[known].astype(np.float64), targets),
    }


def _gives_probabilities(foreign: _External, form: InputForm) -> bool:
    """Whether it ends in a softmax: what it says of noise adds up to 1."""
    said = foreign.outputs(_noise(form, 4), form)
    return _are_shares(said)


def _are_shares(said: npt.NDArray[np.float32]) -> bool:
    return bool((said >= 0).all() and np.allclose(said.sum(axis=1), 1, atol=1e-3))


def _noise(form: InputForm, count: int) -> npt.NDArray[np.uint8]:
    need = form.preprocessing
    shape = (count, need.size, need.size, need.channels)
    return np.random.default_rng(count).integers(0, 256, shape, np.uint8)


def _card(
    name: str,
    labels: tuple[str, ...],
    form: InputForm,
    source: Path,
    tried: Mapping[str, Any] | None,
) -> ModelCard:
    checked, temperature = "", 1.0
    if tried is not None:
        found = tried["found"][form.scaling]
        checked = (
            f" Checked on {tried['photos']:,} labelled photos: mean recall "
            f"{100 * found['mean_recall']:.0f} %, accuracy {100 * found['accuracy']:.0f} %."
        )
        if tried["photos"] >= _ENOUGH:
            temperature = found["temperature"]
            checked += " Its confidence was fitted on them."
    try:
        return ModelCard(
            name=name,
            labels=labels,
            preprocessing=form.preprocessing,
            calibration=Calibration(temperature, (0.0,) * len(labels)),
            provenance=Provenance(
                created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
                program=f"Emotion Desktop {__version__}",
                recipe={"name": "elsewhere", "scaling": form.scaling},
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
    said: npt.NDArray[np.float32],
) -> None:
    """Only what answers as the original does goes where it is wanted.

    Args:
        said: what the original says of the faces, logits or probabilities.
    """
    with tempfile.TemporaryDirectory() as folder:
        staged = write_bundle(Path(folder, "staged.emodel"), card, files)
        logits = load_classifier(staged).logits(faces)
    if not np.isfinite(said).all():
        raise BundleError(
            "What the model says are no numbers.", "Its file is damaged: export it again."
        )
    as_it_says = Calibration.none(len(card.labels))
    found = calibrate(logits, as_it_says) if _are_shares(said) else logits
    if not np.abs(found - said).max() <= 1e-3 * max(1.0, float(np.abs(said).max())):
        raise BundleError(
            "The converted model does not answer as the original does.", "Nothing was imported."
        )
    write_bundle(output, card, files)
