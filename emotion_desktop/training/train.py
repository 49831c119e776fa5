"""The job that trains a model: from labelled photos to a bundle. Runs in the worker process."""

from __future__ import annotations

import logging
from typing import Any

from emotion_desktop.domain.errors import AppError, DataError, UsageError
from emotion_desktop.domain.job import Batch, JobContext, JobSpec, Progress
from emotion_desktop.domain.scores import Scores
from emotion_desktop.evaluation.describe import describe
from emotion_desktop.training.data.training_data import load_training_data
from emotion_desktop.training.recipe.request import TrainingRequest

_log = logging.getLogger(__name__)


def train(spec: JobSpec, context: JobContext) -> dict[str, Any]:
    """Trains a model and writes its bundle; a JobFunction.

    The parameters are those of training.order.Order. Beside the run's state nothing is written
    before the end.

    Returns:
        ``model``: path of the bundle; ``scores``: on people held back; ``summary``: the same in
        words; ``warning``: what ended the training before its time, or that nothing was learnt, or
        nothing.

    Raises:
        AppError: the data, the order or the disk do not allow it, or the training diverged.
        PausedError: the user paused it.
        CancelledError: the user cancelled.
    """
    order = TrainingRequest.from_parameters(spec.parameters)
    order.check_output()
    if not order.run:
        return _train(order, context)
    with order.workspace.run(order.run).trained() as alone:
        if not alone:
            raise UsageError(
                "A process that trained this run before has not left yet.",
                "Try again in a minute.",
            )
        return _train(order, context)


def _train(order: TrainingRequest, context: JobContext) -> dict[str, Any]:
    replaces = order.output.exists()
    material = load_training_data(order, context)
    if order.fingerprint not in ("", material.fingerprint):
        raise DataError(
            "The photos or labels are not those that this run began with.",
            "Start a new training: this one can neither go on nor be repeated exactly.",
        )
    context.emit(Batch(({"fingerprint": material.fingerprint},)))

    context.emit(Progress(0, 0, "starting TensorFlow"))
    # Only now: it takes seconds, and mistakes in the data are told sooner without.
    from emotion_desktop.training.finish.finish import export_trained
    from emotion_desktop.training.fit.trainer import Plan, fit
    from emotion_desktop.training.net.transfer import builder

    start = order.start_bundle
    plan = Plan(
        material.recipe,
        material.labels,
        order.seed,
        build=builder(start, material.labels, material.recipe) if start else None,
        checkpoint=order.checkpoint,
    )
    fitted = fit(plan, material.training, material.validation, context)
    context.check_cancelled()
    output, scores = export_trained(order, material, fitted, context, replaces=replaces)
    if order.split and material.scored[0] == "test":
        _note_opening(order)
    return {
        "model": str(output),
        "scores": scores.to_dict(),
        "summary": describe(scores),
        "warning": fitted.warning or _warning(scores),
    }


def _warning(scores: Scores) -> str:
    if scores.only_answer is None:
        return ""
    return (
        f"It names every face {scores.only_answer}: it learnt nothing. Try more epochs, a lower "
        "learning rate or more photos."
    )


def _note_opening(order: TrainingRequest) -> None:
    """The sealed test part was looked into: that is counted, whoever did it."""
    from emotion_desktop.workspace.catalogue.catalogue import Catalogue
    from emotion_desktop.workspace.catalogue.splits import Splits

    try:
        with Catalogue(order.workspace.catalogue) as catalogue:
            Splits(catalogue).open_test(order.split, f"trained: {order.name}")
    except AppError as error:  # the model is there, whatever becomes of the note
        _log.warning("the opening of the test part was not noted: %s", error)
