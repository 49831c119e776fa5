"""From a trained net to its bundle: calibrated, exported, checked, tried out, scored."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
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
from emotion_desktop.engines.bundle import write_bundle
from emotion_desktop.engines.calibration import calibrate
from emotion_desktop.engines.classifier import Classifier
from emotion_desktop.engines.experts import ensemble_logits
from emotion_desktop.engines.loading import load_classifier
from emotion_desktop.evaluation.metrics import LabelledPrediction, score
from emotion_desktop.training.data.part import Part
from emotion_desktop.training.data.sampling import natural_counts, part_prior
from emotion_desktop.training.data.training_data import TrainingData
from emotion_desktop.training.finish.calibrate import choose_calibration
from emotion_desktop.training.finish.export import check_same, model_files, versions
from emotion_desktop.training.finish.self_test import self_test, self_test_sentence
from emotion_desktop.training.fit.trainer import Fitted
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.workspace.files.atomic import free_path

#: Faces classified at once when a finished model is scored.
_CHUNK: Final = 64


def export_trained(
    request: TrainingRequest,
    data: TrainingData,
    fitted: Fitted,
    context: JobContext,
    *,
    replaces: bool,
    facts: Mapping[str, Any] | None = None,
) -> tuple[Path, ModelCard]:
    """Writes the bundle of a trained net, or nothing; returns its file and its card, which has the
    scores.

    Args:
        replaces: the file was there when the training began, and is meant to be replaced. One that
            came meanwhile is another's: the bundle goes beside it.
        facts: more about how it was trained, for the recipe in its provenance.

    Raises:
        AppError: the exported model does not answer as the trained one, or cannot be written.
        CancelledError: the user cancelled.
    """
    context.emit(Progress(0, 0, "calibrating"))
    validation, labels = data.validation, data.labels
    ensemble = _fit_ensemble(data)
    calibration, tau = choose_calibration(
        _with_ensemble(fitted.logits, ensemble, validation),
        validation.targets(labels),
        validation.persons(),
        counts=natural_counts(data.training, labels, real=True),
        learnt=part_prior(data.training, labels, data.recipe),
        seed=request.seed,
        accuracy_allowed=data.recipe.accuracy_allowed,
    )
    card = ModelCard(
        name=request.name,
        labels=labels,
        preprocessing=data.recipe.preprocessing,
        calibration=calibration,
        provenance=_provenance(request, data, fitted, {"tau": tau, **(facts or {})}),
        experts=ensemble,
    )
    context.emit(Progress(0, 0, "exporting"))
    files = model_files(fitted.model)
    with tempfile.TemporaryDirectory() as folder:
        # Scored is what is written: the bundle, read again, classifying as it will for the user.
        staged = write_bundle(
            Path(folder, "staged.emodel"), card, files, data.trained_on, data.copy_codes
        )
        context.emit(Progress(0, 0, "checking the exported model"))
        for engine in staged.engines:
            check_same(fitted.logits, load_classifier(staged, engine).logits, validation.faces)
        classifier = load_classifier(staged)
        trials = self_test(classifier, fitted.model, data.examples)
        context.emit(Log(self_test_sentence(trials)))
        context.check_cancelled()
        context.emit(Progress(0, 0, "scoring"))
        scored = _predict(classifier, data.scored[1])
        scores = score(scored, labels, data.left_out)
        by_source = _scores_by_source(scored, data.scored_sources, labels)
    context.check_cancelled()
    origin = card.provenance
    tried = {trial.emotion: trial.to_dict() for trial in trials}
    card = replace(
        card,
        scores=scores,
        provenance=replace(
            origin,
            recipe={**origin.recipe, "self_test": tried},
            split={**origin.split, **by_source},
        ),
    )
    output = request.output if replaces else free_path(request.output)
    write_bundle(output, card, files, data.trained_on, data.copy_codes)
    return output, card


def _fit_ensemble(data: TrainingData) -> ExpertEnsemble | None:
    """The ensemble fitted on the real training photos; None where the recipe has none."""
    training, labels = data.training, data.labels
    if training.expert_features is None:
        return None
    from emotion_desktop.training.data.expert_features import fit_ensemble

    targets = training.targets(labels)[: len(training.expert_features)]
    return fit_ensemble(training.expert_features, targets, labels, data.recipe)


def _with_ensemble(
    logits: npt.NDArray[np.float32], ensemble: ExpertEnsemble | None, part: Part, start: int = 0
) -> npt.NDArray[np.floating[Any]]:
    """Logits of a part's photos from ``start`` on, with what the ensemble adds."""
    if ensemble is None or part.expert_features is None:
        return logits
    return logits + ensemble_logits(ensemble, part.expert_features[start : start + len(logits)])


def _predict(classifier: Classifier, part: Part) -> list[LabelledPrediction]:
    """The answers for a part's photos, those with a face first."""
    labels = classifier.card.labels
    truths, persons = part.truths(), part.persons()
    predictions = []
    for start in range(0, len(truths), _CHUNK):
        logits = classifier.logits(part.faces[start : start + _CHUNK])
        logits = _with_ensemble(logits, classifier.card.experts, part, start)
        rows = calibrate(logits, classifier.card.calibration).tolist()
        for number, row in enumerate(rows, start):
            probabilities = dict(zip(labels, row, strict=True))
            predictions.append(LabelledPrediction(truths[number], persons[number], probabilities))
    predictions += [
        LabelledPrediction(emotion, str(person), None) for emotion, person in part.missing
    ]
    return predictions


def _scores_by_source(
    predictions: Sequence[LabelledPrediction], sources: Sequence[str], labels: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Scores on the photos of each source, as JSON values under ``scores_by_source``; nothing
    where all come from one.

    Args:
        sources: of each prediction, or none.
    """
    by_source: dict[str, list[LabelledPrediction]] = {}
    for prediction, source in zip(predictions, sources, strict=False):
        by_source.setdefault(source, []).append(prediction)
    scored = {name: score(some, labels, {}).to_dict() for name, some in by_source.items()}
    return {"scores_by_source": scored} if scored else {}


def _provenance(
    request: TrainingRequest, data: TrainingData, fitted: Fitted, facts: Mapping[str, Any]
) -> Provenance:
    return Provenance(
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        program=f"Emotion Desktop {__version__}",
        recipe={
            **data.recipe.to_dict(),
            "run": request.run,
            "seed": request.seed,
            "best_epoch": fitted.epoch,
            "epochs_run": fitted.epochs,
            **facts,
            **({"started_from": request.start_from.stem} if request.start_from else {}),
        },
        data=data.data,
        split={**data.split, "scored_on": data.scored[0]},
        versions=versions(),
        notes=request.notes,
    )
