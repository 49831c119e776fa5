"""The job that trains a model: from labelled photos to a bundle. Runs in the worker process."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

import numpy as np

from emotion_desktop import __version__
from emotion_desktop.dataset.fingerprint import fingerprint
from emotion_desktop.dataset.labels import LabelledData, read_labelled
from emotion_desktop.dataset.split import split_by_person
from emotion_desktop.domain.emotions import EMOTIONS
from emotion_desktop.domain.errors import DataError
from emotion_desktop.domain.job import JobContext, JobSpec, Progress
from emotion_desktop.domain.model import ModelCard, Provenance
from emotion_desktop.domain.prediction import PhotoStatus
from emotion_desktop.domain.scores import Scores
from emotion_desktop.domain.split import Split
from emotion_desktop.engines.bundle import write_bundle
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.engines.litert import LiteRTClassifier
from emotion_desktop.evaluation.metrics import Answer, score
from emotion_desktop.evaluation.words import describe
from emotion_desktop.training.order import Order
from emotion_desktop.training.pictures import Part, Pictures, prepare_pictures
from emotion_desktop.training.sampling import learnt_prior

#: Faces classified at once when a finished model is scored.
_CHUNK: Final = 64


@dataclass(frozen=True)
class _Material:
    """Everything a training starts from.

    ``left_out`` says why photos of the source are in no part, and how many.
    """

    data: LabelledData
    split: Split
    pictures: Pictures
    training: Part
    validation: Part
    test: Part
    labels: tuple[str, ...]
    left_out: Mapping[str, int]

    @property
    def scored(self) -> tuple[str, Part]:
        """The part that the scores in the bundle are those of, and its name."""
        return ("test", self.test) if self.split.test else ("validation", self.validation)


def train(spec: JobSpec, context: JobContext) -> dict[str, Any]:
    """Trains a model and writes its bundle; a JobFunction.

    The parameters are those of training.order.Order. Nothing is written before the end.

    Returns:
        ``model``: path of the bundle; ``scores``: on people held back; ``summary``: the same in
        words.

    Raises:
        AppError: the data, the order or the disk do not allow it, or the training diverged.
        CancelledError: the user cancelled.
    """
    order = Order.from_parameters(spec.parameters)
    order.check_output()
    material = _prepare(order, context)

    context.emit(Progress(0, 0, "starting TensorFlow"))
    # Only now: it takes seconds, and mistakes in the data are told sooner without.
    from emotion_desktop.training.loop import fit

    recipe = order.recipe
    fitted = fit(
        recipe,
        material.training,
        material.validation,
        material.labels,
        seed=order.seed,
        context=context,
    )
    context.check_cancelled()
    scores = _finish(order, material, fitted, context)
    return {
        "model": str(order.output),
        "scores": scores.to_dict(),
        "summary": describe(scores),
    }


def _prepare(order: Order, context: JobContext) -> _Material:
    context.emit(Progress(0, 0, "reading the labels"))
    data = read_labelled(order.data)
    split = split_by_person(data.samples, order.recipe.fractions, order.seed)
    pictures = prepare_pictures(data.samples, order.recipe.preprocessing, context)
    training = pictures.part(split.training)
    # The same file under another person's name must not be what the model is judged on.
    seen = {pictures.digests[sample.path] for sample in training.samples}
    unseen = [
        [sample for sample in part if pictures.digests.get(sample.path) not in seen]
        for part in (split.validation, split.test)
    ]
    validation, test = (pictures.part(part) for part in unseen)
    copies = len(split.validation) + len(split.test) - sum(map(len, unseen))
    left_out = {**data.left_out, "trained_on": copies} if copies else data.left_out
    counts = training.counts()
    labels = tuple(emotion for emotion in EMOTIONS if counts[emotion])
    if len(labels) < 2:
        raise DataError(
            "The training photos show fewer than two emotions in which a face was found.",
            "Add photos of other emotions.",
        )
    if not len(validation.faces):
        raise DataError(
            "There is no photo with a face to choose the best epoch by.",
            "Add photos of more people, or give validation a larger share.",
        )
    return _Material(data, split, pictures, training, validation, test, labels, left_out)


def _finish(order: Order, material: _Material, fitted: Any, context: JobContext) -> Scores:
    """Calibrates, exports, checks and scores a trained net, then writes its bundle."""
    from emotion_desktop.training.calibrate import choose_calibration
    from emotion_desktop.training.export import check_same, model_files

    context.emit(Progress(0, 0, "calibrating"))
    validation, training = material.validation, material.training
    counts = training.counts()
    # Counts plus one (Laplace): an emotion with a handful of photos gets no extreme bias.
    smoothed = np.array([counts[label] + 1 for label in material.labels], np.float64)
    calibration, tau = choose_calibration(
        fitted.logits,
        validation.targets(material.labels),
        validation.persons(),
        counts=smoothed,
        learnt=learnt_prior(smoothed, order.recipe),
        seed=order.seed,
    )
    card = ModelCard(
        name=order.name,
        labels=material.labels,
        preprocessing=order.recipe.preprocessing,
        calibration=calibration,
        provenance=_provenance(order, material, fitted, tau),
    )
    context.emit(Progress(0, 0, "exporting"))
    files = model_files(fitted.model)
    trained_on = [material.pictures.digests[sample.path] for sample in training.samples]
    context.emit(Progress(0, 0, "scoring"))
    with tempfile.TemporaryDirectory() as folder:
        # Scored is what is written: the bundle, read again, classifying as it will for the user.
        staged = write_bundle(Path(folder, "staged.emodel"), card, files, trained_on)
        classifier = LiteRTClassifier(staged)
        check_same(fitted.logits, classifier.logits, validation.faces)
        scores = _score(classifier, material.scored[1], material.left_out)
    context.check_cancelled()
    write_bundle(order.output, replace(card, scores=scores), files, trained_on)
    return scores


def _score(classifier: LiteRTClassifier, part: Part, left_out: Mapping[str, int]) -> Scores:
    labels = classifier.card.labels
    answers = []
    for start in range(0, len(part.samples), _CHUNK):
        logits = classifier.logits(part.faces[start : start + _CHUNK])
        rows = calibrate(logits, classifier.card.calibration).tolist()
        for sample, row in zip(part.samples[start : start + _CHUNK], rows, strict=True):
            probabilities = dict(zip(labels, row, strict=True))
            answers.append(Answer(sample.emotion or "", sample.person, probabilities))
    answers += [Answer(sample.emotion or "", sample.person, None) for sample in part.missing]
    return score(answers, labels, left_out)


def _provenance(order: Order, material: _Material, fitted: Any, tau: float) -> Provenance:
    from emotion_desktop.training.export import versions

    data, pictures = material.data, material.pictures
    return Provenance(
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        program=f"Emotion Desktop {__version__}",
        recipe={
            **order.recipe.to_dict(),
            "best_epoch": fitted.epoch,
            "epochs_run": fitted.epochs,
            "tau": tau,
        },
        data={
            # The name alone: where it lay is nobody's business.
            "source": order.data.name,
            "fingerprint": fingerprint(
                [sample for sample in data.samples if sample.path in pictures.digests],
                pictures.digests,
            ),
            "photos": _per_emotion(data),
            "persons": len({sample.person for sample in data.samples}),
            "left_out": {
                **material.left_out,
                "no_face": pictures.count(PhotoStatus.NO_FACE, data.samples),
                "unreadable": pictures.count(PhotoStatus.UNREADABLE, data.samples),
            },
        },
        split={**material.split.to_dict(), "scored_on": material.scored[0]},
        versions=versions(),
        notes=order.notes,
    )


def _per_emotion(data: LabelledData) -> dict[str, int]:
    emotions: Sequence[str | None] = [sample.emotion for sample in data.samples]
    return {emotion: emotions.count(emotion) for emotion in EMOTIONS}
