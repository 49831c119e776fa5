"""Training a model: from labelled photos to a bundle. Runs in the worker process."""

from __future__ import annotations

import logging
from typing import Any

from emotion_desktop.domain.errors import AppError, DataError, UsageError
from emotion_desktop.domain.job import JobContext, Progress
from emotion_desktop.domain.packages import check_training
from emotion_desktop.domain.scores import Scores
from emotion_desktop.domain.training_events import DataRead
from emotion_desktop.training.data.training_data import load_training_data
from emotion_desktop.training.recipe.request import TrainingRequest
from emotion_desktop.training.summary import describe_model
from emotion_desktop.workspace.paths import Workspace

_log = logging.getLogger(__name__)


def train(request: TrainingRequest, workspace: Workspace, context: JobContext) -> dict[str, Any]:
    """Trains a model and writes its bundle; beside the run's state nothing is written before the
    end.

    Returns:
        ``model``: path of the bundle; ``scores``: on people held back; ``summary``: the same in
        words; ``warning``: what ended the training before its time, or that nothing was learnt, or
        nothing.

    Raises:
        AppError: the data, the request or the disk do not allow it, TensorFlow is missing, or the
            training diverged.
        PausedError: the user paused it.
        CancelledError: the user cancelled.
    """
    check_training()
    request.check_output()
    with workspace.run(request.run).trained() as alone:
        if not alone:
            raise UsageError(
                "A process that trained this run before has not left yet.",
                "Try again in a minute.",
            )
        replaces = request.output.exists()
        data = load_training_data(request, workspace, context)
        if request.fingerprint not in ("", data.fingerprint):
            raise DataError(
                "The photos or labels are not those that this run began with.",
                "Start a new training: this one can neither go on nor be repeated exactly.",
            )
        context.emit(DataRead(data.fingerprint))

        context.emit(Progress(0, 0, "starting TensorFlow"))
        # Only now: it takes seconds, and mistakes in the data are told sooner without.
        from emotion_desktop.training.finish.finish import export_trained
        from emotion_desktop.training.fit.trainer import Plan, fit
        from emotion_desktop.training.net.transfer import builder

        start = request.start_bundle
        plan = Plan(
            data.recipe,
            data.labels,
            request.seed,
            build=builder(start, data.labels, data.recipe) if start else None,
            checkpoint=workspace.run(request.run).checkpoint,
        )
        fitted = fit(plan, data.training, data.validation, context)
        context.check_cancelled()
        if request.split and data.scored[0] == "test":
            note_opening(request, workspace)
        output, card = export_trained(request, data, fitted, context, replaces=replaces)
        assert card.scores is not None
        return {
            "model": str(output),
            "scores": card.scores.to_dict(),
            "summary": describe_model(card),
            "warning": fitted.warning or _warning(card.scores),
        }


def _warning(scores: Scores) -> str:
    if scores.only_prediction is None:
        return ""
    return (
        f"It names every face {scores.only_prediction}: it learnt nothing. Try more epochs, a "
        "lower learning rate or more photos."
    )


def note_opening(request: TrainingRequest, workspace: Workspace) -> None:
    """Notes that the sealed test part is looked into: it is counted once for a run, however often
    that is interrupted from here on."""
    from emotion_desktop.workspace.catalogue.splits import Splits

    try:
        with workspace.open_catalogue() as catalogue:
            Splits(catalogue).note_opening(
                request.split, f"trained: {request.name} (run {request.run})", once=True
            )
    except AppError as error:  # the model is made, whatever becomes of the note
        _log.warning("the opening of the test part was not noted: %s", error)
