"""From a trained net to its bundle: calibrated, exported, checked, tried out, scored."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from emotion_desktop import __version__
from emotion_desktop.domain.experts import ExpertEnsemble
from emotion_desktop.domain.job import JobContext, Log, Progress
from emotion_desktop.domain.model import ModelCard, Provenance
from emotion_desktop.domain.scores import Scores
from emotion_desktop.engines.bundle import write_bundle
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.engines.experts import ensemble_logits
from emotion_desktop.engines.litert import LiteRTClassifier
from emotion_desktop.evaluation.metrics import Answer, score
from emotion_desktop.training.data.pictures import Part
from emotion_desktop.training.data.sampling import learnt_prior
from emotion_desktop.training.data.training_data import TrainingData
from emotion_desktop.training.finish.calibrate import choose_calibration
from emotion_desktop.training.finish.export import check_same, model_files, versions
from emotion_desktop.training.finish.self_test import in_words, try_out
from emotion_desktop.training.fit.trainer import Fitted
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.workspace.files.atomic import free_path

#: Faces classified at once when a finished model is scored.
_CHUNK: Final = 64


def finish(
    order: TrainingRequest,
    material: TrainingData,
    fitted: Fitted,
    context: JobContext,
    *,
    replaces: bool,
) -> tuple[Path, Scores]:
    """Writes the bundle of a trained net, or nothing; returns its file and its scores.

    Args:
        replaces: the file was there when the training began, and is meant to be replaced. One that
            came meanwhile is another's: the bundle goes beside it.

    Raises:
        AppError: the exported model does not answer as the trained one, or cannot be written.
        CancelledError: the user cancelled.
    """
    context.emit(Progress(0, 0, "calibrating"))
    validation, labels = material.validation, material.labels
    # Counts plus one (Laplace): an emotion with a handful of photos gets no extreme bias.
    natural, shown = (
        np.array([counts[label] + 1 for label in labels], np.float64)
        for counts in (material.training.counts(real=True), material.training.counts())
    )
    ensemble = _fit_ensemble(material)
    calibration, tau = choose_calibration(
        _with_ensemble(fitted.logits, ensemble, validation),
        validation.targets(labels),
        validation.persons(),
        counts=natural,
        learnt=learnt_prior(shown, material.recipe),
        seed=order.seed,
    )
    card = ModelCard(
        name=order.name,
        labels=labels,
        preprocessing=material.recipe.preprocessing,
        calibration=calibration,
        provenance=_provenance(order, material, fitted, tau),
        experts=ensemble,
    )
    context.emit(Progress(0, 0, "exporting"))
    files = model_files(fitted.model)
    with tempfile.TemporaryDirectory() as folder:
        # Scored is what is written: the bundle, read again, classifying as it will for the user.
        staged = write_bundle(Path(folder, "staged.emodel"), card, files, material.trained_on)
        classifier = LiteRTClassifier(staged)
        context.emit(Progress(0, 0, "checking the exported model"))
        check_same(fitted.logits, classifier.logits, validation.faces)
        trials = try_out(classifier, fitted.model, material.examples)
        context.emit(Log(in_words(trials)))
        context.check_cancelled()
        context.emit(Progress(0, 0, "scoring"))
        scores = _score(classifier, material.scored[1], material.left_out)
    context.check_cancelled()
    origin = card.provenance
    tried = {trial.emotion: trial.to_dict() for trial in trials}
    card = replace(
        card,
        scores=scores,
        provenance=replace(origin, recipe={**origin.recipe, "self_test": tried}),
    )
    output = order.output if replaces else free_path(order.output)
    write_bundle(output, card, files, material.trained_on)
    return output, scores


def _fit_ensemble(material: TrainingData) -> ExpertEnsemble | None:
    """The ensemble fitted on the real training photos; None where the recipe has none."""
    training, labels = material.training, material.labels
    if training.expert_features is None:
        return None
    from emotion_desktop.training.data.expert_features import fit_ensemble

    targets = training.targets(labels)[: len(training.expert_features)]
    return fit_ensemble(training.expert_features, targets, labels, material.recipe)


def _with_ensemble(
    logits: npt.NDArray[np.float32], ensemble: ExpertEnsemble | None, part: Part, start: int = 0
) -> npt.NDArray[np.floating[Any]]:
    """Logits of a part's photos from ``start`` on, with what the ensemble adds."""
    if ensemble is None or part.expert_features is None:
        return logits
    return logits + ensemble_logits(ensemble, part.expert_features[start : start + len(logits)])


def _score(classifier: LiteRTClassifier, part: Part, left_out: Mapping[str, int]) -> Scores:
    labels = classifier.card.labels
    truths, persons = part.truths(), part.persons()
    answers = []
    for start in range(0, len(truths), _CHUNK):
        logits = classifier.logits(part.faces[start : start + _CHUNK])
        logits = _with_ensemble(logits, classifier.card.experts, part, start)
        rows = calibrate(logits, classifier.card.calibration).tolist()
        for number, row in enumerate(rows, start):
            probabilities = dict(zip(labels, row, strict=True))
            answers.append(Answer(truths[number], persons[number], probabilities))
    answers += [Answer(emotion, str(person), None) for emotion, person in part.missing]
    return score(answers, labels, left_out)


def _provenance(
    order: TrainingRequest, material: TrainingData, fitted: Fitted, tau: float
) -> Provenance:
    return Provenance(
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        program=f"Emotion Desktop {__version__}",
        recipe={
            **material.recipe.to_dict(),
            "seed": order.seed,
            "best_epoch": fitted.epoch,
            "epochs_run": fitted.epochs,
            "tau": tau,
            **({"started_from": order.start_from.stem} if order.start_from else {}),
        },
        data=material.data,
        split={**material.split, "scored_on": material.scored[0]},
        versions=versions(),
        notes=order.notes,
    )
